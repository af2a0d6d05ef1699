"""FEEL values as keys: what a join compares."""

from __future__ import annotations

from keyaccount.backends.events.network import Key
from keyaccount.feel.operations.comparison import equality_key
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.time import Time
from keyaccount.ir.outcome import Unknown


def key_of(value: object) -> Key | None:
    """The key of a value: of two values the keys compare as FEEL compares the values.

    None for null and for what is unknown, which no join holds for.
    """
    match value:
        case None | Unknown():
            return None
        case DateAndTime():
            return _temporal("date and time", value.time.is_local), value.second_number
        case Time():
            second = value.second_of_day - (value.offset_seconds or 0)
            return _temporal("time", value.is_local), second
        case list() | dict():
            return "collection", equality_key(value)
        case _:
            return type(value).__name__, value


def _temporal(kind: str, is_local: bool) -> str:
    return f"{kind}, local" if is_local else kind
