"""Decision tables and scorecards of a policy as boxed expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from keyaccount.feel.types import BOOLEAN, NUMBER, Enumeration, ListType, Type
from keyaccount.formats.dmn_xml.document import Remark
from keyaccount.interchange.elements import Elements
from keyaccount.interchange.feel_text import FeelText, Written, whole
from keyaccount.interchange.item_types import listed
from keyaccount.interchange.people import both, both_reasons
from keyaccount.model import boxed
from keyaccount.model.policy import (
    Aggregation,
    Band,
    Criterion,
    DecisionRule,
    DecisionTable,
    HitPolicy,
    InputEntry,
    OutputClause,
    OutputEntry,
    Scorecard,
    Validity,
)
from keyaccount.source import Fragment

RULE_ID = "rule"
BECAUSE = {"en": "because (en)", "zh": "because (zh)"}
"""Annotation columns by language."""

SCORE = "score"
_PLAIN = re.compile(r"\w+\Z")
_TRUE = "true"

TypeOf = Callable[[Type | None, str], Fragment | None]
"""The `typeRef` of a type, and of what it is."""


@dataclass(slots=True)
class TableWriter:
    """Writes the tables of one decision."""

    decision: str
    feel: FeelText
    written: Written
    elements: Elements
    type_of: TypeOf
    reference: Callable[[str], Fragment | None]
    """The `typeRef` of what a name stands for."""
    remarks: dict[str, Remark]
    local: tuple[str, ...] = ()
    _columns: dict[tuple[bool, str], int] = field(default_factory=dict)
    _clauses: list[boxed.InputClause] = field(default_factory=list)

    def table(
        self, table: DecisionTable, rules: Sequence[DecisionRule], item: Type | None
    ) -> boxed.DecisionTable:
        """A decision's table. `rules`: those in force; `item`: the type of one rule's result."""
        cells = [self._cells(each) for each in rules]
        return boxed.DecisionTable(
            None,
            table.span,
            table.hit_policy,
            table.aggregation,
            tuple(self._clauses),
            tuple(self._output(each, table, item) for each in table.outputs),
            self._rules(rules, cells),
            self._annotations(rules),
        )

    def verdict(self, scorecard: Scorecard, kind: Type | None) -> boxed.DecisionTable:
        """The vetoes and bands over the score, which is the entry before."""
        vetoes = [self._cells(each) for each in scorecard.vetoes]
        score = InputEntry(whole(SCORE), whole("-"))
        rules = [*scorecard.vetoes, *(_as_rule(each) for each in scorecard.bands)]
        bands = [self._band_cells(score, each) for each in scorecard.bands]
        default = None if scorecard.bands else self._literal(whole(SCORE))
        clause = boxed.OutputClause(None, self.type_of(kind, self.decision), _order(kind), default)
        return boxed.DecisionTable(
            None,
            scorecard.span,
            HitPolicy.FIRST,
            None,
            tuple(self._clauses),
            (clause,),
            self._rules(rules, [*vetoes, *bands]),
            self._annotations(rules),
        )

    def points(self, criterion: Criterion) -> boxed.Expression:
        """The points of one criterion: the first line that the input passes."""
        if isinstance(criterion.points, Fragment):
            return self._literal(criterion.points)
        subject = criterion.input or whole("null")
        rules = tuple(
            boxed.DecisionRule(
                self.elements.ids.fresh(self.decision, criterion.id.text, str(number)),
                (self.feel.tests(line.tests, self.written, self.local),),
                (self._literal(line.points),),
                (),
                criterion.span,
            )
            for number, line in enumerate(criterion.points, 1)
        )
        return boxed.DecisionTable(
            None,
            criterion.span,
            HitPolicy.FIRST,
            None,
            (self._clause(subject, None),),
            (boxed.OutputClause(None, self.type_of(NUMBER, ""), None, None),),
            rules,
            (),
        )

    def _band_cells(self, score: InputEntry, band: Band) -> dict[int, Fragment]:
        column = self._column(score.input, is_condition=False)
        return {column: self.feel.tests(band.tests, self.written, self.local)}

    def _cells(self, rule: DecisionRule) -> dict[int, Fragment]:
        """The cells of a rule by column; a condition of its own is a column that must be true."""
        if isinstance(rule.when, Fragment):
            if rule.when.text.strip() == _TRUE:
                return {}
            return {self._column(rule.when, is_condition=True): whole(_TRUE)}
        return {
            self._column(cell.input, is_condition=False): self.feel.tests(
                cell.tests, self.written, self.local
            )
            for cell in rule.when
        }

    def _column(self, subject: Fragment, *, is_condition: bool) -> int:
        key = (is_condition, subject.text.strip())
        if key not in self._columns:
            self._columns[key] = len(self._clauses)
            kind = self.type_of(BOOLEAN, "") if is_condition else self.reference(key[1])
            self._clauses.append(self._clause(subject, kind))
        return self._columns[key]

    def _clause(self, subject: Fragment, kind: Fragment | None) -> boxed.InputClause:
        written = self.feel.expression(subject, self.written, self.local)
        return boxed.InputClause(boxed.LiteralExpression(kind, subject.span(), written), None, None)

    def _rules(
        self, rules: Sequence[DecisionRule], cells: Sequence[Mapping[int, Fragment]]
    ) -> tuple[boxed.DecisionRule, ...]:
        languages = [code for code in BECAUSE if any(code in each.because for each in rules)]
        return tuple(
            boxed.DecisionRule(
                self._rule_id(rule),
                tuple(row.get(column) for column in range(len(self._clauses))),
                tuple(self._literal(each.text) for each in rule.then),
                (rule.id.text, *(_reason(rule, code) for code in languages)),
                rule.span,
            )
            for rule, row in zip(rules, cells, strict=True)
        )

    def _rule_id(self, rule: DecisionRule) -> str:
        id_ = self.elements.ids.fresh(self.decision, "rule", rule.id.text)
        because = both_reasons(rule.because)
        words = rule.id.text if because is None else f"{rule.id.text}: {because}"
        self.remarks[id_] = Remark(both(rule.title), words)
        return id_

    def _annotations(self, rules: Sequence[DecisionRule]) -> tuple[str, ...]:
        told = [name for code, name in BECAUSE.items() if any(code in e.because for e in rules)]
        return (RULE_ID, *told)

    def _output(
        self, clause: OutputClause, table: DecisionTable, item: Type | None
    ) -> boxed.OutputClause:
        kind = clause.type or item
        default = next((e for e in table.default if _name(e) == clause.name), None)
        owner = self.decision if clause.name is None else f"{self.decision}_{clause.name}"
        return boxed.OutputClause(
            None if clause.name is None else whole(clause.name),
            self.type_of(kind, owner),
            _order(kind),
            None if default is None or ignores_default(table) else self._literal(default.text),
        )

    def _literal(self, fragment: Fragment) -> boxed.LiteralExpression:
        text = self.feel.expression(fragment, self.written, self.local)
        return boxed.LiteralExpression(None, fragment.span(), text)


def scorecard_context(
    scorecard: Scorecard, writer: TableWriter, kind: Type | None
) -> boxed.Context:
    """The points of each criterion, the score, and what the score comes to."""
    entries: list[boxed.ContextEntry] = []
    terms: list[str] = []
    number = writer.type_of(NUMBER, "")
    taken = set(writer.elements.names)
    for criterion in scorecard.criteria:
        name = _points_name(criterion, taken)
        entries.append(boxed.ContextEntry(whole(name), number, writer.points(criterion)))
        terms.append(_term(criterion, name, writer))
        writer.local = (*writer.local, name)
    total = boxed.LiteralExpression(None, scorecard.span, whole(" + ".join(terms)))
    if not scorecard.vetoes and not scorecard.bands:
        entries.append(boxed.ContextEntry(None, None, total))
        return boxed.Context(None, scorecard.span, tuple(entries))
    entries.append(boxed.ContextEntry(whole(SCORE), number, total))
    writer.local = (*writer.local, SCORE)
    verdict = writer.verdict(scorecard, kind)
    entries.append(boxed.ContextEntry(None, None, verdict))
    return boxed.Context(None, scorecard.span, tuple(entries))


def _points_name(criterion: Criterion, taken: set[str]) -> str:
    base = "points_" + re.sub(r"\W", "_", criterion.id.text)
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name


def _term(criterion: Criterion, name: str, writer: TableWriter) -> str:
    if criterion.weight is None:
        return name
    weight = writer.feel.expression(criterion.weight, writer.written, writer.local).text
    return f"{weight if _PLAIN.match(weight) else f'({weight})'} * {name}"


def _as_rule(band: Band) -> DecisionRule:
    """A band's result and reason; its cell is over the score."""
    result = OutputEntry(None, band.then or band.id)
    return DecisionRule(band.id, (), (result,), band.because, Validity(), {}, band.span)


def _reason(rule: DecisionRule, language: str) -> str:
    found = rule.because.get(language)
    return "" if found is None else found.text


def _name(entry: OutputEntry) -> str | None:
    return None if entry.name is None else entry.name.text


def _order(kind: Type | None) -> Fragment | None:
    return listed(kind.values) if isinstance(kind, Enumeration) else None


def ignores_default(table: DecisionTable) -> bool:
    """Whether no match gives an empty list, or the count 0, whatever the default."""
    lists = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)
    if table.aggregation is None:
        return table.hit_policy in lists
    return table.aggregation is Aggregation.COUNT


def item_of(kind: Type | None, table: DecisionTable) -> Type | None:
    """The type of one rule's result, of a table's type."""
    lists = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)
    if table.aggregation is None and table.hit_policy in lists:
        return kind.item if isinstance(kind, ListType) else None
    return kind
