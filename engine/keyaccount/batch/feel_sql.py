"""Values as text in SQL, exactly as FEEL's `string()` writes them (`feel.values.text`)."""

from __future__ import annotations

from keyaccount.backends.sql.kinds import (
    Boolean,
    Date,
    Kind,
    Label,
    ListOf,
    Nothing,
    Number,
    Record,
    Text,
)
from keyaccount.batch.duck import literal
from keyaccount.feel.values.text import nested_text


def is_writable(kind: Kind) -> bool:
    """Whether SQL can write all values of a kind as FEEL does."""
    match kind:
        case Boolean() | Text() | Label() | Date() | Nothing():
            return True
        case Number(form=form):
            # A DOUBLE is written with an exponent where FEEL writes digits.
            return form != "double"
        case Record(entries):
            return all(is_writable(each) for _, each in entries)
        case ListOf(item):
            return is_writable(item)
        case _:
            return False


def feel_text(sql: str, kind: Kind) -> str:
    """A value as text: bare where it is a text itself, NULL where it is null.

    Args:
        sql: the value.
        kind: what it is, and writable.
    """
    if isinstance(kind, Text | Label):
        return f"CAST({sql} AS VARCHAR)"
    return f"CASE WHEN {sql} IS NOT NULL THEN {_nested(sql, kind)} END"


def _nested(sql: str, kind: Kind) -> str:
    """A value as it stands inside a list or a context, null spelt out."""
    match kind:
        case Text() | Label():
            escaped = f"replace(replace(CAST({sql} AS VARCHAR), '\\', '\\\\'), '\"', '\\\"')"
            text = f"concat('\"', {escaped}, '\"')"
        case Number():
            text = number_text(sql)
        case Boolean() | Date() | Nothing():
            text = f"CAST({sql} AS VARCHAR)"
        case Record(entries):
            text = _context_text(sql, entries)
        case ListOf(item):
            items = f"list_transform({sql}, lambda item: {_nested('item', item)})"
            text = f"concat('[', array_to_string({items}, ', '), ']')"
        case _:
            raise TypeError(kind)
    return f"CASE WHEN {sql} IS NULL THEN 'null' ELSE {text} END"


def _context_text(sql: str, entries: tuple[tuple[str, Kind], ...]) -> str:
    parts = []
    for name, kind in entries:
        # The key as FEEL writes it, taken from a context of that one entry.
        key = nested_text({name: None}).removeprefix("{").removesuffix("null}")
        parts.append(f"{literal(key)}, {_nested(f'struct_extract({sql}, {literal(name)})', kind)}")
    inner = ", ', ', ".join(parts)
    return f"concat('{{', {inner}, '}}')" if parts else "'{}'"


def number_text(sql: str) -> str:
    """A decimal without idle zeros: `1.50` is `1.5`, `2.00` is `2`."""
    text = f"CAST({sql} AS VARCHAR)"
    return f"CASE WHEN contains({text}, '.') THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"
