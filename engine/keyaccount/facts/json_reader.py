"""Read JSON with exact numbers and without two meanings for a name."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import NoReturn


class DuplicateKeyError(ValueError):
    """An object names a key twice."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def loads(text: str) -> object:
    """The value of a JSON text; every number is a `Decimal`.

    Raises:
        json.JSONDecodeError: not JSON.
        DuplicateKeyError: an object names a key twice.
        ValueError: `NaN` or `Infinity`, which JSON does not have, or a number past all bounds.
        RecursionError: nested too deeply.
    """
    return json.loads(
        text,
        parse_float=exact_number,
        parse_int=exact_number,
        parse_constant=_refuse_constant,
        object_pairs_hook=_unique,
    )


def exact_number(text: str) -> Decimal:
    """A number by its own digits.

    Raises:
        ValueError: its exponent is past what a `Decimal` takes.
    """
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"`{text[:40]}` is past all bounds") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is not a JSON number")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise DuplicateKeyError(key)
        found[key] = value
    return found
