"""Where the fast path must not be faster than the meaning allows."""

from datetime import date
from decimal import Decimal

import pytest

from generators import nodes
from generators.comparing import canonical_outcomes
from keyaccount.backends.python import compile_program
from keyaccount.backends.python.pending import Pending, UnsettledError, looked_at, pending
from keyaccount.backends.reference.interpreter import evaluate
from keyaccount.feel.types import BOOLEAN, NUMBER, STRING, Enumeration
from keyaccount.ir import core
from keyaccount.ir.outcome import Outcome, Status, Unknown
from keyaccount.model.policy import HitPolicy

AS_OF = date(2026, 1, 31)
COLOUR = Enumeration(("green", "red"))
TONNES = nodes.input_("tonnes", NUMBER)
PROFIT = nodes.input_("profit", NUMBER)
TIED = nodes.input_("tied", BOOLEAN)
AGREED = nodes.input_("agreed", BOOLEAN)
COLOURED = nodes.input_("colour", COLOUR)
FACTS = (
    nodes.fact("tonnes", NUMBER),
    nodes.fact("profit", NUMBER, nullable=True),
    nodes.fact("tied", BOOLEAN),
    nodes.fact("agreed", BOOLEAN, nullable=True),
    nodes.fact("colour", COLOUR),
    nodes.fact("note", STRING),
)


def only(logic: core.Expression, facts: dict[str, object]) -> Outcome:
    """The outcome of one decision; the reference has to say the same."""
    program = nodes.program(FACTS, [nodes.decision("d", logic.type, logic)])
    outcomes = compile_program(program).decide(facts, AS_OF)
    assert canonical_outcomes(outcomes) == canonical_outcomes(evaluate(program, facts, AS_OF))
    return outcomes["p.d"]


def first(*tests: core.Expression) -> core.Table:
    matching = nodes.rule("matching", tests, nodes.literal("green", COLOUR))
    return nodes.table(HitPolicy.FIRST, [matching], COLOUR, default=nodes.literal("red", COLOUR))


def test_null_beside_an_unknown_value_leaves_a_rule_open() -> None:
    outcome = only(first(nodes.all_of(AGREED, TIED)), {"agreed": None})
    assert (outcome.status, outcome.missing) == (Status.UNDETERMINED, ("tied",))


def test_false_beside_an_unknown_value_closes_a_rule() -> None:
    assert only(first(nodes.all_of(AGREED, TIED)), {"agreed": False}).value == "red"


def test_null_compared_with_an_unknown_value_leaves_a_rule_open() -> None:
    outcome = only(first(nodes.compare(">=", TONNES, PROFIT)), {})
    assert outcome.missing == ("tonnes",)


def test_null_in_another_cell_closes_a_rule() -> None:
    assert only(first(nodes.compare(">=", PROFIT, nodes.number("1")), TIED), {}).value == "red"


def unique(*conditions: tuple[core.Expression, ...]) -> core.Table:
    outputs = ("green", "red", "green")
    rules = [
        nodes.rule(f"rule {i}", tests, nodes.literal(output, COLOUR))
        for i, (tests, output) in enumerate(zip(conditions, outputs, strict=False))
    ]
    return nodes.table(HitPolicy.UNIQUE, rules, COLOUR)


def test_a_rule_that_can_never_match_is_open_while_its_subject_is_unknown() -> None:
    below, above = (nodes.compare(each, TONNES, nodes.number("0")) for each in ("<", ">"))
    outcome = only(unique((), (nodes.all_of(below, above),)), {})
    assert (outcome.status, outcome.rules) == (Status.UNDETERMINED, ("rule 0",))


def test_rules_that_exclude_each_other_need_no_more_facts_than_the_one_that_matches() -> None:
    green, red = (
        nodes.compare("=", COLOURED, nodes.literal(each, COLOUR)) for each in ("green", "red")
    )
    many = nodes.compare(">=", TONNES, nodes.number("20"))
    outcome = only(unique((green,), (red, many)), {"colour": "green"})
    assert (outcome.value, outcome.rules) == ("green", ("rule 0",))


def test_two_rules_that_match_are_a_conflict() -> None:
    at_least = [(nodes.compare(">=", TONNES, nodes.number(each)),) for each in ("10", "20")]
    outcome = only(unique(*at_least), {"tonnes": Decimal(20)})
    assert (outcome.status, outcome.rules) == (Status.CONFLICT, ("rule 0", "rule 1"))


@pytest.mark.parametrize("size", [5, 12, 13, 60])
def test_long_tables_ask_for_null_too(size: int) -> None:
    """Past some number of rules a table is looked up, not tried."""
    rows = [
        nodes.rule(
            f"row {i}",
            [nodes.compare("!=", TONNES, nodes.null()), *([AGREED] if i else [TIED])],
            nodes.number(str(i)),
        )
        for i in range(size)
    ]
    collected = nodes.table(HitPolicy.COLLECT, rows, NUMBER)
    assert only(collected, {"tied": True}).missing == ("tonnes",)
    given = only(collected, {"tied": True, "tonnes": Decimal(0)})
    assert (given.value, given.rules) == ([Decimal(0)], ("row 0",))


@pytest.mark.parametrize(
    ("operator", "operands"),
    [("/", ("1", "0")), ("*", ("1E+6144", "10")), ("-", ("-9E+6144", "9E+6144"))],
)
def test_arithmetic_without_a_result_is_null(
    operator: core.ArithmeticOperator, operands: tuple[str, str]
) -> None:
    left, right = map(nodes.number, operands)
    assert only(nodes.arithmetic(operator, left, right), {}).value is None


def test_arithmetic_has_34_digits_whatever_the_thread_has() -> None:
    third = nodes.arithmetic("/", TONNES, nodes.number("3"))
    assert only(third, {"tonnes": Decimal(1)}).value == Decimal("0." + "3" * 34)


def test_nearly_twenty_is_not_twenty() -> None:
    enough = nodes.compare(">=", TONNES, nodes.number("20"))
    assert only(enough, {"tonnes": Decimal("19.9999999999999")}).value is False


def test_a_fact_may_be_a_decision_that_is_not_known() -> None:
    outcome = only(nodes.input_("note", STRING), {})
    assert (outcome.status, outcome.missing) == (Status.UNDETERMINED, ("note",))


def both(decisions: list[core.Decision], *accounts: dict[str, object]) -> list[dict[str, Outcome]]:
    """The outcomes of one compiled program for each account; the reference has to say the same."""
    program = nodes.program(FACTS, decisions)
    compiled = compile_program(program)
    found = [compiled.decide(each, AS_OF) for each in accounts]
    for account, outcomes in zip(accounts, found, strict=True):
        expected = evaluate(program, account, AS_OF)
        assert canonical_outcomes(outcomes) == canonical_outcomes(expected)
    return found


def test_the_only_outcome_that_is_possible_is_not_yet_the_outcome() -> None:
    """Another rule may still contradict the one that matches."""
    many = nodes.compare(">=", TONNES, nodes.number("20"))
    open_ = nodes.decision("d0", COLOUR, unique((), (many,)))
    branches = (nodes.decided("d0", COLOUR), nodes.literal("green", COLOUR))
    chosen = core.If(COLOUR, nodes.SPAN, TIED, *branches)
    (outcomes,) = both([open_, nodes.decision("d1", COLOUR, chosen)], {})
    assert outcomes["p.d0"].possible == ("green",)
    assert outcomes["p.d1"].status is Status.UNDETERMINED


def test_each_conflict_is_named_by_its_own_decision() -> None:
    """A table remembers what its open rules come to, conflicts apart from each other."""
    decisions = []
    for i, least in enumerate(("10", "20")):
        over = (nodes.compare(">=", [TONNES, PROFIT][i], nodes.number(least)),)
        decisions.append(nodes.decision(f"d{i}", COLOUR, unique(over, over)))
    red = nodes.literal("red", COLOUR)
    either = nodes.any_of(
        *(nodes.compare("=", nodes.decided(f"d{i}", COLOUR), red) for i in (0, 1))
    )
    decisions.append(nodes.decision("d2", COLOUR, unique((either,))))
    low, high = Decimal(0), Decimal(99)
    first, second = both(
        decisions, {"tonnes": high, "profit": low}, {"tonnes": low, "profit": high}
    )
    assert first["p.d2"].conflicts == ("p.d0",)
    assert second["p.d2"].conflicts == ("p.d1",)


def test_a_conflict_is_passed_on_by_the_name_of_where_it_arose() -> None:
    chain = [nodes.decision("d0", COLOUR, unique((), ()))]
    chain += [nodes.decision(f"d{i}", COLOUR, nodes.decided(f"d{i - 1}", COLOUR)) for i in (1, 2)]
    (outcomes,) = both(chain, {})
    assert outcomes["p.d2"].conflicts == ("p.d0",)


def test_a_list_that_was_handed_out_is_the_callers_own() -> None:
    rules = [nodes.rule("r", [TIED], nodes.number("1")), nodes.rule("s", [], nodes.number("2"))]
    program = nodes.program(
        FACTS, [nodes.decision("d", NUMBER, nodes.table(HitPolicy.COLLECT, rules, NUMBER))]
    )
    compiled = compile_program(program)
    for account in ({}, {"tied": True}):
        value = compiled.decide(account, AS_OF)["p.d"].value
        again = compiled.decide(account, AS_OF)["p.d"].value
        assert isinstance(value, list)
        value.clear()
        assert again == compiled.decide(account, AS_OF)["p.d"].value != []


def look(value: object) -> object:
    return bool(value)


LOOKS = [
    look,
    hash,
    lambda value: value == Decimal(1),
    lambda value: Decimal(1) == value,
    lambda value: value != "x",
    lambda value: value < Decimal(1),
    lambda value: Decimal(1) >= value,
    lambda value: value in {"x"},
    looked_at,
]


@pytest.mark.parametrize("look_at", LOOKS)
def test_an_unknown_value_cannot_be_looked_at(look_at) -> None:
    with pytest.raises((UnsettledError, TypeError)):
        look_at(pending(Unknown(frozenset({"tonnes"}))))


def test_an_unknown_value_can_be_carried_about() -> None:
    value = Pending(frozenset({"tonnes"}))
    assert (value if value is not None else None) is value
    assert value.missing == {"tonnes"}
