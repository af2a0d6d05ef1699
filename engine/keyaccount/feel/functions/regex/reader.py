"""Read a regular expression of XPath.

The syntax is XML Schema's, with anchors, reluctant quantifiers, groups that
keep nothing and back-references. Source: XPath and XQuery functions 3.1, 5.6.1;
XML Schema part 2, F.
"""

from __future__ import annotations

from keyaccount.feel.functions.regex import charset
from keyaccount.feel.functions.regex.blocks import block
from keyaccount.feel.functions.regex.charset import CharSet, characters
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

_SPECIAL = frozenset("\\|.?*+(){}[]^$")
_ESCAPED = frozenset("\\|.?*+(){}[]^$-")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_MAX_REPEAT = 1_000
_MAX_NESTING = 100
_WHITESPACE = frozenset(" \t\n\r")


class InvalidPatternError(ValueError):
    """The text is no regular expression of XPath, or past a limit of ours."""


def read_pattern(text: str, *, spaced: bool = False, dot_all: bool = False) -> tuple[Node, int]:
    """The tree of a pattern, and how many groups it has.

    Args:
        text: the pattern.
        spaced: flag `x`, whitespace outside of classes counts for nothing.
        dot_all: flag `s`, `.` matches line breaks too.

    Raises:
        InvalidPatternError: the text is no pattern.
    """
    reader = _Reader(_without_spaces(text) if spaced else text, dot_all=dot_all)
    node = reader.choice()
    if reader.at < len(reader.text):
        raise InvalidPatternError(text)
    return node, reader.groups


def _without_spaces(text: str) -> str:
    """The pattern without whitespace, but for that inside of classes."""
    kept, depth, index = [], 0, 0
    while index < len(text):
        each = text[index]
        if each == "\\" and index + 1 < len(text) and (depth or text[index + 1] not in _WHITESPACE):
            kept.append(text[index : index + 2])
            index += 2
            continue
        depth += {"[": 1, "]": -1 if depth else 0}.get(each, 0)
        if depth or each not in _WHITESPACE:
            kept.append(each)
        index += 1
    return "".join(kept)


class _Reader:
    """Reads from left to right; each method reads one rule of the grammar."""

    def __init__(self, text: str, *, dot_all: bool) -> None:
        self.text = text
        self.at = 0
        self.groups = 0
        self._closed: set[int] = set()
        self._depth = 0
        self._any = charset.EVERYTHING if dot_all else ~charset.LINE_BREAKS

    def choice(self) -> Node:
        branches = [self._branch()]
        while self._take("|"):
            branches.append(self._branch())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _branch(self) -> Node:
        parts = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._quantified(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _atom(self) -> Node:
        each = self._next()
        match each:
            case ".":
                return Characters(self._any)
            case "^":
                return Anchor("start")
            case "$":
                return Anchor("end")
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case _ if each in _SPECIAL:
                raise InvalidPatternError(self.text)
            case _:
                return Characters(characters(each))

    def _group(self) -> Node:
        self._enter()
        if self._take("?:"):
            node = self.choice()
        else:
            self.groups += 1
            number = self.groups
            node = Group(number, self.choice())
            self._closed.add(number)
        self._expect(")")
        self._depth -= 1
        return node

    def _quantified(self, part: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return part
        least, most = bounds
        return Repeat(part, least, most, reluctant=self._take("?"))

    def _bounds(self) -> tuple[int, int | None] | None:
        if self._take("*"):
            return 0, None
        if self._take("+"):
            return 1, None
        if self._take("?"):
            return 0, 1
        if not self._take("{"):
            return None
        least = self._number()
        most: int | None = least
        if self._take(","):
            most = self._number() if self._peek() != "}" else None
        self._expect("}")
        if most is not None and most < least:
            raise InvalidPatternError(self.text)
        return least, most

    def _number(self) -> int:
        start = self.at
        while self._peek().isascii() and self._peek().isdigit():
            self.at += 1
        digits = self.text[start : self.at]
        if not digits or len(digits) > 6 or int(digits) > _MAX_REPEAT:
            raise InvalidPatternError(self.text)
        return int(digits)

    def _escape(self) -> Node:
        if self._peek() in "123456789" and self._peek():
            return self._reference()
        return Characters(self._escaped_set())

    def _reference(self) -> Reference:
        """As many digits as make the number of a group; it has to be closed by now."""
        number = int(self._next())
        while self._peek().isascii() and self._peek().isdigit():
            longer = number * 10 + int(self._peek())
            if longer > self.groups:
                break
            number = longer
            self.at += 1
        if number not in self._closed:
            raise InvalidPatternError(self.text)
        return Reference(number)

    def _escaped_set(self) -> CharSet:
        each = self._next()
        if each in _ESCAPED:
            return characters(each)
        if each in _CONTROLS:
            return characters(_CONTROLS[each])
        if each in "pP":
            found = self._property()
        else:
            named = _named_set(each.lower())
            if named is None:
                raise InvalidPatternError(self.text)
            found = named
        return ~found if each.isupper() else found

    def _property(self) -> CharSet:
        self._expect("{")
        end = self.text.find("}", self.at)
        if end < 0:
            raise InvalidPatternError(self.text)
        name = self.text[self.at : end]
        self.at = end + 1
        if name.startswith("Is"):
            points = block(name[2:])
            found = None if points is None else CharSet((points,))
        else:
            found = charset.category(name) if name.isalpha() else None
        if found is None:
            raise InvalidPatternError(self.text)
        return found

    def _class(self) -> Characters:
        """What stands behind `[`, up to its `]`."""
        self._enter()
        negated = self._take("^")
        members: list[CharSet] = []
        taken_away = None
        while not self._take("]"):
            if members and self._take("-["):
                taken_away = self._class()
                self._expect("]")
                break
            members.append(self._member())
        if not members:
            raise InvalidPatternError(self.text)
        self._depth -= 1
        union = charset.charset(pair for each in members for pair in each.ranges)
        return Characters(union, negated, taken_away)

    def _member(self) -> CharSet:
        """A character, an escape or a range of a class."""
        first = self._class_character()
        if self._peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", "[", ""):
            return first
        self.at += 1
        last = self._class_character()
        if first.size != 1 or last.size != 1 or first.ranges[0] > last.ranges[0]:
            raise InvalidPatternError(self.text)
        return CharSet(((first.ranges[0][0], last.ranges[0][0]),))

    def _class_character(self) -> CharSet:
        each = self._next()
        if each == "\\":
            return self._escaped_set()
        if each in "[]":
            raise InvalidPatternError(self.text)
        return characters(each)

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise InvalidPatternError(self.text)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise InvalidPatternError(self.text)
        self.at += 1
        return self.text[self.at - 1]

    def _take(self, wanted: str) -> bool:
        if not self.text.startswith(wanted, self.at):
            return False
        self.at += len(wanted)
        return True

    def _expect(self, wanted: str) -> None:
        if not self._take(wanted):
            raise InvalidPatternError(self.text)


def _named_set(letter: str) -> CharSet | None:
    """The set of an escape by its small letter."""
    match letter:
        case "s":
            return charset.SPACES
        case "i":
            return charset.NAME_START
        case "c":
            return charset.NAME
        case "d":
            return charset.digits()
        case "w":
            return charset.word_characters()
        case _:
            return None
