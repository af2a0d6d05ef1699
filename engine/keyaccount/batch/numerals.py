"""Read a number as people write it in account lists: exact, or not at all.

Beside plain numbers: full-width digits, thousands separators that stand where
they belong, currency signs, percent, 万 and 亿, accounting parentheses.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, DecimalException
from enum import Enum

from keyaccount.feel.values.number import CONTEXT

LONGEST = 1000
"""Characters of a text that may still be a number; beyond it lies only abuse."""

_FULL_WIDTH: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ASCII = str.maketrans(
    {**_FULL_WIDTH, 0x2212: "-", 0x3000: " ", 0xA0: " ", 0x2009: " ", 0x202F: " "}
)

# `_` between digits is taken because DuckDB, which reads the plain cells, takes it.
_NUMBER = re.compile(
    r"""(?P<parenthesis>\()?\s*
    (?P<sign>[+-]?)\s*
    (?P<digits> \d{1,3}(?:,\d{3})+ | \d{1,3}(?:[ ]\d{3})+ | \d+(?:_\d+)* | (?=\.\d) )
    (?P<fraction>\.(?:\d+(?:_\d+)*)?)?
    (?P<exponent>[eE][+-]?\d+(?:_\d+)*)?\s*
    (?P<unit>[万亿]?)\s*元?\s*
    (?P<percent>%?)\s*
    (?(parenthesis)\))""",
    re.VERBOSE | re.ASCII,
)
_SCALES = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_HUNDREDTH = Decimal("0.01")


class NumeralProblem(Enum):
    """Why a text is no number of ours."""

    NOT_A_NUMBER = "not a number"
    TOO_MANY_DIGITS = "too many digits"


def read_number(text: str) -> Decimal | NumeralProblem:
    """The number that a cell's text writes.

    `95%` is 0.95, `¥1,234.50` is 1234.50, `(12)` is -12, `1.2万` is 12000. A
    comma that does not part groups of three is refused, not guessed at.

    Returns:
        The exact number, of 34 significant digits at most.
    """
    if len(text) > LONGEST:
        return (
            NumeralProblem.TOO_MANY_DIGITS if _is_long_number(text) else NumeralProblem.NOT_A_NUMBER
        )
    found = _NUMBER.fullmatch(_without_currency(text.translate(_ASCII).strip()))
    if found is None or (found["parenthesis"] and found["sign"]):
        return NumeralProblem.NOT_A_NUMBER
    try:
        return _exact(_value(found))
    except DecimalException:
        return NumeralProblem.TOO_MANY_DIGITS


def _value(found: re.Match[str]) -> Decimal:
    digits = found["digits"].replace(",", "").replace(" ", "")
    plain = Decimal(f"{digits}{found['fraction'] or ''}{found['exponent'] or ''}")
    if found["unit"]:
        plain = _WIDE.multiply(plain, _SCALES[found["unit"]])
    if found["percent"]:
        plain = _WIDE.multiply(plain, _HUNDREDTH)
    return plain.copy_negate() if found["sign"] == "-" or found["parenthesis"] else plain


def _exact(value: Decimal) -> Decimal | NumeralProblem:
    held = CONTEXT.plus(value)
    return held if held == value else NumeralProblem.TOO_MANY_DIGITS


def _without_currency(text: str) -> str:
    """The text without its one currency sign, which stands at either end, or next to the sign."""
    signs = [at for at, character in enumerate(text) if unicodedata.category(character) == "Sc"]
    if len(signs) != 1:
        return text
    at = signs[0]
    before, after = text[:at].rstrip(), text[at + 1 :].lstrip()
    if before in {"", "+", "-", "("} or after in {"", ")"}:
        return before + after
    return text


def _is_long_number(text: str) -> bool:
    return text.isascii() and text.strip().lstrip("+-").replace(".", "", 1).isdigit()


_WIDE = CONTEXT.copy()
_WIDE.prec = LONGEST + 20
_WIDE.Emax, _WIDE.Emin = 999_999, -999_999
