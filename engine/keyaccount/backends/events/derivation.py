"""Run event rules: level by level, what follows from facts and events at a moment.

Everything about one event alone, every list, count and length of time is worked
out here with FEEL's reference interpreter; a matcher is asked which events go
together, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from keyaccount.backends.events.events import Derived, Event
from keyaccount.backends.events.firing import RuleRun
from keyaccount.backends.events.knowledge import Knowledge
from keyaccount.backends.events.network import (
    MAX_MATCHES,
    Match,
    Matcher,
    Session,
    TooManyMatchesError,
)
from keyaccount.backends.events.occurrences import Occurrence, occurrences
from keyaccount.backends.events.rules import EventRules, Level
from keyaccount.backends.reference.interpreter import allows, evaluate_observed
from keyaccount.diagnostics import event_messages as messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.facts import check_facts
from keyaccount.feel.budget import within_budget


@within_budget
def derive(
    match: Matcher,
    rules: EventRules,
    facts: Mapping[str, object],
    events: Iterable[Event],
    now: datetime,
    since: datetime | None = None,
    passed: datetime | None = None,
) -> Derived:
    """What follows from facts and events at a moment.

    Args:
        match: finds the events that go together.
        rules: the event rules.
        facts: values by name; what is no fact of the rules does not matter.
        events: what was reported, of kinds that the policies declare; what lies behind `now` has
            not happened yet.
        now: an aware moment.
        since: from when on calendars report their days; from the first event on where it is
            left out.
        passed: until when all is reported, so that what time alone brings has come: waits are
            over, working days end; `now` where it is left out.

    Raises:
        FactError: facts or events do not fit what is declared, or are too many.
        PolicyError: a parameter that is used has no value on that date.
    """
    if not rules.program.event_rules:
        return Derived((), {})
    day = rules.day(now)
    edition = rules.at(day)
    happened = occurrences(edition.program.event_types, events, now, rules.zone)
    knowledge = Knowledge(rules, edition.program.event_types, now, passed or now)
    declared = edition.program.facts
    knowledge.given = check_facts(
        declared,
        {name: facts[name] for name in declared if name in facts},
        lambda fact, value: allows(fact, value, day, now),
    )
    knowledge.add(happened)
    knowledge.add_working_days(since)
    for number, level in enumerate(edition.levels, 1):
        _run(number, level, knowledge, day, match)
    return Derived(
        tuple(each for _, each in sorted(knowledge.events, key=lambda pair: pair[0])),
        knowledge.facts,
        knowledge.wakes.first(),
    )


def _run(number: int, level: Level, knowledge: Knowledge, day: date, match: Matcher) -> None:
    """All rules of a level, over what is known below it."""
    if level.is_idle(knowledge.by_kind):
        return
    moment = knowledge.now.astimezone(knowledge.rules.zone)
    run = evaluate_observed(level.program, knowledge.given, day, moment, None)
    at_work = [RuleRun(knowledge, each, run) for each in level.rules]
    session = [each.candidates() for each in at_work[: len(level.network)]]
    matched = _matched(level, session, match)
    # A rule without `when` holds once, of no events.
    once: list[Match] = [()]
    found = matched + [once] * (len(at_work) - len(matched))
    made: list[Occurrence] = []
    for each, matches in zip(at_work, found, strict=True):
        for events in sorted(matches, key=knowledge.in_order):
            made += each.fired(events, (number, len(made)))
    knowledge.add(made)


def _matched(level: Level, session: Session, match: Matcher) -> list[list[Match]]:
    """The matches of each rule with `when`."""
    if not any(all(when) for when, _ in session):
        return [[] for _ in session]
    try:
        return match(level.network, session)
    except TooManyMatchesError as error:
        rule = level.rules[error.rule].rule
        raise FactError([messages.too_many_matches(rule.name, MAX_MATCHES)]) from None
