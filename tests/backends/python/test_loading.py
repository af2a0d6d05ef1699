"""Generated code: its text can be read, and tracebacks point into it."""

import ast
import traceback
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from generators import nodes
from generators.policies import programs
from keyaccount.backends.python import compile_program
from keyaccount.backends.python.decisions import Decisions
from keyaccount.backends.python.entry import Entry
from keyaccount.backends.python.loading import SourceLoader, define, place
from keyaccount.backends.python.names import Pool, identifier
from keyaccount.feel.types import BOOLEAN, NUMBER, STRING
from keyaccount.ir import core


def statements(program: core.Program) -> list[ast.stmt]:
    decisions = Decisions(program, Pool({}))
    return [*decisions.functions(), *Entry(program, decisions).functions()]


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
    enough = nodes.compare(">=", nodes.input_("tonnes", NUMBER), nodes.number("20"))
    return nodes.program([nodes.fact("tonnes", NUMBER)], [nodes.decision("big", BOOLEAN, enough)])


def test_the_text_is_the_same_each_time_it_is_asked_for() -> None:
    loader = SourceLoader(lambda _: statements(one_decision()))
    assert loader.get_source("any") == loader.get_source("any")


class Broken:
    """A value that no check would let in."""

    def __ge__(self, other: object) -> bool:
        raise RuntimeError


def test_a_traceback_shows_the_generated_line() -> None:
    decide = compile_program(one_decision(), "size").decide_values
    with pytest.raises(RuntimeError) as caught:
        decide(Broken(), None, None)
    shown = "".join(traceback.format_exception(caught.value))
    assert "<keyaccount: size>" in shown
    assert "decision_0_big = fact_0_tonnes >= number_0_20" in shown


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
