"""Turn a value as a program has it into FEEL's, or say why it won't do."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException, Inexact
from enum import Enum
from typing import assert_never, cast

from keyaccount.diagnostics import fact_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.feel import types
from keyaccount.feel.types import (
    ContextType,
    Enumeration,
    FunctionType,
    ListType,
    RangeType,
    SimpleType,
    Type,
)
from keyaccount.feel.values import (
    Date,
    DateAndTime,
    DaysAndTimeDuration,
    NotAFeelValueError,
    Time,
    YearsAndMonthsDuration,
    from_python,
    is_instance,
    temporal_from_text,
)
from keyaccount.feel.values.number import CONTEXT
from keyaccount.feel.values.text import nested_text

Problems = list[Diagnostic]
_MOST_PROBLEMS = 100
"""After so many nobody reads on."""

EXACT = CONTEXT.copy()
"""34 digits; raises instead of rounding."""
EXACT.traps[Inexact] = True

_LONGEST_SHOWN = 60
_MANY_BITS = 14_000
"""An integer beyond it has more digits than Python is willing to write."""


def converted(value: object, type_: Type, place: str, problems: Problems) -> object:
    """The FEEL value; None where it is null or won't do, which `problems` then tells.

    Args:
        value: as a program has it; null is taken anywhere inside.
        type_: what is declared.
        place: the fact's name and the place inside it, for messages.
        problems: grows by what is found wrong.
    """
    if isinstance(value, Enum):
        value = value.value
    if value is None:
        return None
    match type_:
        case SimpleType():
            return _SIMPLE[type_.name](value, place, problems)
        case Enumeration():
            return _declared(value, type_, place, problems)
        case ListType():
            return _list(value, type_, place, problems)
        case ContextType():
            return _context(value, type_, place, problems)
        case RangeType() | FunctionType():
            if is_instance(value, type_):
                return value
            _refuse(value, type_, place, problems)
            return None
        case _:
            assert_never(type_)


def _refuse(value: object, type_: Type, place: str, problems: Problems) -> None:
    problems.append(messages.wrong_type(place, str(type_), described(value)))


def _number(value: object, place: str, problems: Problems) -> Decimal | None:
    if isinstance(value, str) and _reads_as_number(value):
        problems.append(messages.number_as_text(place, value))
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        _refuse(value, types.NUMBER, place, problems)
        return None
    if isinstance(value, int) and value.bit_length() > _MANY_BITS:
        problems.append(messages.too_precise(place, _number_text(value)))
        return None
    exact = Decimal(float.__repr__(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        problems.append(messages.not_a_number(place, str(exact)))
        return None
    try:
        return EXACT.plus(exact)
    except DecimalException:
        problems.append(messages.too_precise(place, _short(str(exact))))
        return None


def _reads_as_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except DecimalException:
        return False


def _string(value: object, place: str, problems: Problems) -> str | None:
    if isinstance(value, str):
        return str(value)
    _refuse(value, types.STRING, place, problems)
    return None


def _declared(
    value: object, enumeration: Enumeration, place: str, problems: Problems
) -> str | None:
    text = _string(value, place, problems)
    if text is None or text in enumeration.values:
        return text
    problems.append(messages.undeclared_value(place, _short(text), enumeration.values))
    return None


def _boolean(value: object, place: str, problems: Problems) -> bool | None:
    if isinstance(value, bool):
        return value
    _refuse(value, types.BOOLEAN, place, problems)
    return None


def _temporal(
    type_: SimpleType, own: type, python: type, other_python: type | None = None
) -> Callable[[object, str, Problems], object]:
    """A reader of one temporal type.

    Args:
        type_: the FEEL type.
        own: FEEL's class.
        python: the class of `datetime` that stands for it.
        other_python: a subclass of `python` that does not.
    """

    def read(value: object, place: str, problems: Problems) -> object:
        if isinstance(value, own):
            return value
        found: object = None
        if isinstance(value, str):
            found = temporal_from_text(value)
        elif isinstance(value, python) and not (other_python and isinstance(value, other_python)):
            found = _from_python(value)
        if isinstance(found, own):
            return found
        _refuse(value, type_, place, problems)
        return None

    return read


def _from_python(value: object) -> object:
    try:
        return from_python(value)
    except NotAFeelValueError:
        return None


def _list(value: object, type_: ListType, place: str, problems: Problems) -> object:
    if type(value) is not list and type(value) is not tuple:
        _refuse(value, type_, place, problems)
        return None
    items = cast(list[object], value)
    return [
        converted(v, type_.item, f"{place}[{i}]", problems)
        for i, v in enumerate(items, 1)
        if len(problems) < _MOST_PROBLEMS  # with a problem there is no value anyway
    ]


def _context(value: object, type_: ContextType, place: str, problems: Problems) -> object:
    if not isinstance(value, Mapping):
        _refuse(value, type_, place, problems)
        return None
    declared = dict(type_.entries)
    for name in value:
        if name not in declared and len(problems) < _MOST_PROBLEMS:
            problems.append(messages.unknown_name(f"{place}.{name}", _inside(place, declared)))
    return {
        name: converted(value.get(name), entry, f"{place}.{name}", problems)
        for name, entry in type_.entries
    }


def _inside(place: str, declared: Mapping[str, Type]) -> tuple[str, ...]:
    return tuple(f"{place}.{name}" for name in declared)


def _any(value: object, place: str, problems: Problems) -> object:
    """A value of no declared type, numbers in it checked all the same."""
    match value:
        case bool() | str():
            return value
        case int() | float() | Decimal():
            return _number(value, place, problems)
        case Mapping() | list() | tuple():
            try:
                return _nested(value, place, problems)
            except RecursionError:
                problems.append(messages.nested_too_deep(place))
                return None
        case _:
            found = _from_python(value)
            if found is None:
                _refuse(value, types.ANY, place, problems)
            return found


def _nested(
    value: Mapping[object, object] | list[object] | tuple[object, ...],
    place: str,
    problems: Problems,
) -> object:
    if not isinstance(value, Mapping):
        return _list(value, ListType(types.ANY), place, problems)
    return {
        str(name): converted(each, types.ANY, f"{place}.{name}", problems)
        for name, each in value.items()
    }


def _null(value: object, place: str, problems: Problems) -> None:
    _refuse(value, types.NULL, place, problems)
    return


_SIMPLE: dict[str, Callable[[object, str, Problems], object]] = {
    types.ANY.name: _any,
    types.NULL.name: _null,
    types.NUMBER.name: _number,
    types.STRING.name: _string,
    types.BOOLEAN.name: _boolean,
    types.DATE.name: _temporal(types.DATE, Date, datetime.date, datetime.datetime),
    types.TIME.name: _temporal(types.TIME, Time, datetime.time),
    types.DATE_AND_TIME.name: _temporal(types.DATE_AND_TIME, DateAndTime, datetime.datetime),
    types.DAYS_AND_TIME_DURATION.name: _temporal(
        types.DAYS_AND_TIME_DURATION, DaysAndTimeDuration, datetime.timedelta
    ),
    types.YEARS_AND_MONTHS_DURATION.name: _temporal(
        types.YEARS_AND_MONTHS_DURATION, YearsAndMonthsDuration, YearsAndMonthsDuration
    ),
}


def described(value: object) -> Text:
    """A value as messages tell it, not longer than a line."""
    match value:
        case None:
            return _alike("`null`")
        case bool():
            return _alike(f"`{'true' if value else 'false'}`")
        case str():
            return Text(f'the text `"{_short(value)}"`', f'文本 `"{_short(value)}"`')
        case int() | float() | Decimal():
            digits = _number_text(value)
            return Text(f"the number `{digits}`", f"数值 `{digits}`")
        case Mapping():
            return Text("a mapping", "映射")
        case _ if type(value) is list or type(value) is tuple:
            return Text("a list", "列表")
        case datetime.date() | datetime.time() | datetime.timedelta():
            return _alike(f"`{value}`")
        case _:
            return _alike(f"`{_short(nested_text(value))}`")


def _alike(words: str) -> Text:
    return Text(words, words)


def _number_text(value: float | Decimal) -> str:
    if isinstance(value, int) and value.bit_length() > _MANY_BITS:
        return f"2**{value.bit_length() - 1}..."  # Python writes no integer of that size
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."
