"""Sets as integers, bit by bit: of the facts a value waits for, of the rules that match.

A mask is some words of 62 bits, so that every word is a BIGINT in every
dialect, and its arithmetic stays clear of the sign. A word is an `int` where
it is the same for every row, SQL otherwise. A word that isn't there is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

from sqlglot import exp

from keyaccount.backends.sql import trees
from keyaccount.backends.sql.trees import Sql

WORD_BITS = 62

Word = int | Sql
Mask = Mapping[int, Word]

EMPTY: Mask = {}

CONFLICT = -1
"""The word that says whether a decision in conflict is among the causes: 0 or 1."""


def of_bit(position: int) -> Mask:
    """The mask with one bit."""
    word, bit = divmod(position, WORD_BITS)
    return {word: 1 << bit}


def word_sql(word: Word) -> Sql:
    """The word as SQL."""
    return trees.integer(word) if isinstance(word, int) else word


def union(masks: Iterable[Mask]) -> Mask:
    """The bits that are in any of the masks."""
    words: dict[int, list[Word]] = {}
    for mask in masks:
        for index, word in mask.items():
            words.setdefault(index, []).append(word)
    return {index: union_of_words(each) for index, each in words.items()}


def union_of_words(words: Iterable[Word]) -> Word:
    """The bits of all words together."""
    constant = 0
    others: list[Sql] = []
    for each in words:
        if isinstance(each, int):
            constant |= each
        elif each not in others:
            others.append(each)
    if not others:
        return constant
    parts = others + ([trees.integer(constant)] if constant else [])
    result = parts[0]
    for part in parts[1:]:
        result = trees.binary(exp.BitwiseOr, result, part)
    return result


def where(condition: Sql, mask: Mask) -> Mask:
    """The mask in the rows where a condition holds, else the empty one."""
    if trees.is_false(condition) or not mask:
        return EMPTY
    if trees.is_true(condition):
        return mask
    return {index: word_where(condition, word) for index, word in mask.items()}


def word_where(condition: Sql, word: Word) -> Word:
    """The word in the rows where a condition holds, else 0."""
    chosen = trees.case([(condition, word_sql(word))], trees.integer(0))
    return 0 if chosen == trees.integer(0) else chosen


def unguarded(mask: Mask, condition: Sql) -> Mask:
    """The mask without a guard that is about to be put on again, in a shorter form."""
    return mapped(mask, lambda _, word: _inside(word, condition))


def _inside(word: Sql, condition: Sql) -> Sql:
    if isinstance(word, exp.Case) and len(word.args["ifs"]) == 1 and word.this is None:
        (branch,) = word.args["ifs"]
        if branch.this == condition:
            return cast(Sql, branch.args["true"])
    return word


def choose(branches: Iterable[tuple[Sql, Mask]], default: Mask) -> Mask:
    """The mask of the first branch whose condition holds."""
    kept = list(branches)
    indices = sorted({*default, *(index for _, mask in kept for index in mask)})
    return {
        index: trees.case(
            [(condition, word_sql(mask.get(index, 0))) for condition, mask in kept],
            word_sql(default.get(index, 0)),
        )
        for index in indices
    }


def any_bit(mask: Mask) -> Sql:
    """Whether the mask has any bit at all."""
    tests: list[Sql] = []
    for word in mask.values():
        if isinstance(word, int):
            tests.append(trees.boolean(word != 0))
        else:
            tests.append(trees.binary(exp.NEQ, word, trees.integer(0)))
    return trees.or_(tests)


def shares(word: Sql, bits: int) -> Sql:
    """Whether a word has any of some bits."""
    return trees.binary(exp.NEQ, common(word, bits), trees.integer(0))


def lacks(word: Sql, bits: int) -> Sql:
    """Whether a word has none of some bits."""
    return trees.binary(exp.EQ, common(word, bits), trees.integer(0))


def common(word: Sql, bits: int) -> Sql:
    """The bits of a word that are among some bits."""
    return trees.binary(exp.BitwiseAnd, word, trees.integer(bits))


def mapped(mask: Mask, change: Callable[[int, Sql], Sql]) -> Mask:
    """The mask with a change made to each word that differs by row."""
    return {
        index: word if isinstance(word, int) else change(index, word)
        for index, word in mask.items()
    }


def bits_of(number: int) -> Iterator[int]:
    """The positions of the bits of a number, the lowest first."""
    position = 0
    while number:
        if number & 1:
            yield position
        number >>= 1
        position += 1
