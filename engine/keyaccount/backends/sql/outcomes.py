"""A decision, compiled: its value for those that use it, its rules for those that read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from keyaccount.backends.sql import masks, trees
from keyaccount.backends.sql.kinds import Hits, Quotient
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import NOT_LISTED, UNLISTED, Options, Value
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.ir import core
from keyaccount.ir.outcome import all_values

_ZERO = trees.integer(0)


@dataclass(frozen=True, slots=True)
class Shown:
    """The rules that an outcome names: ids by bit, and the word that has the bits.

    With `lists`, the word is a place in them instead.
    """

    ids: Mapping[int, str]
    word: Sql
    lists: tuple[tuple[str, ...], ...] | None = None


NO_RULES = Shown({}, _ZERO)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision's columns.

    `value.causes` has the word `CONFLICT` where it may be in conflict. In such
    rows the other words are 0, and `value.options.mask` is `NOT_LISTED`.
    `facts` are those it may wait for.
    """

    value: Value
    shown: Shown
    facts: frozenset[str] = frozenset()


def plain(session: Session, hint: str, value: Value, decision: core.Decision) -> Outcome:
    """The outcome of a decision that is no table."""
    if isinstance(value.kind, Quotient):
        raise Refusal(messages.open_division)
    options = _completed(value, all_values(decision))
    named = session.named(hint, replace(value, options=UNLISTED))
    return finished(session, hint, replace(named, options=options), NO_RULES)


def _completed(value: Value, domain: tuple[object, ...] | None) -> Options:
    """The possible values, with all of the type where they cannot be listed."""
    if isinstance(value.kind, Hits) or value.options.computed:
        return value.options if value.options.computed else UNLISTED
    if domain is None:
        return value.options
    if value.options == UNLISTED:
        return Options(domain, (1 << len(domain)) - 1)
    size = len(value.options.slots)
    everything = trees.integer(((1 << len(domain)) - 1) << size)
    word = masks.word_sql(value.options.mask)
    unlisted = trees.binary(exp.EQ, word, trees.integer(NOT_LISTED))
    mask = trees.case([(unlisted, everything)], word)
    return Options(value.options.slots + domain, mask)


def finished(session: Session, hint: str, value: Value, shown: Shown) -> Outcome:
    """The outcome with its conflicts told apart from what merely waits."""
    value = _named_options(session, hint, value)
    conflict = value.causes.get(masks.CONFLICT)
    if conflict is None:
        return Outcome(replace(value, of_decision=True), shown)
    clear = trees.binary(exp.EQ, masks.word_sql(conflict), _ZERO)
    causes = {
        index: word if index == masks.CONFLICT else masks.word_where(clear, word)
        for index, word in value.causes.items()
    }
    named = {
        index: session.layers.define(f"{hint}_waits", masks.word_sql(word))
        for index, word in causes.items()
    }
    mask = trees.case([(clear, masks.word_sql(value.options.mask))], trees.integer(NOT_LISTED))
    options = replace(value.options, mask=session.layers.define(f"{hint}_options", mask))
    return Outcome(replace(value, causes=named, options=options, of_decision=True), shown)


def _named_options(session: Session, hint: str, value: Value) -> Value:
    """The word of possible values as a column, worked out only where it means something."""
    options = value.options
    if options.computed:
        session.decide_again(value.unknown)
        return value
    if isinstance(options.mask, int) or trees.is_plain(options.mask):
        return value
    guarded = trees.case([(value.unknown, options.mask)], _ZERO)
    column = session.layers.define(f"{hint}_options", guarded)
    return replace(value, options=replace(options, mask=column))
