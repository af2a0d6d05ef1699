"""From the bits of a word back to a list of what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from sqlglot import exp

from keyaccount.backends.sql import masks, trees
from keyaccount.backends.sql.constants import array, common_kind, kind_of, typed
from keyaccount.backends.sql.kinds import Kind, Label, ListOf, Nothing, Text
from keyaccount.backends.sql.places import Places
from keyaccount.backends.sql.session import Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.feel.operations.comparison import same
from keyaccount.feel.values.text import to_text

SEPARATOR = "|"

# With this many members every set of them is spelt out: a CASE over constants costs next
# to nothing, while building a list row by row takes as long as the whole of a batch.
_SPELT_OUT = 4


@dataclass(frozen=True, slots=True)
class Member:
    """A value that stands in the list where the word has `bit` and none of `unless`."""

    bit: int
    value: object
    unless: int = 0


def members(bits: Sequence[int], values: Sequence[object]) -> list[Member]:
    """All values with their bits, repetitions included."""
    return [Member(bit, value) for bit, value in zip(bits, values, strict=True)]


def distinct_members(values: Sequence[object]) -> list[Member]:
    """Values by their place; each stands only where no equal one stands before it."""
    return [
        Member(
            1 << i,
            value,
            sum(1 << j for j, other in enumerate(values[:i]) if same(other, value)),
        )
        for i, value in enumerate(values)
    ]


def listed(
    session: Session, word: Sql, given: Sequence[Member], kind: Kind, *, as_text: bool
) -> Sql:
    """The list, as an array of a kind, or joined by `|`."""
    return _text(session, word, given) if as_text else _array(session, word, given, kind)


def constant_list(session: Session, values: Sequence[object], kind: Kind, *, as_text: bool) -> Sql:
    """A list that is the same for every row."""
    if as_text:
        return trees.text(SEPARATOR.join(map(shown, values)))
    return array(session, [typed(session, each, kind) for each in values], kind)


def kind_of_all(values: Sequence[object]) -> Kind:
    """The kind that an array of these values has."""
    kind = common_kind([kind_of(each) for each in values])
    return Text() if isinstance(kind, Nothing) else kind


def _array(session: Session, word: Sql, given: Sequence[Member], kind: Kind) -> Sql:
    def literal(values: Sequence[object]) -> Sql:
        items = [typed(session, each, kind) for each in values]
        return array(session, items, kind)

    branches = [(trees.integer(bits), literal(values)) for bits, values in _spelt_out(given)]
    default = literal([]) if len(given) <= _SPELT_OUT else _built(session, word, given, kind)
    return _switch(word, branches, default)


def _switch(word: Sql, branches: list[trees.Branch], default: Sql) -> Sql:
    if isinstance(word, exp.Literal):
        return next((then for when, then in branches if when == word), default)
    return trees.switch(word, branches, default)


def _spelt_out(given: Sequence[Member]) -> list[tuple[int, list[object]]]:
    """The sets that get a branch of their own: all, or none and the single ones."""
    found: dict[int, list[object]] = {0: []}
    if len(given) > _SPELT_OUT:
        for each in given:
            found.setdefault(each.bit, [each.value])
        return list(found.items())
    for chosen in product((False, True), repeat=len(given)):
        bits = sum(each.bit for each, taken in zip(given, chosen, strict=True) if taken)
        found[bits] = [each.value for each in given if bits & each.bit and not bits & each.unless]
    return list(found.items())


def _built(session: Session, word: Sql, given: Sequence[Member], kind: Kind) -> Sql:
    """The list, item by item."""
    if any(each.value is None for each in given):
        empty = array(session, [], kind)
        parts = [
            trees.case(
                [(_stands(word, each), array(session, [typed(session, each.value, kind)], kind))],
                empty,
            )
            for each in given
        ]
        return exp.ArrayConcat(this=parts[0], expressions=parts[1:])
    items = [
        trees.case(
            [(_stands(word, each), typed(session, each.value, kind))], session.typed_null(kind)
        )
        for each in given
    ]
    item = exp.to_identifier("x")
    present = trees.is_not_null(exp.column("x"))
    return exp.ArrayFilter(
        this=exp.Array(expressions=items), expression=exp.Lambda(this=present, expressions=[item])
    )


def _stands(word: Sql, member: Member) -> Sql:
    present = masks.shares(word, member.bit)
    return trees.and_([present, masks.lacks(word, member.unless)]) if member.unless else present


def _text(session: Session, word: Sql, given: Sequence[Member]) -> Sql:
    spelt = [(bits, SEPARATOR.join(map(shown, values))) for bits, values in _spelt_out(given)]
    if len(given) <= _SPELT_OUT:
        kind = Label(tuple(dict.fromkeys(text for _, text in spelt)))
        branches = [(trees.integer(bits), typed(session, text, kind)) for bits, text in spelt]
        return _switch(word, branches, typed(session, "", kind))
    parts = [
        trees.case([(_stands(word, each), trees.text(shown(each.value)))], trees.null())
        for each in given
    ]
    # CONCAT_WS passes over NULL in all three engines.
    joined = trees.call("CONCAT_WS", trees.text(SEPARATOR), *parts)
    return _switch(word, [(trees.integer(bits), trees.text(text)) for bits, text in spelt], joined)


def shown(value: object) -> str:
    """A value as it stands in a text."""
    text = to_text(value)
    return "null" if text is None else text


def joined_array(sql: Sql, kind: Kind) -> Sql:
    """An array as text."""
    if not isinstance(kind, ListOf):
        raise TypeError(kind)
    return exp.ArrayToString(this=sql, expression=trees.text(SEPARATOR))


def at_place(session: Session, place: Sql, lists: Sequence[Sequence[str]], *, as_text: bool) -> Sql:
    """The list at a place, from 0, of a list of lists."""
    if as_text:
        texts = [SEPARATOR.join(each) for each in lists]
        return Places(session, "rules", texts, Text()).at(place)
    return Places(session, "rules", [list(each) for each in lists], ListOf(Text())).at(place)


def chained(parts: Sequence[Sql], *, as_text: bool) -> Sql:
    """Lists one after another."""
    if len(parts) == 1:
        return parts[0]
    if not as_text:
        return exp.ArrayConcat(this=parts[0], expressions=list(parts[1:]))
    given = [exp.Nullif(this=each, expression=trees.text("")) for each in parts]
    return trees.coalesce(trees.call("CONCAT_WS", trees.text(SEPARATOR), *given), trees.text(""))
