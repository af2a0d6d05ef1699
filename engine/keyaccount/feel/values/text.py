"""Values to text and back: FEEL's `string()`, and the text of `@"..."` literals.

Source: DMN 1.5, 10.3.4.1 (string), 10.3.1.2 (at literals).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from keyaccount.feel.budget import spend
from keyaccount.feel.values.date import Date, date_from_text, date_text
from keyaccount.feel.values.date_and_time import DateAndTime, date_and_time_from_text
from keyaccount.feel.values.duration import (
    DaysAndTimeDuration,
    Duration,
    YearsAndMonthsDuration,
    days_duration_text,
    duration_from_text,
    months_duration_text,
)
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.number import number_text
from keyaccount.feel.values.range import Range
from keyaccount.feel.values.time import Time, time_from_text, time_text

Temporal = Date | Time | DateAndTime | Duration
_PLAIN_KEY = re.compile(r"[^\W\d][\w ]*")


def temporal_from_text(text: str) -> Temporal | None:
    """What `@"..."` stands for; None where the text is no date, time or duration."""
    if text.startswith(("P", "-P")):
        return duration_from_text(text)
    if "T" in text:
        return date_and_time_from_text(text)
    if ":" in text:
        return time_from_text(text)
    return date_from_text(text)


def to_text(value: object) -> str | None:
    """The value as FEEL's `string()` gives it; null for null. A text stands as it is."""
    if value is None or isinstance(value, str):
        return value
    return nested_text(value)


def nested_text(value: object) -> str:
    """The value as it stands inside a list or a context: texts in quotes, `null` spelt out."""
    spend(1 + (len(value) >> 4) if isinstance(value, str) else 1)
    write = _TEXTS.get(type(value))
    return str(value) if write is None else write(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else _quoted(name)


def _list(values: list[object]) -> str:
    return f"[{', '.join(map(nested_text, values))}]"


def _context(entries: Mapping[str, object]) -> str:
    inner = (f"{_key(name)}: {nested_text(value)}" for name, value in entries.items())
    return f"{{{', '.join(inner)}}}"


def _range(value: Range) -> str:
    if value.operator is not None:
        bound = value.high if value.operator in ("<", "<=") else value.low
        return f"({value.operator} {nested_text(bound)})"
    start, end = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
    return f"{start}{nested_text(value.low)}..{nested_text(value.high)}{end}"


def _function(value: FunctionValue) -> str:
    return f"function({', '.join(name for name, _ in value.parameters)})"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


_TEXTS: dict[type, Callable[..., str]] = {
    type(None): lambda _: "null",
    str: _quoted,
    bool: _boolean,
    Decimal: number_text,
    Date: date_text,
    Time: time_text,
    DateAndTime: str,
    DaysAndTimeDuration: days_duration_text,
    YearsAndMonthsDuration: months_duration_text,
    list: _list,
    dict: _context,
    Range: _range,
    FunctionValue: _function,
}
