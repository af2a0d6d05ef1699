"""Write a regular expression of XPath as one of Python's `re`."""

from __future__ import annotations

from typing import assert_never

from keyaccount.feel.functions.regex.charset import SPACES, CharSet
from keyaccount.feel.functions.regex.tree import (
    Anchor,
    Characters,
    Choice,
    Group,
    Node,
    Reference,
    Repeat,
    Sequence,
)

# XPath's `$` is the very end; Python's would also stand before a last line break.
_ANCHORS = {"start": r"\A", "end": r"\Z"}
# A line starts behind each line break but one that ends the text (5.6.2, flag m).
_LINE_ANCHORS = {"start": r"(?:\A|(?<=\n)(?!\Z))", "end": r"(?=\n|\Z)"}


def python_pattern(node: Node, *, lines: bool = False) -> str:
    """The text of Python's pattern; `lines` is flag `m`."""
    match node:
        case Characters():
            return one_of(node)
        case Sequence(parts):
            return "".join(_inside(each, lines=lines) for each in parts)
        case Choice(branches):
            return "|".join(python_pattern(each, lines=lines) for each in branches)
        case Repeat():
            return _repeat(node, lines=lines)
        case Group(_, part):
            return f"({python_pattern(part, lines=lines)})"
        case Reference(number):
            return rf"(?({number})\{number}|)"
        case Anchor(at):
            return (_LINE_ANCHORS if lines else _ANCHORS)[at]
        case _:
            assert_never(node)


def _inside(node: Node, *, lines: bool) -> str:
    text = python_pattern(node, lines=lines)
    return f"(?:{text})" if isinstance(node, Choice) else text


def _repeat(node: Repeat, *, lines: bool) -> str:
    text = python_pattern(node.part, lines=lines)
    if not isinstance(node.part, Characters | Group):
        text = f"(?:{text})"
    most = "" if node.most is None else node.most
    return f"{text}{{{node.least},{most}}}{'?' if node.reluctant else ''}"


def one_of(node: Characters) -> str:
    """Python's pattern for one character of a class."""
    base = _class(node.of, negated=node.negated)
    if node.taken_away is None:
        return base
    return f"(?:(?!{one_of(node.taken_away)}){base})"


def _class(of: CharSet, *, negated: bool) -> str:
    rest = ~of
    if not (rest - SPACES).ranges:
        # All but some spaces: `re` takes long over a class of a million letters and no case.
        of, negated = rest, not negated
    if not of.ranges:
        return r"[\s\S]" if negated else r"[^\s\S]"
    return f"[{'^' if negated else ''}{_members(of)}]"


def _members(of: CharSet) -> str:
    return "".join(
        _point(first) if first == last else f"{_point(first)}-{_point(last)}"
        for first, last in of.ranges
    )


def _point(point: int) -> str:
    letter = chr(point)
    return letter if letter.isascii() and letter.isalnum() else f"\\U{point:08x}"
