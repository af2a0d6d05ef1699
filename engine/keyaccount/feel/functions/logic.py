"""Built-in functions on booleans, and `is`.

Source: DMN 1.5, 10.3.4.2 (table 72) and 10.3.4.7 (table 77).
"""

from __future__ import annotations

from keyaccount.feel.functions.builtin import Builtin, Parameter, function
from keyaccount.feel.types import ANY, BOOLEAN


def negation(negand: bool) -> bool:
    """`not(negand)`."""
    return not negand


def is_identical(left: object, right: object) -> bool:
    """Whether two values are one element of FEEL's semantic domain, to the last nanosecond.

    Unlike `=`, always true or false; a time with a zone is another than one without.
    """
    if type(left) is not type(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(is_identical, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            is_identical(value, right[name]) for name, value in left.items()
        )
    return left == right


LOGIC_FUNCTIONS: tuple[Builtin, ...] = (
    function("not", negation, BOOLEAN, ("negand", BOOLEAN)),
    function(
        "is",
        is_identical,
        BOOLEAN,
        Parameter("value1", ANY, nullable=True),
        Parameter("value2", ANY, nullable=True),
    ),
)
