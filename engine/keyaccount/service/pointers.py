"""JSON pointers (RFC 6901) into a request, from the places that messages name."""

from __future__ import annotations

import re

_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_MSGSPEC_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def pointer(place: str, root: str) -> str:
    """The pointer of a place such as `orders[2].tonnes`, whose list items count from 1.

    Args:
        place: as messages have it; one that starts with a slash is a pointer already.
        root: where the facts stand in the request.

    >>> pointer("orders[2].tonnes", "/facts")
    '/facts/orders/1/tonnes'
    """
    if place.startswith("/"):
        return place
    steps = [
        str(int(item) - 1) if item else name.replace("~", "~0").replace("/", "~1")
        for item, name in _STEP.findall(place)
    ]
    return "/".join((root, *steps))


def from_path(path: str) -> str:
    """The pointer of a path as msgspec writes it (`$.facts`); it ends where it says `...`.

    >>> from_path("$[3].as_of")
    '/3/as_of'
    """
    steps = []
    for name, item in _MSGSPEC_STEP.findall(path):
        if item == "...":
            break
        steps.append(name or item)
    return "".join(f"/{each}" for each in steps)
