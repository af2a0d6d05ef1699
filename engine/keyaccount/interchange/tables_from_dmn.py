"""Decision tables of DMN as a policy's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from keyaccount.diagnostics.diagnostic import Text
from keyaccount.feel.types import Enumeration, ListType, Type
from keyaccount.formats.stand_in import text_at
from keyaccount.interchange.boxed_text import NoTextError
from keyaccount.interchange.feel_text import whole
from keyaccount.interchange.tables_to_dmn import BECAUSE, RULE_ID, ignores_default
from keyaccount.interchange.types_from_dmn import Declared, DeclaredTypes, strings
from keyaccount.model import boxed
from keyaccount.model.policy import (
    DecisionRule,
    DecisionTable,
    HitPolicy,
    InputEntry,
    OutputClause,
    OutputEntry,
    Validity,
)
from keyaccount.source import Fragment

_LISTS = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)
_RANKED = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)
_ANY = "-"
_BAD_ID = re.compile(r"[|\r\n]|^\s|\s$")

NO_RULES = Text("its table has no rules", "决策表没有规则")
NO_INPUT = Text("a column of its table looks at nothing", "决策表有一列没有输入表达式")
NO_OUTPUT_NAME = Text("an output of its table has no name", "决策表有一个输出没有名称")
NO_ORDER = Text(
    "its hit policy needs an order of texts, which the outputs do not list",
    "其命中策略需要文本取值的顺序，而输出没有列出",
)
TOO_LONG = Text("an input of its table is too long for a key", "决策表的输入表达式过长，不能作为键")
_LONGEST_KEY = 900


def table_from_dmn(
    node: boxed.DecisionTable, variable: Declared, types: DeclaredTypes
) -> DecisionTable:
    """The table.

    Raises:
        NoTextError: a policy cannot hold it.
    """
    if not node.rules:
        raise NoTextError(NO_RULES)
    subjects = _subjects(node)
    outputs = tuple(_outputs(node, variable, types))
    if node.hit_policy in _RANKED and not any(isinstance(e.type, Enumeration) for e in outputs):
        raise NoTextError(NO_ORDER)
    ids = _rule_ids(node)
    rules = tuple(
        DecisionRule(
            whole(id_),
            tuple(_cells(subjects, rule.tests)),
            _entries(rule.results, outputs),
            _because(rule, node.annotations),
            Validity(),
            {},
            rule.span,
        )
        for id_, rule in zip(ids, node.rules, strict=True)
    )
    return DecisionTable(
        node.hit_policy, node.aggregation, outputs, rules, _default(node, outputs), node.span
    )


def merged_table(
    new: DecisionTable, old: DecisionTable, unchanged: Sequence[bool], as_of: date | None
) -> DecisionTable:
    """A changed table with what DMN has no place for, from what it was.

    unchanged: for each rule of the new table, whether it is as it was written.
    as_of: when the old table was written; its rules not in force then stay.
    """
    before = {each.id.text: each for each in old.rules}
    rules: list[DecisionRule] = []
    for each, same in zip(new.rules, unchanged, strict=True):
        was = before.get(each.id.text)
        if was is not None:
            kept = replace(each, title=was.title, validity=was.validity)
            rules.append(was if same else kept)
        else:
            rules.append(each)
    present = {each.id.text for each in rules}
    for place, each in enumerate(old.rules):
        asleep = as_of is not None and not each.validity.covers(as_of)
        if asleep and each.id.text not in present:
            rules.insert(min(place, len(rules)), each)
    outputs = tuple(_output_as_before(each, old) for each in new.outputs)
    default = old.default if ignores_default(new) else new.default
    return replace(new, rules=tuple(rules), outputs=outputs, default=default)


def _output_as_before(clause: OutputClause, old: DecisionTable) -> OutputClause:
    """Without a type that was only found, not declared."""
    was = next((each for each in old.outputs if each.name == clause.name), None)
    found = was is not None and was.type is None and not isinstance(clause.type, Enumeration)
    return replace(clause, type=None) if found else clause


def _subjects(node: boxed.DecisionTable) -> list[Fragment]:
    """What each column looks at; the same twice stands in brackets the second time."""
    found: list[Fragment] = []
    taken: set[str] = set()
    for clause in node.inputs:
        text = clause.expression.text
        if text is None:
            raise NoTextError(NO_INPUT)
        written = text.text
        while written in taken:
            written = f"({written})"
        if len(written) > _LONGEST_KEY:
            raise NoTextError(TOO_LONG)
        taken.add(written)
        found.append(text if written == text.text else whole(written))
    return found


def _cells(subjects: Sequence[Fragment], tests: Sequence[Fragment | None]) -> Iterator[InputEntry]:
    for subject, cell in zip(subjects, tests, strict=True):
        if cell is not None and cell.text.strip() != _ANY:
            yield InputEntry(subject, cell)


def _outputs(
    node: boxed.DecisionTable, variable: Declared, types: DeclaredTypes
) -> Iterator[OutputClause]:
    if len(node.outputs) == 1:
        clause = node.outputs[0]
        kind = types.of(clause.type).of_decision() or _item(variable.of_decision(), node)
        yield OutputClause(None, _ranked(kind, clause))
        return
    for clause in node.outputs:
        if clause.name is None:
            raise NoTextError(NO_OUTPUT_NAME)
        kind = types.of(clause.type).of_decision()
        yield OutputClause(clause.name.text, _ranked(kind, clause))


def _ranked(kind: Type | None, clause: boxed.OutputClause) -> Type | None:
    """With the values that the column lists, whose order is their priority."""
    values = () if clause.values is None else strings(clause.values)
    return Enumeration(values) if values else kind


def _item(kind: Type | None, node: boxed.DecisionTable) -> Type | None:
    """The type of one result, of the type of all."""
    if node.aggregation is not None or node.hit_policy not in _LISTS:
        return None if node.aggregation is not None else kind
    return kind.item if isinstance(kind, ListType) else None


def _entries(
    results: Sequence[boxed.LiteralExpression], outputs: Sequence[OutputClause]
) -> tuple[OutputEntry, ...]:
    return tuple(
        OutputEntry(
            None if clause.name is None else whole(clause.name),
            each.text or text_at("null", each.span),
        )
        for each, clause in zip(results, outputs, strict=True)
    )


def _default(node: boxed.DecisionTable, outputs: Sequence[OutputClause]) -> tuple[OutputEntry, ...]:
    if all(each.default is None for each in node.outputs):
        return ()
    null = boxed.LiteralExpression(None, node.span, None)
    return _entries([each.default or null for each in node.outputs], outputs)


def _rule_ids(node: boxed.DecisionTable) -> list[str]:
    """The ids that we wrote beside the rules, else those of the file; each once."""
    place = node.annotations.index(RULE_ID) if RULE_ID in node.annotations else None
    ids: list[str] = []
    for number, rule in enumerate(node.rules, 1):
        told = rule.annotations[place : place + 1] if place is not None else ()
        wanted = told[0] if told else rule.id
        if not wanted or _BAD_ID.search(wanted) or wanted in ids:
            wanted = f"rule {number}"
        while wanted in ids:
            wanted += "_"
        ids.append(wanted)
    return ids


def _because(rule: boxed.DecisionRule, columns: Sequence[str]) -> Mapping[str, Fragment]:
    """Our own templates by language; remarks of others are words for both."""
    told = dict(zip(columns, rule.annotations, strict=False))
    own = {code: told[name] for code, name in BECAUSE.items() if told.get(name)}
    if own or RULE_ID in columns:
        return {code: text_at(text, rule.span) for code, text in own.items()}
    remarks = "; ".join(filter(None, (each.strip() for each in rule.annotations)))
    if not remarks:
        return {}
    literal = remarks.replace("{", "{{").replace("}", "}}")
    return dict.fromkeys(BECAUSE, text_at(literal, rule.span))
