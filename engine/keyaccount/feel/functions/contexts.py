"""Built-in functions on contexts.

Source: DMN 1.5, 10.3.4.10 (table 79).
"""

from __future__ import annotations

from collections.abc import Sequence

from keyaccount.feel.functions.builtin import Builtin, Parameter, function, overloaded, signature
from keyaccount.feel.types import ANY, STRING, ContextType, ListType

_Context = dict[str, object]
_ANY_CONTEXT = ContextType(())
_ENTRY = ContextType((("key", STRING), ("value", ANY)))


def get_value(entries: _Context, key: str) -> object:
    """The entry's value; null where there is no such entry."""
    return entries.get(key)


def get_entries(entries: _Context) -> list[object]:
    """The entries as contexts of `key` and `value`, in order."""
    return [{"key": key, "value": value} for key, value in entries.items()]


def context(entries: list[_Context | None]) -> _Context | None:
    """The context of entries given as `key` and `value`.

    Null where a key is missing, null or there twice, or a value is missing.
    """
    made: _Context = {}
    for entry in entries:
        if entry is None or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in made:
            return None
        made[key] = entry["value"]
    return made


def context_put(entries: _Context, key: str, value: object) -> _Context:
    """The context with an entry set anew, or added at the end."""
    return {**entries, key: value}


def context_put_nested(
    entries: _Context, keys: Sequence[str | None], value: object
) -> _Context | None:
    """The context with an entry set anew in the contexts that the keys lead through.

    Null where a key is null, there are none, or the way leads through no context.
    """
    if not keys or None in keys:
        return None
    first, *rest = keys
    if first is None:
        return None
    if not rest:
        return context_put(entries, first, value)
    inner = entries.get(first)
    changed = context_put_nested(inner, rest, value) if isinstance(inner, dict) else None
    return None if changed is None else context_put(entries, first, changed)


def context_merge(contexts: list[_Context | None]) -> _Context | None:
    """The entries of all; of those with one key the last. Null where one is null."""
    merged: _Context = {}
    for each in contexts:
        if each is None:
            return None
        merged |= each
    return merged


_VALUE = Parameter("value", ANY, nullable=True)

CONTEXT_FUNCTIONS: tuple[Builtin, ...] = (
    function("get value", get_value, ANY, ("m", _ANY_CONTEXT), ("key", STRING)),
    function("get entries", get_entries, ListType(_ENTRY), ("m", _ANY_CONTEXT)),
    function("context", context, _ANY_CONTEXT, ("entries", ListType(_ANY_CONTEXT))),
    overloaded(
        "context put",
        signature(context_put, _ANY_CONTEXT, ("context", _ANY_CONTEXT), ("key", STRING), _VALUE),
        signature(
            context_put_nested,
            _ANY_CONTEXT,
            ("context", _ANY_CONTEXT),
            ("keys", ListType(STRING)),
            _VALUE,
        ),
    ),
    function("context merge", context_merge, _ANY_CONTEXT, ("contexts", ListType(_ANY_CONTEXT))),
)
