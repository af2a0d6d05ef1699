"""Random programs by hypothesis: typed expressions, tables under every hit policy, decisions
that use each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from generators import nodes, terms
from keyaccount.feel.types import BOOLEAN, DATE, NUMBER, STRING, Enumeration, ListType, Type
from keyaccount.feel.values import Date
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from keyaccount.model.policy import Aggregation, HitPolicy

SECTOR = Enumeration(("government", "media", "other"))
TIER = Enumeration(("green", "yellow", "red"))
TIERS = ListType(TIER)

NUMBERS = tuple(map(Decimal, ("0", "1", "19.999", "20", "-3", "0.1", "5000000", "1E+30")))
DATES = (Date(2024, 1, 1), Date(2024, 2, 29))

FACTS = (
    nodes.fact("tonnes", NUMBER, allowed=nodes.at_least_zero()),
    nodes.fact("profit", NUMBER, nullable=True),
    nodes.fact("share", NUMBER, default=Decimal("0.1")),
    nodes.fact("sector", SECTOR),
    nodes.fact("tier", TIER, nullable=True),
    nodes.fact("tied", BOOLEAN),
    nodes.fact("agreed", BOOLEAN, nullable=True),
    nodes.fact("since", DATE),
    nodes.fact("until", DATE, nullable=True),
    nodes.fact("name", STRING),
    nodes.fact("remark", STRING, nullable=True),
    nodes.fact("region", STRING, default="a"),
)

ORDERINGS = ("<", "<=", ">", ">=")
Draw = Callable[[st.SearchStrategy[object]], object]


@dataclass(frozen=True, slots=True)
class Context:
    """What may be drawn from: decisions made so far, by name and type."""

    decisions: tuple[core.Decision, ...] = ()

    def of_type(self, type_: Type) -> list[core.Expression]:
        """Decisions of a type, as values; entries of that type, of those with several outputs."""
        found: list[core.Expression] = [
            core.DecisionValue(type_, nodes.SPAN, each.name)
            for each in self.decisions
            if each.type == type_
        ]
        for name, entry in terms.PAIR.entries:
            if entry == type_:
                pairs = self.of_type(terms.PAIR)
                found += [core.Path(entry, nodes.SPAN, each, name) for each in pairs]
        return found


def _inputs(type_: Type) -> list[core.Expression]:
    return [nodes.input_(each.name, type_) for each in FACTS if each.type == type_]


def _literals(type_: Type) -> list[core.Expression]:
    match type_:
        case Enumeration(values):
            return [nodes.literal(each, type_) for each in values]
        case _ if type_ == NUMBER:
            return [nodes.literal(each, NUMBER) for each in NUMBERS]
        case _ if type_ == DATE:
            return [nodes.literal(each, DATE) for each in DATES]
        case _ if type_ == STRING:
            return [nodes.literal(each, STRING) for each in terms.TEXTS]
        case _:
            return [nodes.literal(each, BOOLEAN) for each in (True, False)]


def leaf(type_: Type, context: Context) -> st.SearchStrategy[core.Expression]:
    """A constant, a fact, or another decision's value."""
    choices = [st.sampled_from(_literals(type_)), st.sampled_from(_inputs(type_))]
    decisions = context.of_type(type_)
    if decisions:
        choices.append(st.sampled_from(decisions))
    return st.one_of(choices)


@st.composite
def expression(draw: st.DrawFn, type_: Type, context: Context, depth: int = 2) -> core.Expression:
    """An expression of a type."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(leaf(type_, context))
    if draw(st.integers(0, 5)) == 0:
        condition = draw(expression(BOOLEAN, context, depth - 1))
        then, otherwise = (draw(expression(type_, context, depth - 1)) for _ in range(2))
        return core.If(type_, nodes.SPAN, condition, then, otherwise)
    if type_ == BOOLEAN:
        return draw(boolean(context, depth - 1))
    if type_ == NUMBER:
        return draw(numeric(context, depth - 1))
    if type_ in (DATE, STRING):
        of = terms.date_shifted if type_ == DATE else terms.text
        return draw(of(maker(context, depth - 1)))
    return draw(leaf(type_, context))


def maker(context: Context, depth: int) -> terms.Make:
    """Makes operands of terms."""
    return lambda type_: expression(type_, context, depth)


@st.composite
def numeric(draw: st.DrawFn, context: Context, depth: int) -> core.Expression:
    """Arithmetic, functions, scores."""
    other = draw(st.sampled_from((None, None, terms.number_of_call, terms.score)))
    if other is not None:
        return draw(other(maker(context, depth)))
    operator = draw(st.sampled_from(("+", "-", "*", "/", "**", "negate")))
    left = draw(expression(NUMBER, context, depth))
    if operator == "negate":
        return core.Negate(NUMBER, nodes.SPAN, left)
    if operator == "**":
        return nodes.arithmetic("**", left, nodes.number(draw(st.sampled_from(("2", "0", "-1")))))
    return nodes.arithmetic(operator, left, draw(expression(NUMBER, context, depth)))


@st.composite
def boolean(draw: st.DrawFn, context: Context, depth: int) -> core.Expression:
    """Comparisons and what joins them."""
    kind = draw(
        st.sampled_from(
            ("ordering", "equality", "null", "and", "or", "not", "holds", "let", "terms", "terms")
        )
    )
    if kind == "terms":
        return draw(terms.test_of_terms(maker(context, depth)))
    if kind in ("and", "or"):
        several = st.lists(expression(BOOLEAN, context, depth), min_size=1, max_size=3)
        operands = tuple(draw(several))
        return nodes.all_of(*operands) if kind == "and" else nodes.any_of(*operands)
    if kind == "not":
        return core.Not(BOOLEAN, nodes.SPAN, draw(expression(BOOLEAN, context, depth)))
    if kind == "let":
        value = draw(expression(NUMBER, context, depth))
        bound = nodes.compare(draw(st.sampled_from(ORDERINGS)), nodes.local("v", NUMBER), value)
        return core.Let(BOOLEAN, nodes.SPAN, "v", draw(expression(NUMBER, context, depth)), bound)
    lists = context.of_type(TIERS)
    if kind == "holds" and lists:
        sought = nodes.literal(draw(st.sampled_from(TIER.values)), TIER)
        arguments = (draw(st.sampled_from(lists)), sought)
        return core.Call(BOOLEAN, nodes.SPAN, "list contains", arguments)
    if kind == "ordering":
        type_ = draw(st.sampled_from((NUMBER, DATE)))
        operator = draw(st.sampled_from(ORDERINGS))
    else:
        type_ = draw(st.sampled_from((NUMBER, DATE, SECTOR, TIER, BOOLEAN, STRING)))
        operator = draw(st.sampled_from(("=", "!=")))
    left = draw(expression(type_, context, depth))
    right = nodes.null() if kind == "null" else draw(expression(type_, context, depth))
    return nodes.compare(operator, left, right)


@st.composite
def rules(draw: st.DrawFn, type_: Type, context: Context) -> list[core.Rule]:
    """Rules of a table; outputs mostly constants, as authors write them."""
    found: list[core.Rule] = []
    for i in range(draw(st.integers(0, 4))):
        tests = draw(st.lists(expression(BOOLEAN, context, 1), max_size=2))
        constant = draw(st.integers(0, 4)) > 0
        output = draw(leaf(type_, context) if not constant else st.sampled_from(_literals(type_)))
        found.append(nodes.rule(f"rule {i}", tests, output))
    return found


SINGLE = (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY, HitPolicy.PRIORITY)
LISTS = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


@st.composite
def with_step(draw: st.DrawFn, table: core.Table, context: Context) -> core.Expression:
    """The table, perhaps behind a named step that its first rule asks for."""
    if not table.rules or draw(st.integers(0, 2)):
        return table
    step = draw(expression(NUMBER, context, 1))
    limit = nodes.number(draw(st.sampled_from(("0", "20"))))
    test = nodes.compare(draw(st.sampled_from(ORDERINGS)), nodes.local("step", NUMBER), limit)
    first, *others = table.rules
    own = (replace(first, tests=(test, *first.tests)), *others)
    return core.Let(table.type, nodes.SPAN, "step", step, replace(table, rules=own))


@st.composite
def pairs(draw: st.DrawFn, context: Context) -> core.Table:
    """A table with several outputs."""
    own = [
        nodes.rule(
            f"rule {i}",
            draw(st.lists(expression(BOOLEAN, context, 1), max_size=2)),
            draw(terms.pair(maker(context, 0))),
        )
        for i in range(draw(st.integers(1, 3)))
    ]
    hit_policy = draw(st.sampled_from((HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY)))
    return nodes.table(hit_policy, own, terms.PAIR)


@st.composite
def table(draw: st.DrawFn, context: Context) -> core.Table:
    """A decision table."""
    kind = draw(st.sampled_from(("tiers", "tier", "number", "aggregated", "boolean", "pairs")))
    if kind == "pairs":
        return draw(pairs(context))
    type_ = {"number": NUMBER, "aggregated": NUMBER, "boolean": BOOLEAN}.get(kind, TIER)
    own = draw(rules(type_, context))
    order = TIER.values if type_ is TIER else tuple(NUMBERS) if type_ == NUMBER else (True, False)
    if kind == "tiers":
        return nodes.table(draw(st.sampled_from(LISTS)), own, TIERS, order=order)
    default = draw(st.one_of(st.none(), leaf(type_, context)))
    if kind == "aggregated":
        aggregation = draw(st.sampled_from(Aggregation))
        collect = HitPolicy.COLLECT
        return nodes.table(collect, own, NUMBER, default=default, aggregation=aggregation)
    hit_policy = draw(st.sampled_from(SINGLE))
    return nodes.table(hit_policy, own, type_, default=default, order=order)


@st.composite
def cell(draw: st.DrawFn, context: Context) -> core.Expression:
    """A cell as in a spreadsheet: tests of one subject by constants."""
    type_ = draw(st.sampled_from((NUMBER, NUMBER, DATE, SECTOR, TIER, BOOLEAN)))
    subject = draw(st.sampled_from([*_inputs(type_), *context.of_type(type_)]))
    constants = st.sampled_from(_literals(type_))
    kind = draw(st.sampled_from(("one", "any", "not", "range", "null")))
    operators = ORDERINGS if type_ in (NUMBER, DATE) else ("=", "!=")
    if kind == "null":
        return nodes.compare(draw(st.sampled_from(("=", "!="))), subject, nodes.null())
    if kind == "any":
        listed = draw(st.lists(constants, min_size=1, max_size=3))
        return nodes.any_of(*(nodes.compare("=", subject, each) for each in listed))
    first, second = (
        nodes.compare(draw(st.sampled_from((*operators, "="))), subject, draw(constants))
        for _ in range(2)
    )
    if kind == "not":
        return core.Not(BOOLEAN, nodes.SPAN, first)
    return nodes.all_of(first, second) if kind == "range" else first


@st.composite
def sheet(draw: st.DrawFn, context: Context) -> core.Table:
    """A table of cells and constants, maybe long; often with rules that exclude each other."""
    type_ = draw(st.sampled_from((TIER, NUMBER)))
    outputs = st.sampled_from(_literals(type_))
    own = [
        nodes.rule(f"row {i}", draw(st.lists(cell(context), max_size=2)), draw(outputs))
        for i in range(draw(st.sampled_from((2, 5, 14, 30))))
    ]
    if draw(st.booleans()):
        subject = draw(st.sampled_from([*_inputs(SECTOR), *_inputs(TIER)]))
        values = draw(st.permutations(_literals(subject.type)))
        own = [
            nodes.rule(each.id, [nodes.compare("=", subject, value), *each.tests], each.output)
            for each, value in zip(own, values, strict=False)
        ]
    hit_policy = draw(st.sampled_from((*SINGLE, HitPolicy.COLLECT)))
    default = draw(st.one_of(st.none(), outputs))
    order = TIER.values if type_ is TIER else NUMBERS
    result = ListType(type_) if hit_policy is HitPolicy.COLLECT else type_
    return nodes.table(hit_policy, own, result, default=default, order=order)


@st.composite
def programs(draw: st.DrawFn, most: int = 4) -> core.Program:
    """A bound program of a few decisions over `FACTS`."""
    made: tuple[core.Decision, ...] = ()
    for i in range(draw(st.integers(1, most))):
        context = Context(made)
        kind = draw(st.sampled_from(("table", "sheet", "value")))
        if kind != "value":
            made_table = draw(table(context) if kind == "table" else sheet(context))
            logic: core.Expression = draw(with_step(made_table, context))
        else:
            type_ = draw(st.sampled_from((BOOLEAN, NUMBER, TIER, DATE, STRING)))
            logic = draw(expression(type_, context))
        made = (*made, nodes.decision(f"d{i}", logic.type, logic))
    # Bound, as programs come to backends: tables known to be complete, constants folded.
    return bind(nodes.program(FACTS, made), date(2026, 1, 31))


_VALUES: dict[str, tuple[object, ...]] = {
    "tonnes": (Decimal(0), Decimal("19.9999999999999"), Decimal(20), Decimal("20.001")),
    "profit": (None, Decimal(-3), Decimal("0.1"), Decimal("0.2"), Decimal(5000000)),
    "share": (Decimal("0.1"), Decimal("0.2"), Decimal(0)),
    "sector": SECTOR.values,
    "tier": (None, *TIER.values),
    "tied": (True, False),
    "agreed": (None, True, False),
    "since": (Date(2023, 12, 31), Date(2024, 1, 1), Date(2024, 3, 1)),
    "until": (None, Date(2024, 1, 31), Date(2024, 2, 29)),
    "name": terms.TEXTS,
    "remark": (None, *terms.TEXTS[:3]),
    "region": ("a", "大客户"),
}


def accounts(*, complete: bool = False) -> st.SearchStrategy[dict[str, object]]:
    """Facts for such programs as FEEL values; unless complete, some not given, some null."""
    given = {name: st.sampled_from(values) for name, values in _VALUES.items()}
    if complete:
        return st.fixed_dictionaries(given)
    return st.one_of(st.fixed_dictionaries(given), st.fixed_dictionaries({}, optional=given))
