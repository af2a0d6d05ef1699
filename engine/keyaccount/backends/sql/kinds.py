"""What SQL knows of a value: its column type, and for numbers the exact width.

The width of every number is worked out here and never left to an engine: each
has its own rules for the type of a sum or a product, and DuckDB rounds without
a word where it unifies two scales.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from sqlglot import exp

FEEL_DIGITS = 34
"""The precision of FEEL's numbers: a longer result is rounded by FEEL, so not by SQL alike."""

SQL_DIGITS = 38
"""The widest DECIMAL that all dialects have."""

DOUBLE_DIGITS = 15
"""Decimals of up to this many digits survive a DOUBLE unchanged."""

Dialect = OneOf["duckdb", "postgres", "spark"]


@dataclass(frozen=True, slots=True)
class Number:
    """DECIMAL(precision, scale), an integer type (scale 0), or a DOUBLE.

    A DOUBLE stands for its shortest decimal, and must be finite.
    """

    precision: int
    scale: int
    form: OneOf["decimal", "integer", "double"] = "decimal"

    @property
    def integer_digits(self) -> int:
        return self.precision - self.scale


@dataclass(frozen=True, slots=True)
class Boolean:
    """BOOLEAN."""


@dataclass(frozen=True, slots=True)
class Text:
    """VARCHAR."""


@dataclass(frozen=True, slots=True)
class Label:
    """Text out of a fixed set: where there are `enums`, an ENUM."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Date:
    """DATE."""


@dataclass(frozen=True, slots=True)
class Days:
    """A duration of whole days, as an integer number of them."""


@dataclass(frozen=True, slots=True)
class Months:
    """A duration of months, as an integer number of them."""


@dataclass(frozen=True, slots=True)
class Record:
    """A context, as a STRUCT."""

    entries: tuple[tuple[str, Kind], ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list, as an array."""

    item: Kind


@dataclass(frozen=True, slots=True)
class Hits:
    """The list that a `collect` gives, as the set of its rules: one bit a rule."""

    item: Kind


@dataclass(frozen=True, slots=True)
class Quotient:
    """An exact division not yet carried out: `numerator / denominator`."""

    numerator: Number
    denominator: Number


@dataclass(frozen=True, slots=True)
class Nothing:
    """Null, of no type yet."""


Kind = (
    Number
    | Boolean
    | Text
    | Label
    | Date
    | Days
    | Months
    | Record
    | ListOf
    | Hits
    | Quotient
    | Nothing
)

INTEGER = Number(19, 0, "integer")
DOUBLE = Number(DOUBLE_DIGITS, 0, "double")
_INTEGERS = {
    "TINYINT": 3,
    "SMALLINT": 5,
    "INTEGER": 10,
    "BIGINT": 19,
    "HUGEINT": 39,
    "UTINYINT": 3,
    "USMALLINT": 5,
    "UINTEGER": 10,
    "UBIGINT": 20,
}
_OTHERS: dict[str, Kind] = {
    "DOUBLE": DOUBLE,
    "BOOLEAN": Boolean(),
    "VARCHAR": Text(),
    "DATE": Date(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """How a fact stands in the relation.

    Args:
        kind: the type of the column.
        name: the column's name, where it is not the fact's.
        nullable: whether the column may hold NULL, an unknown fact.
    """

    kind: Kind
    name: str | None = None
    nullable: bool = True


class Enums:
    """ENUM types of DuckDB for labels, which halve the time of a batch.

    They have names: spelt out at each constant, they would be most of a statement.
    """

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], str] = {}

    def name_of(self, values: tuple[str, ...]) -> str:
        """The name of the type that has these values."""
        return self._names.setdefault(values, f"labels_{len(self._names)}")

    def definitions(self) -> list[str]:
        """The statements that create the types, in the place of earlier ones."""
        return [
            f"CREATE OR REPLACE TYPE {name} AS ENUM ({', '.join(map(_quoted, values))})"
            for values, name in self._names.items()
        ]


def _quoted(text: str) -> str:
    return exp.Literal.string(text).sql("duckdb")


def kind_of_sql_type(name: str) -> Kind | None:
    """The kind of a column by DuckDB's name for its type; None where SQL cannot decide on it.

    >>> kind_of_sql_type("DECIMAL(18,2)")
    Number(precision=18, scale=2, form='decimal')
    """
    if name in _INTEGERS:
        return Number(_INTEGERS[name], 0, "integer")
    if name.startswith("DECIMAL("):
        precision, scale = name[len("DECIMAL(") : -1].split(",")
        return Number(int(precision), int(scale))
    if name.startswith("ENUM("):
        return Label(())
    return _OTHERS.get(name)


def sql_type(kind: Kind, dialect: Dialect, enums: Enums | None = None) -> exp.DataType:
    """The type that a value of this kind has in a dialect."""
    match kind:
        case Number(precision, scale, form):
            return _number_type(precision, scale, form)
        case Label(values) if values and enums is not None:
            return exp.DataType(this=exp.DType.USERDEFINED, kind=enums.name_of(values))
        case Text() | Label() | Nothing():
            return exp.DataType.build("TEXT")
        case Boolean():
            return exp.DataType.build("BOOLEAN")
        case Date():
            return exp.DataType.build("DATE")
        case Days() | Months() | Hits() | Quotient():
            return exp.DataType.build("BIGINT")
        case ListOf(item):
            inner = sql_type(item, dialect, enums)
            return exp.DataType(this=exp.DType.ARRAY, expressions=[inner], nested=True)
        case Record() if dialect == "postgres":
            return exp.DataType.build("JSONB")
        case Record(entries):
            return exp.DataType(
                this=exp.DType.STRUCT,
                nested=True,
                expressions=[
                    exp.ColumnDef(
                        this=exp.to_identifier(name, quoted=True),
                        kind=sql_type(each, dialect, enums),
                    )
                    for name, each in entries
                ],
            )


def _number_type(precision: int, scale: int, form: str) -> exp.DataType:
    if form == "double":
        return exp.DataType.build("DOUBLE")
    if form == "integer" and precision <= INTEGER.precision:
        return exp.DataType.build("BIGINT")
    return exp.DataType.build(f"DECIMAL({min(precision, SQL_DIGITS)}, {scale})")


def unified(kinds: list[Kind]) -> Kind | None:
    """The kind that holds the values of all kinds exactly; None where there is none."""
    result: Kind = Nothing()
    for each in kinds:
        merged = _unified(result, each)
        if merged is None:
            return None
        result = merged
    return result


def _unified(left: Kind, right: Kind) -> Kind | None:
    if left == right or isinstance(right, Nothing):
        return left
    match left, right:
        case Nothing(), _:
            return right
        case Number(), Number():
            return _unified_numbers(left, right)
        case Label(a), Label(b) if a and b:
            return Label(tuple(dict.fromkeys(a + b)))
        case Text() | Label(), Text() | Label():
            return Text()
        case ListOf(a), ListOf(b):
            item = _unified(a, b)
            return None if item is None else ListOf(item)
        case Record(a), Record(b) if [name for name, _ in a] == [name for name, _ in b]:
            merged = [(name, _unified(x, y)) for (name, x), (_, y) in zip(a, b, strict=True)]
            entries = tuple((name, kind) for name, kind in merged if kind is not None)
            return Record(entries) if len(entries) == len(merged) else None
        case _:
            return None


def _unified_numbers(left: Number, right: Number) -> Number | None:
    if "double" in (left.form, right.form):
        return None
    scale = max(left.scale, right.scale)
    precision = max(left.integer_digits, right.integer_digits) + scale
    integers = left.form == right.form == "integer"
    if precision > SQL_DIGITS:
        return None
    return Number(precision, scale, "integer" if integers else "decimal")
