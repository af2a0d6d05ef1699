"""What a caller needs to count outcomes cheaply: the words behind lists, and what their bits mean.

To find a text in a list takes as long as all the rest of a row; to test a bit
takes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from keyaccount.backends.sql import masks, trees
from keyaccount.backends.sql.kinds import Hits
from keyaccount.backends.sql.outcomes import Outcome
from keyaccount.backends.sql.session import Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.feel.values.text import to_text


@dataclass(frozen=True, slots=True)
class Tally:
    """A list of a decision holds `text` in the rows where `column` has any of `bits`.

    `detail` says which list; `column` is an output of the statement.
    """

    decision: str
    detail: OneOf["value", "missing"]
    text: str
    column: str
    bits: int


@dataclass(frozen=True, slots=True)
class Word:
    """An output that holds a word of bits."""

    column: str
    sql: Sql
    tallies: tuple[Tally, ...]


def words(session: Session, decision: str, label: str, outcome: Outcome) -> Iterator[Word]:
    """The words behind a decision's lists.

    Args:
        session: knows the facts by their bits.
        decision: its full name.
        label: begins the columns' names; no other column's name has a `#`.
        outcome: the decision, compiled.
    """
    yield from _missing(session, decision, label, outcome)
    if isinstance(outcome.value.kind, Hits) and outcome.value.members is not None:
        yield _hits(decision, label, outcome)


def _missing(session: Session, decision: str, label: str, outcome: Outcome) -> Iterator[Word]:
    bits: dict[int, dict[str, int]] = {}
    for fact in sorted(outcome.facts):
        word, bit = divmod(session.facts[fact], masks.WORD_BITS)
        bits.setdefault(word, {})[fact] = 1 << bit
    for word, facts in bits.items():
        if word in outcome.value.causes:
            column = f"{label}#missing_{word}"
            found = tuple(Tally(decision, "missing", fact, column, facts[fact]) for fact in facts)
            yield Word(column, masks.word_sql(outcome.value.causes[word]), found)


def _hits(decision: str, label: str, outcome: Outcome) -> Word:
    value = outcome.value
    members = value.members
    column = f"{label}#value"
    bits: dict[str, int] = {}
    if members is not None:
        for bit, output in zip(members.bits, members.outputs, strict=True):
            text = to_text(output) or "null"
            bits[text] = bits.get(text, 0) | bit
    in_conflict = masks.any_bit({0: value.causes.get(masks.CONFLICT, 0)})
    # A list in conflict is null, whatever matched.
    word = trees.case([(in_conflict, trees.integer(0))], value.sql)
    found = tuple(Tally(decision, "value", text, column, each) for text, each in bits.items())
    return Word(column, word, found)
