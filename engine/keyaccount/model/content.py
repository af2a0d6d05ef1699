"""What a model says, whatever file it stood in: its content without places."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass

from keyaccount.source import Fragment

_PLACES = frozenset({"span", "sources"})


def content(part: object, without: Set[str] = frozenset()) -> object:
    """Nested tuples: equal where two parts of models say the same.

    without: names of fields to leave out besides the places.
    """
    if isinstance(part, Fragment):
        return part.text
    if is_dataclass(part) and not isinstance(part, type):
        names = [e.name for e in fields(part) if e.name not in _PLACES and e.name not in without]
        told = tuple((name, content(getattr(part, name), without)) for name in names)
        return (type(part).__name__, *told)
    if isinstance(part, Mapping):
        return tuple((key, content(each, without)) for key, each in part.items())
    if isinstance(part, tuple | list):
        return tuple(content(each, without) for each in part)
    return part
