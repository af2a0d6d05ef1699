"""FEEL's built-in functions, by name.

Source: DMN 1.5, 10.3.4. To add one, add it to the table of its module.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal as OneOf

from keyaccount.feel.functions.aggregates import AGGREGATE_FUNCTIONS
from keyaccount.feel.functions.builtin import Builtin, Parameter, Signature
from keyaccount.feel.functions.calendar import CALENDAR_FUNCTIONS
from keyaccount.feel.functions.contexts import CONTEXT_FUNCTIONS
from keyaccount.feel.functions.conversion import CONVERSION_FUNCTIONS
from keyaccount.feel.functions.java import JAVA_FUNCTIONS
from keyaccount.feel.functions.lists import LIST_FUNCTIONS
from keyaccount.feel.functions.logic import LOGIC_FUNCTIONS
from keyaccount.feel.functions.numeric import NUMERIC_FUNCTIONS
from keyaccount.feel.functions.patterns import PATTERN_FUNCTIONS
from keyaccount.feel.functions.ranges import RANGE_FUNCTIONS
from keyaccount.feel.functions.strings import STRING_FUNCTIONS
from keyaccount.feel.types import DATE, DATE_AND_TIME, SimpleType

FUNCTIONS: Mapping[str, Builtin] = MappingProxyType(
    {
        each.name: each
        for table in (
            CONVERSION_FUNCTIONS,
            LOGIC_FUNCTIONS,
            STRING_FUNCTIONS,
            PATTERN_FUNCTIONS,
            LIST_FUNCTIONS,
            AGGREGATE_FUNCTIONS,
            NUMERIC_FUNCTIONS,
            CALENDAR_FUNCTIONS,
            RANGE_FUNCTIONS,
            CONTEXT_FUNCTIONS,
        )
        for each in table
    }
)

# Functions of no arguments whose value is handed in with each evaluation: no clock runs here.
MOMENTS: Mapping[OneOf["today", "now"], SimpleType] = MappingProxyType(
    {"today": DATE, "now": DATE_AND_TIME}
)


@cache
def function_named(name: str, parameters: tuple[str, ...] = ()) -> Builtin:
    """A function by the name that a core node has for it: FEEL's own, or an external one's.

    With `parameters` only its signatures that have those.
    """
    found = FUNCTIONS.get(name) or JAVA_FUNCTIONS[name]
    named = found.by_names(parameters) if parameters else None
    return found if named is None else named[0]


__all__ = ["FUNCTIONS", "MOMENTS", "Builtin", "Parameter", "Signature", "function_named"]
