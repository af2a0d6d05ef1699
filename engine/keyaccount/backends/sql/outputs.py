"""The columns that the caller sees: value, rules, status, missing, possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as OneOf

from sqlglot import exp

from keyaccount.backends.sql import decoding, masks, trees
from keyaccount.backends.sql.constants import typed
from keyaccount.backends.sql.kinds import Hits, Kind, Label, ListOf, Text
from keyaccount.backends.sql.outcomes import Outcome
from keyaccount.backends.sql.session import Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import NOT_LISTED, UNLISTED
from keyaccount.ir.outcome import Status

Lists = OneOf["array", "text", "values"]
"""How lists come: as arrays, as text joined by `|`, or as arrays where they are values and as
text elsewhere: writing an array to Parquet takes five times as long as a label."""

Detail = OneOf["value", "rules", "status", "missing", "possible"]
DETAILS: tuple[Detail, ...] = ("value", "rules", "status", "missing", "possible")

_STATUSES = Label(tuple(each.value for each in Status))
_ZERO = trees.integer(0)


@dataclass(frozen=True, slots=True)
class Shape:
    """How outputs are written: which lists are text joined by `|`."""

    session: Session
    lists: Lists

    @property
    def as_text(self) -> bool:
        """Whether the rules, missing facts and possible values are text."""
        return self.lists != "array"

    @property
    def values_as_text(self) -> bool:
        """Whether a list that is the value of a decision is text."""
        return self.lists == "text"


def result(shape: Shape, outcome: Outcome, detail: Detail) -> Sql:
    """One output column of a decision."""
    return _DETAILS[detail](shape, outcome)


def kind(shape: Shape, outcome: Outcome, detail: Detail) -> Kind | None:
    """What a column of values holds, or a list of possible values; None where it is text."""
    if detail == "possible" and not shape.as_text:
        return ListOf(_kind_of_possible(outcome))
    if detail != "value":
        return None
    match outcome.value.kind:
        case Hits(item):
            return Label(()) if shape.values_as_text else ListOf(item)
        case found:
            return found


def _kind_of_possible(outcome: Outcome) -> Kind:
    return decoding.kind_of_all(outcome.value.options.slots)


def _value(shape: Shape, outcome: Outcome) -> Sql:
    value = outcome.value
    if isinstance(value.kind, ListOf):
        return decoding.joined_array(value.sql, value.kind) if shape.values_as_text else value.sql
    if not isinstance(value.kind, Hits) or value.members is None:
        return (
            shape.session.typed_null(value.kind) if trees.is_null_constant(value.sql) else value.sql
        )
    members = decoding.members(value.members.bits, value.members.outputs)
    listed = decoding.listed(
        shape.session, value.sql, members, value.kind.item, as_text=shape.values_as_text
    )
    return trees.case([(_in_conflict(outcome), trees.null())], listed)


def _rules(shape: Shape, outcome: Outcome) -> Sql:
    ids, lists = outcome.shown.ids, outcome.shown.lists
    if lists is not None:
        return decoding.at_place(shape.session, outcome.shown.word, lists, as_text=shape.as_text)
    members = decoding.members(list(ids), list(ids.values()))
    kind = decoding.kind_of_all(list(ids.values()))
    return decoding.listed(shape.session, outcome.shown.word, members, kind, as_text=shape.as_text)


def _in_conflict(outcome: Outcome) -> Sql:
    word = outcome.value.causes.get(masks.CONFLICT, 0)
    return masks.any_bit({0: word})


def _status(shape: Shape, outcome: Outcome) -> Sql:
    def label(status: Status) -> Sql:
        return typed(shape.session, status.value, _STATUSES)

    waiting = trees.case(
        [(_in_conflict(outcome), label(Status.CONFLICT))], label(Status.UNDETERMINED)
    )
    return trees.case([(outcome.value.unknown, waiting)], label(Status.DECIDED))


def _missing(shape: Shape, outcome: Outcome) -> Sql:
    members: dict[int, list[decoding.Member]] = {}
    for fact in sorted(outcome.facts):
        word, bit = divmod(shape.session.facts[fact], masks.WORD_BITS)
        members.setdefault(word, []).append(decoding.Member(1 << bit, fact))
    causes = outcome.value.causes
    parts = [
        decoding.listed(
            shape.session, masks.word_sql(causes[word]), each, Text(), as_text=shape.as_text
        )
        for word, each in members.items()
        if word in causes
    ]
    none = decoding.constant_list(shape.session, [], Text(), as_text=shape.as_text)
    if not parts:
        return none
    return decoding.chained(parts, as_text=shape.as_text)


def _possible(shape: Shape, outcome: Outcome) -> Sql:
    session, value, as_text = shape.session, outcome.value, shape.as_text
    kind = _kind_of_possible(outcome)
    none = decoding.constant_list(session, [], kind, as_text=as_text)
    if not value.causes:
        return none
    options = value.options
    if options == UNLISTED or options.computed:
        listed: Sql = trees.null()
    elif isinstance(options.mask, int):
        chosen = [options.slots[i] for i in masks.bits_of(options.mask)]
        listed = decoding.constant_list(session, chosen, kind, as_text=as_text)
    else:
        members = decoding.distinct_members(options.slots)
        listed = decoding.listed(session, options.mask, members, kind, as_text=as_text)
        unlisted = trees.binary(exp.EQ, options.mask, trees.integer(NOT_LISTED))
        listed = trees.case([(unlisted, trees.null())], listed)
    inner = trees.case([(_in_conflict(outcome), none)], listed)
    return trees.case([(trees.not_(value.unknown), none)], inner)


_DETAILS: dict[Detail, Callable[[Shape, Outcome], Sql]] = {
    "value": _value,
    "rules": _rules,
    "status": _status,
    "missing": _missing,
    "possible": _possible,
}
