"""FEEL's operators on known values; what has no answer is null.

Callers that know the kinds of their operands at compile time may call the
narrow functions of `numbers`, `temporal` and `comparison` straight.
"""

from keyaccount.feel.operations.arithmetic import arithmetic, negate
from keyaccount.feel.operations.comparison import (
    compare,
    equal,
    greater,
    greater_or_equal,
    less,
    less_or_equal,
    not_equal,
    same,
)
from keyaccount.feel.operations.lists import as_list, by_condition, by_position
from keyaccount.feel.operations.membership import in_range, in_test, make_range, passes_cell
from keyaccount.feel.operations.numbers import (
    add_numbers,
    divide_numbers,
    multiply_numbers,
    negate_number,
    power_numbers,
    subtract_numbers,
)
from keyaccount.feel.operations.path import path, scoped_entry

__all__ = [
    "add_numbers",
    "arithmetic",
    "as_list",
    "by_condition",
    "by_position",
    "compare",
    "divide_numbers",
    "equal",
    "greater",
    "greater_or_equal",
    "in_range",
    "in_test",
    "less",
    "less_or_equal",
    "make_range",
    "multiply_numbers",
    "negate",
    "negate_number",
    "not_equal",
    "passes_cell",
    "path",
    "power_numbers",
    "same",
    "scoped_entry",
    "subtract_numbers",
]
