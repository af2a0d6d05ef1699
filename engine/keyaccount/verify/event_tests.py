"""Run the event rules of a policy's own test case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from keyaccount.backends.events import DerivedEvent, Event, EventRules, derive_plainly
from keyaccount.backends.events.occurrences import occurrences
from keyaccount.diagnostics import test_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError
from keyaccount.diagnostics.event_messages import unknown_event
from keyaccount.facts.conversion import converted
from keyaccount.feel.operations import same
from keyaccount.feel.types import Type
from keyaccount.feel.values.python import from_python
from keyaccount.feel.values.text import nested_text
from keyaccount.ir import core
from keyaccount.model.plain import Datum, PlainValue
from keyaccount.model.policy_tests import PolicyTestCase

_Run = tuple[Mapping[str, object], list[Diagnostic]]


def run_event_rules(program: core.Program, policy: str, case: PolicyTestCase) -> _Run:
    """The facts that follow from a case's events, and what is not as the case expects."""
    if case.now is None:
        return {}, [messages.events_without_now(case.span)]
    events = [Event(each.kind.text, each.at, each.data) for each in case.events]
    given = {name: datum.value for name, datum in case.given.items()}
    rules = EventRules(program, policy)
    problems = _misfits(rules, case, events, case.now)
    if problems:
        return {}, problems
    try:
        derived = derive_plainly(rules, given, events, case.now)
    except KeyaccountError as error:
        return {}, [replace(each, span=each.span or case.span) for each in error.diagnostics]
    for name, datum in case.derives.items():
        if name not in program.event_types:
            problems.append(unknown_event(datum.name.span(), name, program.event_types))
            continue
        found = [each for each in derived.events if each.kind == name]
        problems += _compare(program.event_types[name], datum, found)
    return {name: from_python(each) for name, each in derived.values.items()}, problems


def _misfits(
    rules: EventRules, case: PolicyTestCase, events: Sequence[Event], now: datetime
) -> list[Diagnostic]:
    """What is wrong with single events, each at its own place."""
    problems: list[Diagnostic] = []
    for each, event in zip(case.events, events, strict=True):
        try:
            occurrences(rules.program.event_types, [event], now, rules.zone)
        except KeyaccountError as error:
            problems += (replace(found, span=each.span) for found in error.diagnostics)
    return problems


def _compare(kind: core.EventType, datum: Datum, found: Sequence[DerivedEvent]) -> list[Diagnostic]:
    """Of each event the fields that the case states."""
    wanted = [each for each in _items(datum.value) if isinstance(each, Mapping)]
    is_same = len(found) == len(wanted) and all(
        _fits(kind, expected, event) for expected, event in zip(wanted, found, strict=True)
    )
    if is_same:
        return []
    told = [{"at": each.at.isoformat(), **each.data} for each in found]
    expected = nested_text(from_python(_plain(datum.value)))
    shown = nested_text(from_python(told))
    return [messages.derived_otherwise(datum.span, kind.name, expected, shown)]


def _fits(kind: core.EventType, expected: Mapping[str, PlainValue], event: DerivedEvent) -> bool:
    fields = dict(kind.type.entries)
    for name, value in expected.items():
        if name not in fields:
            return False
        if name == "at":
            if _moment(value) != event.at:
                return False
        elif not same(_as(fields[name], value), from_python(event.data[name])):
            return False
    return True


def _as(kind: Type, value: PlainValue) -> object:
    return None if value is None else converted(value, kind, "", [])


def _moment(value: PlainValue) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None


def _items(value: PlainValue) -> Sequence[PlainValue]:
    return value if isinstance(value, tuple) else ()


def _plain(value: PlainValue) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return value
