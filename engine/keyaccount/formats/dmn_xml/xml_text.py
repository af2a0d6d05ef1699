"""Elements to XML text: indented, and the same text for the same elements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_INDENT = "  "
_IN_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_IN_ATTRIBUTE = {**_IN_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_SPECIAL_IN_TEXT = re.compile("[&<>\r]")
_SPECIAL_IN_ATTRIBUTE = re.compile('[&<>"\r\n\t]')


@dataclass(slots=True)
class Tag:
    """An element to be written: text, or other elements inside."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    inside: list[Tag] = field(default_factory=list)
    text: str | None = None


def tag(
    name: str, /, *inside: Tag | None, text: str | None = None, **attributes: str | None
) -> Tag:
    """An element; what is None is left out. `_` in an attribute's name is a colon."""
    given = {key.replace("_", ":"): value for key, value in attributes.items() if value is not None}
    return Tag(name, given, [each for each in inside if each is not None], text)


def xml_text(root: Tag) -> str:
    """The whole file."""
    return HEAD + "".join(_lines(root, ""))


def _lines(element: Tag, indent: str) -> Iterator[str]:
    written = "".join(f' {k}="{_in_attribute(v)}"' for k, v in element.attributes.items())
    start = f"{indent}<{element.name}{written}"
    if element.text is not None:
        yield f"{start}>{_in_text(element.text)}</{element.name}>\n"
    elif element.inside:
        yield f"{start}>\n"
        for each in element.inside:
            yield from _lines(each, indent + _INDENT)
        yield f"{indent}</{element.name}>\n"
    else:
        yield f"{start}/>\n"


def _in_text(text: str) -> str:
    return _SPECIAL_IN_TEXT.sub(lambda match: _IN_TEXT[match[0]], text)


def _in_attribute(text: str) -> str:
    return _SPECIAL_IN_ATTRIBUTE.sub(lambda match: _IN_ATTRIBUTE[match[0]], text)
