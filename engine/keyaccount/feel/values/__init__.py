"""FEEL's values at run time.

Null is None, a boolean bool, a number `decimal.Decimal`, a string (an
enumeration's value too) str, a list `list`, a context `dict`; the rest are
the classes of this package.
"""

from keyaccount.feel.values.date import Date
from keyaccount.feel.values.date_and_time import DateAndTime
from keyaccount.feel.values.duration import DaysAndTimeDuration, Duration, YearsAndMonthsDuration
from keyaccount.feel.values.function import FunctionValue
from keyaccount.feel.values.python import NotAFeelValueError, from_python, to_python
from keyaccount.feel.values.range import Range
from keyaccount.feel.values.text import temporal_from_text, to_text
from keyaccount.feel.values.time import Time
from keyaccount.feel.values.typing import conform, is_instance, type_of

__all__ = [
    "Date",
    "DateAndTime",
    "DaysAndTimeDuration",
    "Duration",
    "FunctionValue",
    "NotAFeelValueError",
    "Range",
    "Time",
    "YearsAndMonthsDuration",
    "conform",
    "from_python",
    "is_instance",
    "temporal_from_text",
    "to_python",
    "to_text",
    "type_of",
]
