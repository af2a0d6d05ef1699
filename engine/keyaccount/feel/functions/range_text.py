"""The text that `range()` takes: a range of two literals.

Source: DMN 1.5, 10.3.4.1 (table 71) and grammar rule 66.
"""

from __future__ import annotations

import re
from functools import cache

from keyaccount.feel.operations.comparison import less_or_equal
from keyaccount.feel.values.date import date_from_text
from keyaccount.feel.values.date_and_time import date_and_time_from_text
from keyaccount.feel.values.duration import duration_from_text
from keyaccount.feel.values.number import number_from_text
from keyaccount.feel.values.range import Range, comparison_range
from keyaccount.feel.values.text import temporal_from_text
from keyaccount.feel.values.time import time_from_text

_CONSTRUCTORS = {
    "date": date_from_text,
    "time": time_from_text,
    "date and time": date_and_time_from_text,
    "duration": duration_from_text,
}


@cache
def _form() -> re.Pattern[str]:
    """Compiled on first use, as few programs call `range()`."""
    text = r'"(?:[^"\\]|\\.)*"'
    call = rf"[a-z ]+\(\s*{text}\s*\)"
    end = rf"@\s*{text}|{text}|{call}|[-+.0-9eE]+?|"
    return re.compile(rf"\s*([\[(\]])\s*({end})\s*\.\.\s*({end})\s*([\])\[])\s*", re.DOTALL)


def range_from_text(text: str) -> Range | None:
    """`[1..10]`, `(date("2024-01-01")..]`.

    Returns:
        None where the text is no range of literals, its ends don't compare or
        go backwards, both are missing, or a missing end is said to be included.
    """
    form = _form().fullmatch(text)
    if form is None:
        return None
    start, low_text, high_text, end = form.groups()
    low, high = _literal(low_text), _literal(high_text)
    low_closed, high_closed = start == "[", end == "]"
    if (low_text and low is None) or (high_text and high is None):
        return None
    if low is None or high is None:
        return _open_ended(low, high, low_closed, high_closed)
    return Range(low, high, low_closed, high_closed) if less_or_equal(low, high) else None


def _open_ended(low: object, high: object, low_closed: bool, high_closed: bool) -> Range | None:
    if low is None and high is not None and not low_closed:
        return comparison_range("<=" if high_closed else "<", high)
    if high is None and low is not None and not high_closed:
        return comparison_range(">=" if low_closed else ">", low)
    return None


def _literal(text: str) -> object:
    if text.startswith('"'):
        return _unquoted(text)
    if text.startswith("@"):
        return temporal_from_text(_unquoted(text[1:].strip()))
    if "(" not in text:
        return None if text.startswith("+") else number_from_text(text)
    name, _, argument = text.partition("(")
    construct = _CONSTRUCTORS.get(" ".join(name.split()))
    return None if construct is None else construct(_unquoted(argument.rstrip(") \t\r\n")))


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text.strip()[1:-1], flags=re.DOTALL)
