"""A policy file becomes the model: every key, with types, exact texts and places."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.types import (
    BOOLEAN,
    DATE,
    NUMBER,
    Enumeration,
    ListType,
)
from keyaccount.formats.yaml.reader import (
    inspect_policies,
    inspect_policy,
    read_policies,
    read_policy,
)
from keyaccount.limits import Limits
from keyaccount.model.policy import (
    Aggregation,
    BoxedContext,
    DecisionTable,
    HitPolicy,
    LiteralExpression,
    OutputClause,
    Policy,
    Scorecard,
    Validity,
)
from keyaccount.source import Fragment, Source

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(HERE / "everything.yaml")


def table(policy: Policy, name: str) -> DecisionTable:
    logic = policy.decisions[name].logic
    assert isinstance(logic, DecisionTable)
    return logic


def words(found: Fragment | None) -> str | None:
    return found.text if found else None


def test_the_head_of_the_file(policy: Policy) -> None:
    assert policy.name.text == "everything"
    assert policy.title == {"en": "Everything", "zh": "全部"}
    assert policy.owner == "销售管理部"
    assert policy.time_zone == "Europe/Berlin"


def test_names_stay_in_the_order_of_the_author(policy: Policy) -> None:
    assert list(policy.facts) == ["tonnes", "sector", "tags", "since", "paid"]
    assert list(policy.parameters) == ["limit", "rate", "term"]
    assert list(policy.functions) == ["discounted", "anything"]
    assert list(policy.decisions)[:2] == ["by value", "by_context"]


def test_a_fact_with_everything(policy: Policy) -> None:
    fact = policy.facts["tonnes"]
    assert fact.type == NUMBER
    assert fact.title == {"en": "Monthly volume", "zh": "月用量"}
    assert fact.unit == "t"
    assert words(fact.allowed) == ">= 0"
    assert fact.aliases == ("月用量", "2024", "月用量(吨)")
    assert words(fact.default) == "5000000.10"
    assert not fact.nullable
    assert fact.name.span().position == (9, 3)
    assert fact.span.text.startswith("tonnes:\n")
    assert fact.span.text.endswith("5000000.10")


def test_declared_values_make_an_enumeration(policy: Policy) -> None:
    fact = policy.facts["sector"]
    assert fact.type == Enumeration(("government", "media", "other"))
    assert fact.value_titles == {
        "government": {"zh": "党政军"},
        "media": {"en": "新闻", "zh": "新闻"},
    }
    assert policy.facts["tags"].type == ListType(Enumeration(("new", "risky")))


def test_yaml_spellings_of_booleans_count_as_such(policy: Policy) -> None:
    assert policy.facts["since"].type == DATE
    assert policy.facts["since"].nullable
    assert policy.facts["paid"].type == BOOLEAN
    assert words(policy.facts["paid"].default) == "false"


def test_parameters_by_date(policy: Policy) -> None:
    limit = policy.parameters["limit"]
    assert [(each.since, each.value.text) for each in limit.values] == [
        (date(2024, 1, 1), "20"),
        (date(2026, 1, 1), "25.50"),
    ]
    assert limit.until == date(2030, 1, 1)
    assert limit.title == {"en": "Limit", "zh": "Limit"}
    rate = policy.parameters["rate"]
    assert rate.type == NUMBER
    assert [each.since for each in rate.values] == [date(2024, 1, 1), date(2025, 1, 1)]
    assert rate.until == date(2026, 1, 1)
    assert policy.parameters["term"].values[0].value.text == '@"P10D"'
    assert policy.parameters["term"].until is None


def test_functions(policy: Policy) -> None:
    function = policy.functions["discounted"]
    assert [(each.name.text, each.type) for each in function.parameters] == [
        ("amount", NUMBER),
        ("share", NUMBER),
    ]
    assert function.result == NUMBER
    assert function.body.text == "amount * (1 - share)"
    assert policy.functions["anything"].body.text == "1"
    assert policy.functions["anything"].result is None


def test_a_decision_by_value(policy: Policy) -> None:
    decision = policy.decisions["by value"]
    assert decision.type == BOOLEAN
    assert isinstance(decision.logic, LiteralExpression)
    assert decision.logic.text.text == "tonnes >= limit"
    assert decision.because["zh"].text == "月用量 {tonnes}"
    assert decision.because["zh"].span(5, 11).position == (50, 48)


def test_a_decision_by_steps(policy: Policy) -> None:
    logic = policy.decisions["by_context"].logic
    assert isinstance(logic, BoxedContext)
    assert [(each.name.text, each.text.text) for each in logic.steps] == [
        ("half", "tonnes / 2"),
        ("result", "half + 1"),
    ]


def test_a_table_that_collects_gives_a_list_of_its_values(policy: Policy) -> None:
    decision = policy.decisions["by_rules"]
    values = Enumeration(("economic", "important"))
    assert decision.type == ListType(values)
    assert decision.because["en"].text == "one reason"
    found = table(policy, "by_rules")
    assert found.hit_policy is HitPolicy.COLLECT
    assert found.aggregation is None
    assert found.outputs == (OutputClause(None, values),)
    assert [(each.name, each.text.text) for each in found.default] == [(None, "economic")]


def test_rules(policy: Policy) -> None:
    economic, cells, always, left_out = table(policy, "by_rules").rules
    assert economic.id.text == "economic"
    assert isinstance(economic.when, Fragment)
    assert economic.when.text == "tonnes >= limit"
    assert economic.validity == Validity(date(2024, 1, 1), date(2025, 1, 1))
    assert economic.title == {"en": "Economic"}
    assert [each.text.text for each in economic.then] == ["economic"]
    assert not isinstance(cells.when, Fragment)
    assert [(each.input.text, each.tests.text) for each in cells.when] == [
        ("tonnes", ">= 20"),
        ("sector", "not(media)"),
        ("paid", "true"),
        ("tonnes / 2", "20"),
    ]
    assert always.when == ()
    assert always.then[0].text.text == "null"
    assert left_out.when == ()
    assert left_out.then[0].text.text == "1"


def test_aggregations(policy: Policy) -> None:
    assert table(policy, "counted").aggregation is Aggregation.COUNT
    assert policy.decisions["counted"].type == NUMBER
    assert table(policy, "summed").aggregation is Aggregation.SUM
    assert policy.decisions["summed"].type == NUMBER


def test_outputs_come_in_their_declared_order(policy: Policy) -> None:
    found = table(policy, "several_outputs")
    assert [each.name for each in found.outputs] == ["hours", "owner"]
    assert found.outputs[1].type == Enumeration(("sales", "finance"))
    assert [[words(each.name) for each in rule.then] for rule in found.rules] == [
        ["hours", "owner"],
        ["hours", "owner"],
    ]
    assert [each.text.text for each in found.rules[1].then] == ["8", "finance"]
    assert [each.text.text for each in found.default] == ["0", "sales"]
    assert policy.decisions["several_outputs"].type is None


def test_outputs_without_a_declaration_are_those_the_rules_name(policy: Policy) -> None:
    found = table(policy, "unnamed_outputs")
    assert [each.name for each in found.outputs] == ["a", "b"]
    assert found.hit_policy is HitPolicy.UNIQUE
    assert [each.text.text for each in found.rules[1].then] == ["2", "1"]


def test_rules_from_a_file_point_into_it(policy: Policy) -> None:
    low, middle = table(policy, "from_a_file").rules
    assert not isinstance(low.when, Fragment)
    assert [each.tests.text for each in low.when] == ["< 10"]
    assert low.because["en"].text == "little, {tonnes}"
    assert middle.id.text == 'mid "m"'
    assert middle.then[0].text.span().position == (3, 37)
    assert Path(middle.span.source.name) == HERE / "everything.csv"
    assert middle.validity == Validity(date(2024, 1, 1), date(2025, 1, 1))


def test_a_scorecard(policy: Policy) -> None:
    decision = policy.decisions["scored"]
    assert decision.type == Enumeration(("A", "B", "C"))
    card = decision.logic
    assert isinstance(card, Scorecard)
    volume, paid = card.criteria
    assert words(volume.weight) == "2"
    assert words(volume.input) == "tonnes"
    assert not isinstance(volume.points, Fragment)
    assert [(each.tests.text, each.points.text) for each in volume.points] == [
        (">= 20", "5"),
        ("< 20", "1"),
    ]
    assert paid.weight is None
    assert isinstance(paid.points, Fragment)
    assert card.vetoes[0].then[0].text.text == "C"
    assert [(each.id.text, each.tests.text, words(each.then)) for each in card.bands] == [
        ("A", ">= 8", None),
        ("B", "[4..8)", None),
        ("rest", "< 4", "C"),
    ]
    assert card.bands[1].because["en"].text == "in between"


def test_a_scorecard_without_bands(policy: Policy) -> None:
    card = policy.decisions["plain_score"].logic
    assert isinstance(card, Scorecard)
    assert card.bands == ()


def test_a_policy_from_text() -> None:
    policy = read_policy(Source("typed.yaml", "policy: p\ndecisions: {d: {value: 1}}\n"))
    assert policy.time_zone == "Asia/Shanghai"


def test_a_policy_from_text_has_no_tables_beside_it() -> None:
    text = "policy: p\ndecisions: {d: {rules: {from: x.csv}}}\n"
    with pytest.raises(PolicyError) as caught:
        read_policy(Source("typed.yaml", text))
    assert [each.code for each in caught.value.diagnostics] == ["policy.table-not-found"]


def test_a_text_over_the_limit_is_refused_like_a_file() -> None:
    with pytest.raises(PolicyError) as caught:
        read_policy(Source("typed.yaml", "policy: p\n"), Limits(yaml_bytes=5))
    assert [each.code for each in caught.value.diagnostics] == ["file.too-large"]


def test_the_policies_of_a_folder_are_its_files_and_none_below(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.YML", ".hidden.yaml", "notes.txt"):
        stem = Path(name).stem
        (tmp_path / name).write_text(f"policy: {stem}\ndecisions: {{d: {{value: 1}}}}\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "one.yaml").write_text("policy: one\ncases: []\n")
    assert list(read_policies(tmp_path)) == ["one", "two"]


def test_what_is_readable_of_a_broken_policy_is_there_for_later_checks(tmp_path: Path) -> None:
    text = "policy: p\nfacts: {x: {typ: number}}\ndecisions: {d: {value: x, tpye: number}, e: {}}\n"
    (tmp_path / "p.yaml").write_text(text)
    found = inspect_policies(tmp_path)
    assert list(found.policies["p"].facts) == ["x"]
    assert list(found.policies["p"].decisions) == ["d", "e"]
    assert len(found.diagnostics) == 3
    with pytest.raises(PolicyError):
        found.usable()


def test_a_scorecard_without_criteria_does_not_reach_later_stages() -> None:
    text = "policy: p\ndecisions: {d: {scorecard: {criteria: {}}}}\n"
    found = inspect_policy(Source("typed.yaml", text))
    assert [each.code for each in found.diagnostics] == ["schema.empty"]
    assert isinstance(found.policies["p"].decisions["d"].logic, LiteralExpression)


def test_an_alias_of_something_above_has_its_own_place() -> None:
    text = "policy: p\nfacts:\n  x: &fact {type: number}\n  y: *fact\ndecisions: {d: {value: x}}\n"
    policy = read_policy(Source("typed.yaml", text))
    assert policy.facts["y"].type == NUMBER
    assert policy.facts["y"].span.position == (4, 3)
    assert policy.facts["y"].span.text == "y"


def test_events_with_their_fields(policy: Policy) -> None:
    event = policy.events["order_placed"]
    assert event.title
    assert [(name, str(each.type)) for name, each in event.fields.items()] == [
        ("order", "string"),
        ("amount", "number"),
        ("kind", "string"),
    ]
    assert [name for name, each in event.fields.items() if each.nullable] == ["amount"]
    assert event.fields["kind"].value_titles == {"urgent": {"zh": "加急"}}
    assert event.working_day_of is None
    day = policy.events["day_over"].working_day_of
    assert day is not None
    assert day.text == "office"


def test_an_event_rule_with_everything(policy: Policy) -> None:
    rule = policy.event_rules["stuck"]
    order, other = rule.when
    assert (order.name.text, order.event.text, order.where) == ("order", "order_placed", None)
    assert other.where is not None
    assert other.where.text == "other.kind = urgent"
    assert other.after is not None
    assert other.after.text == "order"
    (shipped,) = rule.unless
    assert shipped.before is not None
    assert rule.wait is not None
    assert rule.wait.text == "P2D"
    recent, late = rule.collect
    assert recent.pattern.event.text == "order_placed"
    assert late.within is not None
    assert late.in_a_row is not None
    assert late.in_a_row.text == "late.amount > 5"
    assert rule.condition is not None
    assert rule.derive.text == "order_stuck"
    assert [each.text for each in rule.fields["order"]] == ["order", "order.order"]
    assert policy.event_rules["how_many"].value is not None
