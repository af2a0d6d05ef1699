"""Arithmetic on two numbers, for callers that know they hold numbers.

Results are rounded to 34 digits; out of range, or without a value, they are null.
"""

from __future__ import annotations

from decimal import Decimal, DecimalException

from keyaccount.feel.values.number import CONTEXT

_add = CONTEXT.add
_subtract = CONTEXT.subtract
_multiply = CONTEXT.multiply
_divide = CONTEXT.divide
_power = CONTEXT.power


def add_numbers(left: Decimal, right: Decimal) -> Decimal | None:
    """`left + right`."""
    try:
        return _add(left, right)
    except DecimalException:
        return None


def subtract_numbers(left: Decimal, right: Decimal) -> Decimal | None:
    """`left - right`."""
    try:
        return _subtract(left, right)
    except DecimalException:
        return None


def multiply_numbers(left: Decimal, right: Decimal) -> Decimal | None:
    """`left * right`."""
    try:
        return _multiply(left, right)
    except DecimalException:
        return None


def divide_numbers(left: Decimal, right: Decimal) -> Decimal | None:
    """`left / right`; null where `right` is 0."""
    try:
        return _divide(left, right)
    except DecimalException:
        return None


def power_numbers(left: Decimal, right: Decimal) -> Decimal | None:
    """`left ** right`; null for 0 to a negative power, and for a root of what is negative."""
    if not left:
        return _power_of_zero(right)
    try:
        return _power(left, right)
    except DecimalException:
        return None


def _power_of_zero(exponent: Decimal) -> Decimal | None:
    if not exponent:
        return Decimal(1)
    return Decimal(0) if exponent > 0 else None


def negate_number(value: Decimal) -> Decimal:
    """`-value`; a zero has no sign."""
    return CONTEXT.minus(value) if value else value
