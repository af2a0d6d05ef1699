"""Tables long enough to be looked up: each kind of cell at, beside and between its constants."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import pytest

from generators import nodes
from generators.comparing import canonical_outcomes
from keyaccount.backends.python import compile_program
from keyaccount.backends.python.index import IndexedTable
from keyaccount.backends.python.plain_tables import MOST_CHAINED
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.feel.types import BOOLEAN, DATE, NUMBER, STRING, Type
from keyaccount.feel.values import Date
from keyaccount.ir import core
from keyaccount.ir.outcome import Status
from keyaccount.model.policy import HitPolicy

AS_OF = date(2026, 1, 31)
ORDERINGS: tuple[core.ComparisonOperator, ...] = ("<", "<=", ">", ">=")

SUBJECTS: dict[str, tuple[Type, Sequence[object], Sequence[object]]] = {
    "number": (
        NUMBER,
        (Decimal(0), Decimal(20)),
        (Decimal(-1), Decimal(0), Decimal("19.999"), Decimal("20.0"), Decimal(21), None),
    ),
    "date": (
        DATE,
        (Date(2024, 1, 1), Date(2024, 2, 29)),
        (Date(2023, 12, 31), Date(2024, 1, 1), Date(2024, 2, 1), Date(2024, 2, 29), None),
    ),
    "string": (STRING, ("a", "b"), ("a", "b", "c", "", None)),
    "boolean": (BOOLEAN, (True, False), (True, False, None)),
}


def cells(
    subject: core.Expression, type_: Type, constants: Sequence[object]
) -> Iterator[core.Expression]:
    """Every kind of cell."""
    first, second = (nodes.literal(each, type_) for each in constants)
    for literal in (first, second, nodes.null()):
        for operator in ("=", "!="):
            yield nodes.compare(operator, subject, literal)
            yield nodes.compare(operator, literal, subject)
    if type_ in (NUMBER, DATE):
        for operator in ORDERINGS:
            yield nodes.compare(operator, subject, first)
            yield nodes.compare(operator, second, subject)
            yield negated(nodes.compare(operator, subject, second))
        yield nodes.all_of(nodes.compare(">=", subject, first), nodes.compare("<", subject, second))
        yield nodes.any_of(nodes.compare("<", subject, first), nodes.compare(">", subject, second))
        yield negated(
            nodes.any_of(nodes.compare("<", subject, first), nodes.compare("=", subject, second))
        )
    if type_ == BOOLEAN:
        yield subject
        yield negated(subject)
    yield nodes.any_of(nodes.compare("=", subject, first), nodes.compare("=", subject, second))
    yield negated(nodes.compare("=", subject, first))
    yield nodes.any_of(nodes.compare("=", subject, first), nodes.literal(True, BOOLEAN))  # noqa: FBT003 -- a FEEL value


def negated(operand: core.Expression) -> core.Expression:
    return core.Not(BOOLEAN, nodes.SPAN, operand)


def sheet(kind: str, hit_policy: HitPolicy) -> core.Program:
    """One rule for each kind of cell, and idle ones until the table is long."""
    type_, constants, _ = SUBJECTS[kind]
    subject = nodes.input_("subject", type_)
    tests = [[each] for each in cells(subject, type_, constants)]
    idle = [nodes.compare("=", nodes.input_("other", NUMBER), nodes.number("7"))]
    tests += [idle] * (MOST_CHAINED + 1 - len(tests))
    rules = [nodes.rule(f"row {i}", each, nodes.number(str(i))) for i, each in enumerate(tests)]
    table = nodes.table(hit_policy, rules, NUMBER, default=nodes.number("-1"))
    facts = [
        nodes.fact("subject", type_, nullable=True),
        nodes.fact("other", NUMBER, nullable=True),
    ]
    return nodes.program(facts, [nodes.decision("d", NUMBER, table)])


@pytest.mark.parametrize("hit_policy", [HitPolicy.COLLECT, HitPolicy.FIRST, HitPolicy.UNIQUE])
@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_kind_of_cell(kind: str, hit_policy: HitPolicy) -> None:
    program = sheet(kind, hit_policy)
    compiled = compile_program(program)
    for value in SUBJECTS[kind][2]:
        account = {"subject": value}
        expected = canonical_outcomes(evaluate(program, account, AS_OF))
        assert canonical_outcomes(compiled.decide(account, AS_OF)) == expected, value


def test_they_are_looked_up() -> None:
    """The tests above would not tell: the answers are the same anyway."""
    globals_ = compile_program(sheet("number", HitPolicy.COLLECT)).decide_raw.__globals__
    assert any(isinstance(each, IndexedTable) for each in globals_.values())


def one_of(size: int) -> core.Program:
    """Rules that exclude each other, one for each number, and one that takes a fact more."""
    subject = nodes.input_("subject", NUMBER)
    rules = [
        nodes.rule(
            f"row {i}", [nodes.compare("=", subject, nodes.number(str(i)))], nodes.number(str(i))
        )
        for i in range(size)
    ]
    table = nodes.table(HitPolicy.UNIQUE, rules, NUMBER)
    return nodes.program([nodes.fact("subject", NUMBER)], [nodes.decision("d", NUMBER, table)])


@pytest.mark.parametrize("size", [1, 12, 13, MOST_CHAINED, MOST_CHAINED + 1, 300])
def test_tables_of_any_length(size: int) -> None:
    compiled = compile_program(one_of(size))
    for number in (0, size - 1):
        outcome = compiled.decide({"subject": Decimal(number)}, AS_OF)["p.d"]
        assert (outcome.value, outcome.rules) == (Decimal(number), (f"row {number}",))
    assert compiled.decide({"subject": Decimal(size)}, AS_OF)["p.d"].value is None
    assert compiled.decide({}, AS_OF)["p.d"].status is Status.UNDETERMINED


def test_null_within_an_and_excludes_no_rule_while_the_other_side_is_unknown() -> None:
    subject, other = nodes.input_("subject", NUMBER), nodes.input_("other", NUMBER)
    small = nodes.all_of(
        nodes.compare("<", subject, nodes.number("5")), nodes.compare(">", other, nodes.number("3"))
    )
    rules = [
        nodes.rule("none", [nodes.compare("=", subject, nodes.null())], nodes.number("0")),
        nodes.rule("small", [small], nodes.number("1")),
    ]
    table = nodes.table(HitPolicy.UNIQUE, rules, NUMBER)
    facts = [nodes.fact("subject", NUMBER, nullable=True), nodes.fact("other", NUMBER)]
    program = nodes.program(facts, [nodes.decision("d", NUMBER, table)])
    outcome = compile_program(program).decide({}, AS_OF)["p.d"]
    assert outcome == evaluate(program, {}, AS_OF)["p.d"]
    assert (outcome.status, outcome.missing) == (Status.UNDETERMINED, ("other",))
