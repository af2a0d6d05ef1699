"""Generated code: its text can be read, and tracebacks point into it."""

import ast
import linecache
import traceback
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings

from generators import nodes
from generators.policies import programs
from keyaccount.backends.python import compile_program
from keyaccount.backends.python.decisions import Decisions
from keyaccount.backends.python.entry import Entry
from keyaccount.backends.python.loading import SourceLoader, define, place
from keyaccount.backends.python.names import Pool, identifier
from keyaccount.feel.types import NUMBER, STRING
from keyaccount.ir import core


def statements(program: core.Program) -> list[ast.stmt]:
    decisions = Decisions(program, Pool({}))
    return [decisions.known(), *Entry(program, decisions).functions(), decisions.general()]


def placed(body: list[ast.stmt]) -> Iterator[tuple[type, int]]:
    for node in ast.walk(ast.Module(body, [])):
        if isinstance(node, ast.stmt | ast.expr | ast.ExceptHandler):
            yield type(node), node.lineno


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_every_node_has_the_line_of_its_text(program: core.Program) -> None:
    body = statements(program)
    place(body)
    text = ast.unparse(ast.Module(body, []))
    assert list(placed(body)) == list(placed(ast.parse(text).body))


def one_decision() -> core.Program:
    doubled = nodes.arithmetic("*", nodes.input_("tonnes", NUMBER), nodes.number("2"))
    return nodes.program([nodes.fact("tonnes", NUMBER)], [nodes.decision("twice", NUMBER, doubled)])


def test_the_text_is_the_same_each_time_it_is_asked_for() -> None:
    loader = SourceLoader(lambda _: statements(one_decision()))
    assert loader.get_source("any") == loader.get_source("any")


def test_a_traceback_shows_the_generated_line() -> None:
    known = compile_program(one_decision(), "doubling").known
    try:
        known("no number", None, None)
    except TypeError as error:
        shown = "".join(traceback.format_exception(error))
    assert "<keyaccount: doubling>" in shown
    assert "decision_0_twice = times(fact_0_tonnes, number_0_2)" in shown
    linecache.clearcache()


def test_a_name_from_a_policy_stays_text() -> None:
    name = "x\n    import os  # 月用量 `'\"\\ {evil}"
    program = nodes.program(
        [nodes.fact(name, STRING)],
        [nodes.decision(name, STRING, nodes.input_(name, STRING))],
    )
    compiled = compile_program(program, name)
    outcomes = compiled.decide({name: "y"}, date(2026, 1, 1))
    assert outcomes[f"p.{name}"].value == "y"
    assert identifier("fact", 0, name).isidentifier()


def test_equal_numbers_share_a_constant_and_booleans_are_none() -> None:
    globals_: dict[str, object] = {}
    pool = Pool(globals_)
    first, again = (pool.refer("number", Decimal("20.0")) for _ in range(2))
    assert ast.dump(first) == ast.dump(again)
    assert isinstance(pool.refer("number", True), ast.Constant)  # noqa: FBT003 -- the value is the point
    assert list(globals_.values()) == [Decimal("20.0")]


def test_what_is_defined_can_be_called() -> None:
    globals_: dict[str, object] = {}
    body = "def one():\n    return 1"
    define("test", lambda _: list(ast.parse(body).body), globals_)
    assert callable(globals_["one"])
