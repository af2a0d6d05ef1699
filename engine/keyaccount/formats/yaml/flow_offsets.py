"""The characters of plain and quoted scalars with their places: folding and escapes.

Source: YAML 1.2.2, 7.3 (flow scalar styles) and 6.5 (line folding).
"""

from __future__ import annotations

import re

Place = tuple[str, int]
"""A character of the value, and the offset in the file that it came from."""

_WHITE = re.compile(r"[ \t\r\n]+")
_BREAK = re.compile(r"\r\n|\r|\n")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r\n|[\s\S])")
_ESCAPED = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}


def flow_places(text: str, start: int, end: int, quote: str) -> list[Place] | None:
    """The value of `text[start:end]`, the quotes left out, character by character.

    None where an escape is not one of YAML's.
    """
    places: list[Place] = []
    at = start
    while at < end:
        character = text[at]
        if character in " \t\r\n":
            at = _white(text, at, end, places)
        elif character == "\\" and quote == '"':
            after = _escape(text, at, end, places)
            if after is None:
                return None
            at = after
        else:
            places.append((character, at))
            at += 2 if character == quote == "'" else 1
    return places


def _white(text: str, at: int, end: int, places: list[Place]) -> int:
    """Space as it is, line breaks folded: one is a space, each further one a line break."""
    found = _WHITE.match(text, at, end)
    after = found.end() if found else at + 1
    breaks = [each.start() for each in _BREAK.finditer(text, at, after)]
    if not breaks:
        places.extend((text[each], each) for each in range(at, after))
    elif len(breaks) == 1:
        places.append((" ", breaks[0]))
    else:
        places.extend(("\n", each) for each in breaks[1:])
    return after


def _escape(text: str, at: int, end: int, places: list[Place]) -> int | None:
    found = _ESCAPE.match(text, at, end)
    if found is None:
        return None
    body = found.group()[1:]
    if body[0] in "\r\n":
        return _escaped_break(text, found.end(), end, places)
    if body[0] in "xuU" and len(body) > 1:
        places.append((chr(int(body[1:], 16)), at))
    elif body in _ESCAPED:
        places.append((_ESCAPED[body], at))
    else:
        return None
    return found.end()


def _escaped_break(text: str, at: int, end: int, places: list[Place]) -> int:
    """A line break taken back by a backslash: only empty lines after it count."""
    found = _WHITE.match(text, at, end)
    if found is None:
        return at
    places.extend(("\n", each.start()) for each in _BREAK.finditer(text, at, found.end()))
    return found.end()
