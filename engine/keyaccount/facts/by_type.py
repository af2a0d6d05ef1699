"""Values from JSON for a model that follows DMN's own rules: nothing is refused here.

JSON has no dates: a text becomes what the type declares, where it can.
"""

from __future__ import annotations

from collections.abc import Mapping

from keyaccount.feel.types import (
    DATE,
    DATE_AND_TIME,
    DAYS_AND_TIME_DURATION,
    TIME,
    YEARS_AND_MONTHS_DURATION,
    ContextType,
    ListType,
    Type,
)
from keyaccount.feel.values import temporal_from_text
from keyaccount.feel.values.date import Date
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.time import MIDNIGHT_UTC

_TEMPORAL = frozenset(
    (DATE, TIME, DATE_AND_TIME, DAYS_AND_TIME_DURATION, YEARS_AND_MONTHS_DURATION)
)


def by_type(value: object, of: Type) -> object:
    """The value with its texts read as the dates, times and durations that are declared."""
    if isinstance(value, str) and of in _TEMPORAL:
        return _temporal(value, of)
    if isinstance(of, ListType):
        if isinstance(value, list):
            return [by_type(each, of.item) for each in value]
        return by_type(value, of.item)
    if isinstance(of, ContextType) and isinstance(value, Mapping):
        types = dict(of.entries)
        return {
            name: by_type(each, types[name]) if name in types else each
            for name, each in value.items()
        }
    return value


def _temporal(text: str, of: Type) -> object:
    found = temporal_from_text(text)
    if isinstance(found, Date) and of == DATE_AND_TIME:
        return DateAndTime(found, MIDNIGHT_UTC)
    return text if found is None else found
