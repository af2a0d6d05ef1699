"""Values that are not known, on the fast path: they can be carried about but not looked at.

The fast path evaluates as Python does, left to right and no more than needed.
Where it never looks at an unknown value, its answer is the answer, as FEEL's
`and`, `or` and `if` don't depend on what they don't need either. Where it
does look, `UnsettledError` is raised, and the decision is made on the general path.
"""

from __future__ import annotations

from typing import NoReturn

from keyaccount.ir.outcome import Unknown


class UnsettledError(Exception):
    """The fast path met a value that is not known."""


UNSETTLED = (UnsettledError, ArithmeticError, TypeError)
"""What sends a decision to the general path.

Arithmetic without a result is an ArithmeticError here, and null there; an
unknown value in arithmetic, or as a key, is a TypeError.
"""


class Pending(Unknown):
    """An unknown value that raises when it is looked at."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # a look-up by an unknown value must raise

    def _refuse(self, *_: object) -> NoReturn:
        raise UnsettledError

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse


def looked_at(value: object) -> object:
    """The value, where it is known.

    Raises:
        UnsettledError: it is not.
    """
    if isinstance(value, Unknown):
        raise UnsettledError
    return value


def pending(unknown: Unknown) -> Pending:
    """The same, to be carried about on the fast path."""
    return Pending(unknown.missing, unknown.conflicts, unknown.possible, unknown.certain)
