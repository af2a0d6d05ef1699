"""Compile a bound program to one SQL statement: `compile_program` is the way in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from keyaccount.backends.sql import lookup, outcomes, outputs, tables, trees
from keyaccount.backends.sql.candidates import CompiledRule
from keyaccount.backends.sql.conditions import condition_of
from keyaccount.backends.sql.expressions import Expressions, Refused
from keyaccount.backends.sql.kinds import Column, Dialect, Enums, Kind
from keyaccount.backends.sql.layers import PREFIX, Layers
from keyaccount.backends.sql.outcomes import Outcome
from keyaccount.backends.sql.outputs import DETAILS, Detail
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.tallies import Tally, Word, words
from keyaccount.backends.sql.values import ALWAYS, Value
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError
from keyaccount.ir import core
from keyaccount.ir.requirements import select, uses

DECIDE_AGAIN = f"{PREFIX}redecide"
"""The output column that is true in rows that another backend must decide."""


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One column of the result: which decision's, and which of its details.

    `kind` is what a value's column holds, or a list of possible values; None
    for the other details, and for lists that are text.
    """

    name: str
    decision: str
    detail: Detail
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement over a relation of facts.

    `columns` are its outputs in order, `kept` the relation's own columns
    before them. `decides_all` says that no row ever has to be decided again;
    else the statement has the column `DECIDE_AGAIN` behind them. `tallies` tell
    how to count what lists hold, in columns at its end.
    """

    select: exp.Select
    dialect: Dialect
    columns: tuple[OutputColumn, ...]
    kept: tuple[str, ...]
    decides_all: bool
    tallies: tuple[Tally, ...] = ()

    def sql(self, *, pretty: bool = False) -> str:
        """The statement as text, in the dialect it was compiled for."""
        return self.select.sql(dialect=self.dialect, pretty=pretty)


def compile_program(
    program: core.Program,
    columns: Mapping[str, Column],
    *,
    decisions: Sequence[str],
    dialect: Dialect = "duckdb",
    relation: str = "accounts",
    keep: Sequence[str] = (),
    lists: outputs.Lists = "array",
    details: Sequence[Detail] = DETAILS,
    enums: Enums | None = None,
    count: bool = False,
    today: date | None = None,
) -> Plan:
    """The statement that decides every row of a relation.

    Args:
        program: bound to a date.
        columns: the relation's column for each fact; a fact left out is unknown
            in every row.
        decisions: full names, in the order of the output.
        dialect: the engine.
        relation: the name of the table or view.
        keep: columns of the relation to pass through.
        lists: how lists come; `outputs.Lists` says which ways there are.
        details: which columns each decision gets: `name` is its value,
            `name_rules` and so on the others.
        enums: types of DuckDB for labels, to be created before the statement runs;
            where this is left out, they are texts.
        count: whether the plan has tallies.
        today: what `today()` gives; it is refused where this is left out.

    Raises:
        PolicyError: with every cell that has no exact equal in SQL.
    """
    program = select(program, decisions)
    facts = sorted(program.facts)
    problems = list(_clashes(columns, program))
    taken = [*keep, *(each.name or name for name, each in columns.items())]
    session = Session(
        dialect, columns, {name: i for i, name in enumerate(facts)}, Layers(taken), enums
    )
    expressions = Expressions(session, program, today=today)
    for decision in program.decisions.values():
        _decide(expressions, decision)
    problems += session.refused
    if problems:
        raise PolicyError(problems)
    shape = outputs.Shape(session, lists)
    found: list[OutputColumn] = []
    selected: list[tuple[str, exp.Expr]] = [(name, trees.column(name)) for name in keep]
    for name, label in zip(decisions, _labels(program, decisions), strict=True):
        outcome = expressions.outcomes[name]
        for detail in details:
            column = label if detail == "value" else f"{label}_{detail}"
            found.append(OutputColumn(column, name, detail, outputs.kind(shape, outcome, detail)))
            selected.append((column, outputs.result(shape, outcome, detail)))
    if session.again:
        again = trees.or_(trees.coalesce(each, trees.false()) for each in session.again)
        selected.append((DECIDE_AGAIN, again))
    tallied = _words(session, expressions, program, decisions) if count else []
    selected += [(each.column, each.sql) for each in tallied]
    tallies = tuple(tally for each in tallied for tally in each.tallies)
    table = exp.Table(this=exp.to_identifier(relation, quoted=True))
    # PostgreSQL writes out each named column wherever it is used, so that a statement of many
    # layers grows beyond all bounds while it is planned. OFFSET 0 is where it doesn't; rows
    # still stream, which they would not through MATERIALIZED.
    statement = session.layers.over(table, selected, fenced=dialect == "postgres")
    return Plan(statement, dialect, tuple(found), tuple(keep), not session.again, tallies)


def _words(
    session: Session, expressions: Expressions, program: core.Program, decisions: Sequence[str]
) -> list[Word]:
    return [
        word
        for name, label in zip(decisions, _labels(program, decisions), strict=True)
        for word in words(session, name, label, expressions.outcomes[name])
    ]


def _clashes(columns: Mapping[str, Column], program: core.Program) -> list[Diagnostic]:
    """Facts whose columns SQL cannot tell apart."""
    seen: dict[str, str] = {}
    found: list[Diagnostic] = []
    for fact in program.facts.values():
        if fact.name in columns:
            name = (columns[fact.name].name or fact.name).casefold()
            if name in seen:
                found.append(messages.same_column(fact.span, fact.name, seen[name]))
            seen[name] = fact.name
    return found


def _labels(program: core.Program, decisions: Sequence[str]) -> list[str]:
    """The name of each decision's column: short, unless two are alike."""
    short = [program.decisions[each].local_name for each in decisions]
    folded = [each.casefold() for each in short]
    return [
        each if folded.count(each.casefold()) == 1 else full
        for each, full in zip(short, decisions, strict=True)
    ]


def _decide(expressions: Expressions, decision: core.Decision) -> None:
    """Compiles one decision; what is refused is noted, and the next ones go on."""
    session = expressions.session
    names: dict[str, Value] = {}
    logic = decision.logic
    try:
        while isinstance(logic, core.Let):
            names[logic.name] = expressions.bound(logic, names)
            logic = logic.body
        if isinstance(logic, core.Table):
            outcome = _table(expressions, decision, logic, names)
        else:
            value = expressions.value(logic, names)
            outcome = outcomes.plain(session, decision.local_name, value, decision)
        facts = _facts(expressions, decision)
        expressions.outcomes[decision.name] = replace(outcome, facts=facts)
    except Refused as refused:
        if refused.diagnostic is not None:
            session.refused.append(refused.diagnostic)
    except Refusal as refusal:
        session.refused.append(refusal.message(logic.span))


def _facts(expressions: Expressions, decision: core.Decision) -> frozenset[str]:
    """The facts that a decision may wait for, through other decisions too."""
    mentioned = uses(decision)
    others = (expressions.outcomes[each].facts for each in mentioned.decisions)
    return frozenset(mentioned.facts).union(*others)


def _table(
    expressions: Expressions,
    decision: core.Decision,
    table: core.Table,
    names: Mapping[str, Value],
) -> Outcome:
    if lookup.needed(table):
        found = lookup.lookup(expressions, decision.local_name, table, names)
        if found is not None:
            return found
    rules: list[CompiledRule] = []
    refused: list[Refused] = []
    for place, rule in enumerate(table.rules):
        try:
            rules.append(_rule(expressions, decision, rule, place, names))
        except Refused as each:
            refused.append(each)
    if refused:
        expressions.session.refused += [
            each.diagnostic for each in refused[1:] if each.diagnostic is not None
        ]
        raise refused[0]
    default = expressions.value(table.default, names)
    return tables.table_outcome(expressions.session, decision.local_name, table, rules, default)


def _rule(
    expressions: Expressions,
    decision: core.Decision,
    rule: core.Rule,
    place: int,
    names: Mapping[str, Value],
) -> CompiledRule:
    tests = [expressions.value(each, names) for each in rule.tests] or [ALWAYS]
    try:
        hint = f"{decision.local_name}_{rule.id}"
        condition = condition_of(expressions.session, hint, tests)
    except Refusal as refusal:
        raise Refused(refusal.message(rule.span)) from None
    output = expressions.value(rule.output, names)
    return CompiledRule(rule.id, 1 << place, condition, output)
