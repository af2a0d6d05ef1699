"""Numbers in SQL: exact at every boundary, in every kind of column."""

from datetime import date
from decimal import Decimal

import pytest

import sql_on_duckdb
from generators import nodes
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.backends.sql.kinds import DOUBLE, Number
from keyaccount.feel.types import BOOLEAN, NUMBER
from keyaccount.ir import core

AS_OF = date(2026, 1, 31)
X, Y = nodes.input_("x", NUMBER), nodes.input_("y", NUMBER)
ORDERINGS = ("=", "!=", "<", "<=", ">", ">=")

COLUMNS = {
    "narrowest decimal": None,
    "wide decimal": (Number(30, 13), "DECIMAL(30, 13)"),
    "double": (DOUBLE, "DOUBLE"),
}
AROUND_20 = ("19.999", "19.9999999999999", "20", "20.00", "20.0000000000001", "-20", "0", None)


def program(**logics: core.Expression) -> core.Program:
    facts = [nodes.fact("x", NUMBER), nodes.fact("y", NUMBER)]
    return nodes.program(facts, [nodes.decision(n, each.type, each) for n, each in logics.items()])


def accounts(xs, ys=(None,)):
    """All pairs, None being a fact that is not given."""
    return [
        {name: Decimal(each) for name, each in (("x", x), ("y", y)) if each is not None}
        for x in xs
        for y in ys
    ]


def check(tested: core.Program, some, *, least_decided: float = 1, **options):
    """Every row as the reference has it; SQL may leave only so many to others."""
    found = sql_on_duckdb.decide(tested, some, **options)
    for account, outcomes in zip(some, found, strict=True):
        for name, expected in evaluate(tested, account, AS_OF).items():
            if outcomes is not None:
                got = outcomes[name]
                assert (got.value, got.status) == (expected.value, expected.status), (account, name)
    decided = sum(each is not None for each in found)
    assert decided >= least_decided * len(found)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("limit", ["20", "19.9999999999999", "20.00000000000001", "-0.5", "0"])
def test_a_comparison_with_a_constant_is_exact(column, limit):
    logics = {f"d{i}": nodes.compare(op, X, nodes.number(limit)) for i, op in enumerate(ORDERINGS)}
    types = {} if COLUMNS[column] is None else {"x": COLUMNS[column]}
    # Against 16 digits a double is decided where it is plainly a short decimal.
    check(program(**logics), accounts(AROUND_20), types=types, least_decided=0.75)


def test_a_constant_beyond_the_column_is_still_compared():
    limits = ("5000000", "-5000000", "1E+30", "0.000000000000000000001")
    logics = {
        f"d{i}{j}": nodes.compare(op, X, nodes.number(limit))
        for i, op in enumerate(ORDERINGS)
        for j, limit in enumerate(limits)
    }
    check(program(**logics), accounts(("999.99", "-999.99", "0", None)))


def test_integers_compare_with_fractions():
    logics = {f"d{i}": nodes.compare(op, X, nodes.number("19.5")) for i, op in enumerate(ORDERINGS)}
    whole = {"x": (Number(19, 0, "integer"), "BIGINT")}
    check(program(**logics), accounts(("19", "20", "-20", "9007199254740993", None)), types=whole)


def test_a_tenth_and_a_fifth_are_three_tenths():
    total = nodes.arithmetic("+", X, Y)
    tested = program(three=nodes.compare("=", total, nodes.number("0.3")), total=total)
    doubles = {"x": COLUMNS["double"], "y": COLUMNS["double"]}
    pairs = accounts(("0.1", "5000000.10", None), ("0.2", "-0.1"))
    check(tested, pairs)
    check(tested, pairs, types=doubles)


def test_doubles_with_many_digits_are_left_to_others():
    tested = program(twice=nodes.arithmetic("*", X, nodes.number("2")))
    some = accounts(("0.1", "0.12345678901", "123456789012345.6", "1E+20", "-1E-10"))
    found = sql_on_duckdb.decide(tested, some, types={"x": COLUMNS["double"]})
    assert [each is not None for each in found] == [True, False, False, False, False]
    check(tested, some, types={"x": COLUMNS["double"]}, least_decided=0.2)


@pytest.mark.parametrize("operator", ["+", "-", "*"])
def test_arithmetic_is_exact(operator):
    some = accounts(("99999999.99", "-0.01", "0", None), ("0.333", "-7", "12345.678"))
    check(program(d=nodes.arithmetic(operator, X, Y)), some)


def test_products_of_wide_columns_are_computed_where_the_numbers_are_not():
    wide = {name: (Number(30, 4), "DECIMAL(30, 4)") for name in ("x", "y")}
    some = accounts(("20.5", "99999999999999999999", "1"), ("2", "3.5"))
    check(program(d=nodes.arithmetic("*", X, Y)), some, types=wide, least_decided=0.6)


@pytest.mark.parametrize("operator", ORDERINGS)
@pytest.mark.parametrize("limit", ["0.95", "-0.5", "0", "3"])
def test_a_quotient_compares_as_if_it_had_all_its_digits(operator, limit):
    logic = nodes.compare(operator, nodes.arithmetic("/", X, Y), nodes.number(limit))
    turned = nodes.compare(operator, nodes.number(limit), nodes.arithmetic("/", X, Y))
    some = accounts(("95", "94.99", "-1", "0", "9", None), ("100", "-100", "0", "3", "2", None))
    check(program(d=logic, e=turned), some)


ROUNDINGS = (
    "decimal",
    "round half up",
    "round half down",
    "round up",
    "round down",
    "floor",
    "ceiling",
)


@pytest.mark.parametrize("scale", ["-2", "0", "2", "5"])
@pytest.mark.parametrize("function", ROUNDINGS)
def test_rounding_is_exact_on_both_sides_of_zero(function, scale):
    def rounded(value: core.Expression) -> core.Expression:
        return core.Call(NUMBER, nodes.SPAN, function, (value, nodes.number(scale)))

    xs = ("0", "2.5", "-2.5", "3.5", "0.005", "-0.015", "150", "250", "49.9949", "-1.0051", None)
    tested = program(
        number=rounded(X),
        quotient=rounded(nodes.arithmetic("/", X, Y)),
        enough=nodes.compare(">=", rounded(X), nodes.number("2.5")),
    )
    check(tested, accounts(xs, ("3", "-7", "0.08", "0", "1")))


@pytest.mark.parametrize("function", ["min", "max", "sum", "mean", "abs"])
def test_functions_of_numbers(function):
    arguments = (X,) if function == "abs" else (X, Y, nodes.number("1.5"))
    value = core.Call(NUMBER, nodes.SPAN, function, arguments)
    logic = nodes.compare(">=", value, nodes.number("1.5"))
    check(program(d=logic), accounts(("1.5", "-3", "7.25", None), ("1.5", "2", None)))


@pytest.mark.parametrize("tied", [True, False])
def test_branches_of_different_scales_keep_their_digits(tied):
    condition = nodes.input_("tied", BOOLEAN)
    logic = core.If(NUMBER, nodes.SPAN, condition, nodes.number("1.5"), nodes.number("20.2525"))
    decision = nodes.decision("d", NUMBER, logic)
    check(nodes.program([nodes.fact("tied", BOOLEAN)], [decision]), [{"tied": tied}])
