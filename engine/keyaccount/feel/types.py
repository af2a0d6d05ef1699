"""The types of FEEL, and which conforms to which.

Source: DMN 1.5, 10.3.2.9 (type lattice and conformance).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A type without parts: number, string, boolean, the temporal ones, `Any`, `Null`."""

    name: str

    def __str__(self) -> str:
        return self.name


ANY = SimpleType("Any")
NULL = SimpleType("Null")
NUMBER = SimpleType("number")
STRING = SimpleType("string")
BOOLEAN = SimpleType("boolean")
DATE = SimpleType("date")
TIME = SimpleType("time")
DATE_AND_TIME = SimpleType("date and time")
DAYS_AND_TIME_DURATION = SimpleType("days and time duration")
YEARS_AND_MONTHS_DURATION = SimpleType("years and months duration")

SIMPLE_TYPES: dict[str, SimpleType] = {
    each.name: each
    for each in (
        ANY,
        NULL,
        NUMBER,
        STRING,
        BOOLEAN,
        DATE,
        TIME,
        DATE_AND_TIME,
        DAYS_AND_TIME_DURATION,
        YEARS_AND_MONTHS_DURATION,
    )
} | {"dateTime": DATE_AND_TIME, "day time duration": DAYS_AND_TIME_DURATION}


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A string that is one of the declared values, in their declared order."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        return "string"


@dataclass(frozen=True, slots=True)
class ListType:
    """`list<item>`."""

    item: Type

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True, slots=True)
class RangeType:
    """`range<bound>`."""

    bound: Type

    def __str__(self) -> str:
        return f"range<{self.bound}>"


@dataclass(frozen=True, slots=True)
class ContextType:
    """`context<name: type, ...>`; the entries in their declared order."""

    entries: tuple[tuple[str, Type], ...]

    def __str__(self) -> str:
        inner = ", ".join(f"{name}: {each}" for name, each in self.entries)
        return f"context<{inner}>"

    def entry(self, name: str) -> Type | None:
        """The type of an entry, or None where there is no such entry."""
        return dict(self.entries).get(name)


@dataclass(frozen=True, slots=True)
class FunctionType:
    """`function<parameter, ...> -> result`."""

    parameters: tuple[Type, ...]
    result: Type

    def __str__(self) -> str:
        return f"function<{', '.join(map(str, self.parameters))}> -> {self.result}"


Type = SimpleType | Enumeration | ListType | RangeType | ContextType | FunctionType


def conforms(source: Type, target: Type) -> bool:
    """Whether every value of `source` is a value of `target` (DMN 1.5, 10.3.2.9.2)."""
    if source in (target, NULL) or target == ANY:
        return True
    match source, target:
        case Enumeration(), SimpleType():
            return target == STRING
        case Enumeration(have), Enumeration(want):
            return set(have) <= set(want)
        case ListType(have), ListType(want):
            return conforms(have, want)
        case RangeType(have), RangeType(want):
            return conforms(have, want)
        case ContextType(), ContextType():
            return all(
                (entry := source.entry(name)) is not None and conforms(entry, wanted)
                for name, wanted in target.entries
            )
        case FunctionType(), FunctionType():
            return (
                len(source.parameters) == len(target.parameters)
                and all(map(conforms, target.parameters, source.parameters))
                and conforms(source.result, target.result)
            )
        case _:
            return False


def join(left: Type, right: Type) -> Type:
    """The narrowest type that both conform to."""
    if conforms(left, right):
        return right
    if conforms(right, left):
        return left
    match left, right:
        case Enumeration(a), Enumeration(b):
            return Enumeration(tuple(dict.fromkeys(a + b)))
        case ListType(a), ListType(b):
            return ListType(join(a, b))
        case _:
            return ANY
