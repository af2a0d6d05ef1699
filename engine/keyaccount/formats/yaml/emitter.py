"""Write YAML as people would: short things on one line, quotes only where they are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from keyaccount.formats.yaml.nodes import Kind
from keyaccount.formats.yaml.scalars import plain_kind

WIDTH = 100
_INDENT = 2
_FEEL_WORDS = ("true", "false", "null")
_STARTS = re.compile(r"[^\W]|-[0-9]|\.[0-9]")
_UNSAFE = re.compile(
    r"[\t-\r\x00-\x08\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]|: | #|:\Z|[ ]\Z"
)
_UNSAFE_IN_FLOW = re.compile(r"[,\[\]{}?:]")
"""A `?` or a `:` alone is taken for a key by libyaml, or for a mistake by our reader."""
_UNQUOTABLE = re.compile(r"[\t-\r\x00-\x08\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_ESCAPED = re.compile(r"[\"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LITERAL = re.compile(r"[^\s][^\t\r\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]*[^\s]\Z")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `plain`: the kinds that it may be without quotes."""

    text: str
    plain: frozenset[Kind] = frozenset({Kind.TEXT})


class Style(Enum):
    """How a collection is laid out; `FIT` is flow where one line holds it."""

    FLOW = "flow"
    BLOCK = "block"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in order. `apart`: an empty line between entries."""

    entries: tuple[tuple[str, Node], ...]
    style: Style = Style.FIT
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of single values."""

    items: tuple[Scalar, ...]


Node = Scalar | Mapping | Sequence


def emit(root: Mapping, indent: int = 0) -> str:
    """The text of a mapping in block style, every line indented by so many columns."""
    return "".join(f"{line}\n" for line in _entries(root, indent))


def entry_text(key: str, value: Node, indent: int = 0) -> str:
    """The text of one entry of a mapping in block style."""
    return "".join(f"{line}\n" for line in _entry(key, value, indent))


def _entries(mapping: Mapping, indent: int) -> Iterator[str]:
    for number, (key, value) in enumerate(mapping.entries):
        if mapping.apart and number:
            yield ""
        yield from _entry(key, value, indent)


def _entry(key: str, value: Node, indent: int) -> Iterator[str]:
    head = f"{' ' * indent}{key_text(key)}:"
    inline = _inline(value, WIDTH - len(head) - 1)
    if inline is not None:
        yield f"{head} {inline}"
        return
    match value:
        case Scalar():
            yield from _long(head, value.text, indent + _INDENT)
        case Mapping():
            yield head
            yield from _entries(value, indent + _INDENT)
        case Sequence():
            yield head
            for item in value.items:
                yield f"{' ' * (indent + _INDENT)}- {scalar_text(item)}"


def _inline(value: Node, room: int) -> str | None:
    """The value on the line of its key; None where it needs lines of its own."""
    if isinstance(value, Scalar):
        text = scalar_text(value)
        return text if len(text) <= room or not _can_be_long(value.text) else None
    if isinstance(value, Mapping) and value.style is Style.BLOCK:
        return None
    if not _flows(value):
        return None
    text = _flow(value)
    always = isinstance(value, Mapping) and value.style is Style.FLOW
    return text if always or len(text) <= room else None


def _flows(value: Node) -> bool:
    """Whether it may stand in flow style: none of it wants a block, or lines of its own."""
    if isinstance(value, Mapping):
        return value.style is not Style.BLOCK and all(_flows(each) for _, each in value.entries)
    return True


def _flow(value: Node) -> str:
    match value:
        case Scalar():
            return scalar_text(value, in_flow=True)
        case Sequence():
            return f"[{', '.join(scalar_text(each, in_flow=True) for each in value.items)}]"
        case Mapping():
            parts = (f"{key_text(key, in_flow=True)}: {_flow(e)}" for key, e in value.entries)
            return f"{{{', '.join(parts)}}}"


def key_text(key: str, *, in_flow: bool = False) -> str:
    """A key; what is no text or number stands in quotes."""
    return scalar_text(Scalar(key, frozenset({Kind.TEXT, Kind.NUMBER})), in_flow=in_flow)


def scalar_text(scalar: Scalar, *, in_flow: bool = False) -> str:
    """A single value on one line: plain, in single or in double quotes."""
    text = scalar.text
    if _is_plain(text, in_flow) and _kind(text) in scalar.plain:
        return text
    if '"' in text and "\\" not in text and not _UNQUOTABLE.search(text):
        return "'{}'".format(text.replace("'", "''"))
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _kind(text: str) -> Kind | None:
    """What it would be without quotes; None for spellings that FEEL does not have."""
    kind = plain_kind(text)
    return kind if kind in (Kind.TEXT, Kind.NUMBER) or text in _FEEL_WORDS else None


def _is_plain(text: str, in_flow: bool) -> bool:
    if not _STARTS.match(text) or _UNSAFE.search(text) or text == "<<":
        return False
    return not (in_flow and _UNSAFE_IN_FLOW.search(text))


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    found = _ESCAPES.get(character)
    code = ord(character)
    return found or (f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}")


def _can_be_long(text: str) -> bool:
    """Whether it may stand as a block scalar: literal, or folded at its spaces."""
    if not _LITERAL.match(text):
        return False
    return "\n" in text or (" " in text and "  " not in text)


def _long(head: str, text: str, indent: int) -> Iterator[str]:
    margin = " " * indent
    if "\n" in text:
        yield f"{head} |-"
        yield from (f"{margin}{line}" if line else "" for line in text.split("\n"))
        return
    yield f"{head} >-"
    line = ""
    for word in text.split(" "):
        if line and len(margin) + len(line) + 1 + len(word) > WIDTH:
            yield margin + line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield margin + line
