"""The table of ARCHITECTURE.md, "What unknown means", line by line."""

from decimal import Decimal

import pytest

from keyaccount.feel.types import NULL, STRING
from keyaccount.ir import core
from keyaccount.ir.hit_policies import Candidate, combine
from keyaccount.ir.outcome import Outcome, Status, Unknown
from keyaccount.model.policy import Aggregation, HitPolicy
from keyaccount.source import Fragment

SPAN = Fragment.whole("x").span()
WAITS = {name: Unknown(frozenset((name,))) for name in ("p", "q", "r")}
UNKNOWN_OUTPUT = Unknown(frozenset(("o",)))


def table(hit_policy, aggregation=None, order=(), *, complete=False):
    default = core.Literal(NULL, SPAN, None)
    order_by_output = ((None, order),)
    return core.Table(STRING, SPAN, hit_policy, aggregation, (), default, order_by_output, complete)


def candidates(text):
    """`a:green b?p:red` is rule a, matching, giving green; rule b, open for p, giving red."""
    found = []
    for each in text.split():
        head, output = each.split(":")
        rule, _, cause = head.partition("?")
        value = UNKNOWN_OUTPUT if output == "?" else output
        if output.lstrip("-").isdigit():
            value = Decimal(output)
        found.append(Candidate(rule, value, WAITS[cause] if cause else None))
    return found


def decided(value, *rules):
    return Outcome(value, rules, Status.DECIDED)


def open_(missing, possible, *rules, value=None):
    return Outcome(value, rules, Status.UNDETERMINED, tuple(missing), possible)


def conflict(*rules):
    return Outcome(None, rules, Status.CONFLICT)


U, A, F, P = HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY
C, R, O = HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER  # noqa: E741 # DMN's own letter

SINGLE = [
    (U, "a:x", decided("x", "a")),
    (U, "", decided("none")),
    (U, "a:x b:y", conflict("a", "b")),
    (U, "a:x b:y c?p:z", conflict("a", "b")),
    (U, "a:x b?p:y", open_("p", ("x",), "a")),
    (U, "a?p:x b?q:y", open_("pq", ("x", "y", "none"))),
    (U, "a?p:none", decided("none")),
    (U, "a?p:none b?q:none", open_("pq", ("none",))),
    (U, "a:?", open_("o", None, "a")),
    (U, "a?p:?", open_("op", None)),
    (A, "a:x b:x", decided("x", "a", "b")),
    (A, "a:x b:y", conflict("a", "b")),
    (A, "a:x b?p:x", decided("x", "a")),
    (A, "a:x b?p:y", open_("p", ("x",), "a")),
    (A, "a?p:x b?q:x", open_("pq", ("x", "none"))),
    (A, "a?p:none b?q:none", decided("none")),
    (A, "a:x b:y c?p:x", conflict("a", "b")),
    (F, "a:x b:y", decided("x", "a")),
    (F, "a?p:x b:y c?q:z", open_("p", ("x", "y"))),
    (F, "a?p:x b:x c?q:z", decided("x", "b")),
    (F, "a?p:x", open_("p", ("x", "none"))),
    (F, "a?p:none", decided("none")),
    (F, "a:? b:y", open_("o", None)),
    (P, "a:low b:high", decided("high", "b")),
    (P, "a:high b?p:low", decided("high", "a")),
    (P, "a:low b?p:high", open_("p", ("high", "low"))),
    (P, "a:low b?p:low", decided("low", "a")),
    (P, "a?p:low", open_("p", ("low", "none"))),
    (P, "a:high b:high", decided("high", "a")),
    (P, "a:other b:low", decided("low", "b")),
    (C, "a:x b:y", decided(["x", "y"], "a", "b")),
    (C, "", decided([])),
    (C, "a:x b?p:y c?q:y", open_("pq", ("y",), "a", value=["x"])),
    (R, "a:low b:high", decided(["low", "high"], "a", "b")),
    (O, "a:low b:high", decided(["high", "low"], "a", "b")),
    (O, "a:low b?p:high", open_("p", ("high",), "a", value=["low"])),
    (C, "a:x b:?", open_("o", None, "a", "b", value=["x"])),
]


@pytest.mark.parametrize(("policy", "rules", "expected"), SINGLE)
def test_hit_policy(policy, rules, expected):
    assert combine(table(policy, order=("high", "low")), candidates(rules), "none") == expected


COMPLETE = [
    (U, "a?p:x b?q:y", open_("pq", ("x", "y"))),
    (U, "a?p:x", decided("x")),
    (A, "a?p:x b?q:x", decided("x")),
    (F, "a?p:x b?q:y", open_("pq", ("x", "y"))),
    (P, "a?p:low b?q:high", open_("pq", ("low", "high"))),
    (C, "a?p:low", open_("p", ("low",), value=[])),
]


@pytest.mark.parametrize(("policy", "rules", "expected"), COMPLETE)
def test_a_complete_table_never_comes_to_its_default(policy, rules, expected):
    complete = table(policy, order=("high", "low"), complete=True)
    assert combine(complete, candidates(rules), "none") == expected


AGGREGATED = [
    (Aggregation.COUNT, "a:5 b:7", decided(Decimal(2), "a", "b")),
    (Aggregation.COUNT, "", decided(Decimal(0))),
    (Aggregation.COUNT, "a:5 b?p:7", open_("p", (Decimal(1), Decimal(2)), "a")),
    (Aggregation.SUM, "a:5 b:7", decided(Decimal(12), "a", "b")),
    (Aggregation.SUM, "", decided(Decimal(-1))),
    (Aggregation.SUM, "a:5 b?p:7", open_("p", None, "a")),
    (Aggregation.SUM, "a:5 b?p:0", decided(Decimal(5), "a")),
    (Aggregation.SUM, "b?p:0", open_("p", None)),
    (Aggregation.MIN, "a:5 b:7", decided(Decimal(5), "a", "b")),
    (Aggregation.MIN, "a:5 b?p:7", decided(Decimal(5), "a")),
    (Aggregation.MIN, "a:5 b?p:3", open_("p", (Decimal(3), Decimal(5)), "a")),
    (Aggregation.MAX, "a:5 b?p:7", open_("p", (Decimal(7), Decimal(5)), "a")),
    (Aggregation.MAX, "a:5 b?p:3", decided(Decimal(5), "a")),
    (Aggregation.MAX, "b?p:3", open_("p", (Decimal(3), Decimal(-1)))),
    (Aggregation.MAX, "", decided(Decimal(-1))),
    (Aggregation.MAX, "a:5 b?p:?", open_("op", None, "a")),
]


@pytest.mark.parametrize(("aggregation", "rules", "expected"), AGGREGATED)
def test_aggregation(aggregation, rules, expected):
    assert combine(table(C, aggregation), candidates(rules), Decimal(-1)) == expected


def test_a_conflict_among_the_causes_passes_on():
    cause = Unknown(frozenset(("p",)), frozenset(("other.decision",)))
    outcome = combine(table(F), [Candidate("a", "x", cause)], "none")
    assert outcome == Outcome(None, (), Status.CONFLICT, conflicts=("other.decision",))


def test_true_is_not_one():
    outcome = combine(table(A), [Candidate("a", output=True), Candidate("b", Decimal(1))], None)
    assert outcome.status is Status.CONFLICT


def test_priority_with_several_outputs_goes_by_the_first_then_the_next():
    order = (("grade", ("A", "B")), ("speed", ("fast", "slow")))
    default = core.Literal(NULL, SPAN, None)
    ranked = core.Table(STRING, SPAN, P, None, (), default, order)
    rules = [
        Candidate("a", {"grade": "B", "speed": "fast"}),
        Candidate("b", {"grade": "A", "speed": "slow"}),
        Candidate("c", {"grade": "A", "speed": "fast"}),
    ]
    assert combine(ranked, rules, None).rules == ("c",)
