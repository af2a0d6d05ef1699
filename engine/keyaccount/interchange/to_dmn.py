"""A policy as a DMN model that other tools open and run.

What DMN has no place for goes along as the policy's own text, in an extension
element; a fingerprint of each element tells later which of them were changed.
Other tools see an approximation that runs: parameters are decisions with the
value in force, scorecards are contexts, conditions are columns that must be
true. Decisions borrowed from other policies come along, so that the file runs
by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from urllib.parse import quote

from keyaccount.diagnostics import interchange_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, in_order
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression
from keyaccount.feel.types import ANY, Type
from keyaccount.formats.dmn_xml.document import Diagram, Document, Remark
from keyaccount.formats.dmn_xml.layout import laid_out
from keyaccount.formats.dmn_xml.reader import read_definitions
from keyaccount.formats.dmn_xml.writer import write_document
from keyaccount.interchange.elements import Element, Elements
from keyaccount.interchange.feel_text import FeelText, Written, bare_values, whole
from keyaccount.interchange.fingerprints import fingerprint, rule_fingerprint
from keyaccount.interchange.item_types import ItemTypes
from keyaccount.interchange.people import both
from keyaccount.interchange.source_text import tables_beside
from keyaccount.interchange.tables_to_dmn import TableWriter, item_of, scorecard_context
from keyaccount.ir import core
from keyaccount.ir.lowering.policy_names import scope_of
from keyaccount.ir.lowering.texts import free_names
from keyaccount.model import boxed
from keyaccount.model import definitions as model
from keyaccount.model.policy import (
    BoxedContext,
    Decision,
    DecisionRule,
    DecisionTable,
    LiteralExpression,
    Parameter,
    Policy,
    Scorecard,
)
from keyaccount.source import Fragment, Source

NAMESPACE = "urn:keyaccount:policy:"
VERSION = "1.5"
_RESULT = "result"


@dataclass(frozen=True, slots=True)
class Exported:
    """The file, and what in it is not quite what the policy says."""

    document: Document
    warnings: tuple[Diagnostic, ...]


def export_policy(
    policies: Mapping[str, Policy],
    program: core.Program,
    name: str,
    as_of: date,
    drawn: Diagram | None = None,
    version: str = VERSION,
) -> Exported:
    """The model of a policy.

    Args:
        policies: all policies of the set.
        program: they, lowered.
        name: the policy's.
        as_of: the date whose parameters and rules the model has.
        drawn: where elements stand in a diagram already.
        version: of DMN, in which the file will be written.
    """
    export = _Export(policies, program, name, as_of)
    definitions = export.definitions()
    document = Document(
        definitions,
        export.remarks,
        laid_out(definitions, drawn),
        policies[name].span.source.text,
        as_of,
        beside=tables_beside(policies[name]),
    )
    return Exported(_with_fingerprints(document, version), in_order(export.problems))


def _with_fingerprints(document: Document, version: str) -> Document:
    """Each element with the fingerprint of what will be read back."""
    read = read_definitions(Source("<dmn>", write_document(document, version)))
    remarks = dict(document.remarks)
    for group in (read.input_data, read.knowledge_models, read.decisions):
        for each in group.values():
            remark = remarks.get(each.id or "", Remark())
            remarks[each.id or ""] = replace(remark, fingerprint=fingerprint(each, read))
    for decision in read.decisions.values():
        if isinstance(decision.logic, boxed.DecisionTable):
            for rule in decision.logic.rules:
                told = rule_fingerprint(rule, decision.logic)
                remarks[rule.id] = replace(remarks.get(rule.id, Remark()), fingerprint=told)
    return replace(document, remarks=remarks)


class _Export:
    """One policy on its way out."""

    def __init__(
        self, policies: Mapping[str, Policy], program: core.Program, name: str, as_of: date
    ) -> None:
        self.policies = policies
        self.program = program
        self.name = name
        self.as_of = as_of
        self.remarks: dict[str, Remark] = {}
        self.problems: list[Diagnostic] = []
        self._elements = Elements(policies, name)
        self._types = ItemTypes()
        self._references: dict[str, Fragment | None] = {}
        self._bare = bare_values(program)
        self._texts: dict[str, FeelText] = {}

    def definitions(self) -> model.Definitions:
        """The model; elements come in while it is made."""
        policy = self.policies[self.name]
        facts: dict[str, model.InputData] = {}
        functions: dict[str, model.BusinessKnowledgeModel] = {}
        decisions: dict[str, model.Decision] = {}
        id_ = self._elements.ids.fresh("policy", self.name)
        for element in self._elements:
            match element.kind:
                case "fact":
                    facts[element.name] = self._fact(element)
                case "function":
                    functions[element.name] = self._function(element)
                case "parameter":
                    decisions[element.name] = self._parameter(element)
                case "decision":
                    decisions[element.name] = self._decision(element)
                case _:
                    assert_never(element.kind)
        self.remarks[id_] = Remark(both(policy.title), both(policy.description))
        return model.Definitions(
            self.name,
            NAMESPACE + quote(self.name),
            id_,
            VERSION,
            (),
            self._types.definitions,
            facts,
            functions,
            decisions,
            {},
            policy.span,
        )

    def _fact(self, element: Element) -> model.InputData:
        fact = self.policies[element.policy].facts[element.local]
        allowed = fact.allowed
        if allowed is not None:
            allowed = self._feel(element.policy).tests(allowed, Written())
        kind = self._types.of(fact.type, element.name, allowed)
        self._references[element.id] = kind
        self._note(element, both(fact.title), both(fact.description))
        return model.InputData(element.id, whole(element.name), kind, fact.span)

    def _parameter(self, element: Element) -> model.Decision:
        parameter = self.policies[element.policy].parameters[element.local]
        text = self._value_in_force(element.policy, parameter)
        kind = self.program.parameters[f"{element.policy}.{element.local}"].type
        logic = boxed.LiteralExpression(None, parameter.span, whole(text))
        self._note(element, both(parameter.title), both(parameter.description))
        return self._made(element, self._type(kind, element), logic, Written())

    def _value_in_force(self, policy: str, parameter: Parameter) -> str:
        found = None
        for each in parameter.values:
            if each.since is None or each.since <= self.as_of:
                found = each.value
        if found is None or (parameter.until is not None and self.as_of >= parameter.until):
            name = parameter.name.text
            self.problems.append(
                messages.parameter_not_in_force(parameter.name.span(), name, self.as_of)
            )
            return "null"
        return self._feel(policy).expression(found, Written()).text

    def _function(self, element: Element) -> model.BusinessKnowledgeModel:
        policy = self.policies[element.policy]
        function = policy.functions[element.local]
        parameters = [each.name.text for each in function.parameters]
        scope = Scope([*parameters, *policy.parameters, *policy.functions])
        constants = self._constants(policy, function.name.text, function.body, scope, parameters)
        feel = FeelText(element.policy, scope, self._elements, self._bare, constants)
        written = Written()
        body = boxed.LiteralExpression(
            self._types.of(function.result, element.name),
            function.span,
            feel.expression(function.body, written, parameters),
        )
        formal = tuple(
            boxed.FormalParameter(
                whole(each.name.text),
                self._types.of(each.type, f"{element.name}_{each.name.text}"),
            )
            for each in function.parameters
        )
        logic = boxed.FunctionDefinition(None, function.span, "FEEL", formal, body)
        self._note(element, both(function.title), both(function.description))
        return model.BusinessKnowledgeModel(
            element.id, whole(element.name), None, logic, _needs(written, element), function.span
        )

    def _constants(
        self,
        policy: Policy,
        function: str,
        body: Fragment,
        scope: Scope,
        own: Sequence[str],
    ) -> dict[str, str]:
        """The values of the parameters that a function's body mentions."""
        found: dict[str, str] = {}
        for name, span in free_names(parse_expression(body, scope)):
            if name in policy.parameters and name not in own:
                value = self._value_in_force(policy.name.text, policy.parameters[name])
                found[name] = f"({value})"
                self.problems.append(messages.parameter_in_function(span, name, function))
        return found

    def _decision(self, element: Element) -> model.Decision:
        decision = self.policies[element.policy].decisions[element.local]
        written = Written()
        kind = self.program.decisions[f"{element.policy}.{element.local}"].type
        logic = self._logic(element, decision, kind, written)
        self._note(element, both(decision.title), both(decision.description))
        return self._made(element, self._type(kind, element), logic, written)

    def _logic(
        self, element: Element, decision: Decision, kind: Type, written: Written
    ) -> boxed.Expression:
        feel = self._feel(element.policy)
        match decision.logic:
            case LiteralExpression(text):
                return boxed.LiteralExpression(None, text.span(), feel.expression(text, written))
            case BoxedContext():
                return self._context(decision.logic, decision, feel, written)
            case DecisionTable():
                writer = self._table_writer(element, written)
                rules = list(self._rules_in_force(decision.logic))
                return writer.table(decision.logic, rules, item_of(kind, decision.logic))
            case Scorecard():
                writer = self._table_writer(element, written)
                vetoes = tuple(self._in_force(decision.logic.vetoes))
                scorecard = replace(decision.logic, vetoes=vetoes)
                return scorecard_context(scorecard, writer, kind)
            case _:
                assert_never(decision.logic)

    def _context(
        self, context: BoxedContext, decision: Decision, feel: FeelText, written: Written
    ) -> boxed.Context:
        entries: list[boxed.ContextEntry] = []
        local: list[str] = []
        for step in context.steps:
            text = feel.expression(step.text, written, local)
            value = boxed.LiteralExpression(None, step.text.span(), text)
            if step.name.text == _RESULT:
                entries.append(boxed.ContextEntry(None, None, value))
                break
            entries.append(boxed.ContextEntry(whole(step.name.text), None, value))
            local.append(step.name.text)
        return boxed.Context(None, decision.span, tuple(entries))

    def _table_writer(self, element: Element, written: Written) -> TableWriter:
        return TableWriter(
            element.name,
            self._feel(element.policy),
            written,
            self._elements,
            self._types.of,
            lambda name: self._reference(element.policy, name),
            self.remarks,
        )

    def _rules_in_force(self, table: DecisionTable) -> Iterator[DecisionRule]:
        return self._in_force(table.rules)

    def _in_force(self, rules: Sequence[DecisionRule]) -> Iterator[DecisionRule]:
        for rule in rules:
            if rule.validity.covers(self.as_of):
                yield rule
            else:
                problem = messages.rule_not_in_force(rule.id.span(), rule.id.text, self.as_of)
                self.problems.append(problem)

    def _reference(self, policy: str, name: str) -> Fragment | None:
        """The `typeRef` of what a plain name stands for, if it is one."""
        element = self._elements.visible(policy, name)
        if element is None or element.kind == "function":
            return None
        return self._type(self._kind(element), element)

    def _kind(self, element: Element) -> Type:
        full = f"{element.policy}.{element.local}"
        match element.kind:
            case "fact":
                return self.policies[element.policy].facts[element.local].type
            case "parameter":
                return self.program.parameters[full].type
            case "decision":
                return self.program.decisions[full].type
            case _:
                return ANY

    def _type(self, kind: Type, element: Element) -> Fragment | None:
        """The `typeRef` of an element, one and the same wherever it is asked for."""
        if element.kind == "fact":
            return self._references.get(element.id)
        if element.id not in self._references:
            self._references[element.id] = self._types.of(kind, element.name)
        return self._references[element.id]

    def _made(
        self,
        element: Element,
        kind: Fragment | None,
        logic: boxed.Expression,
        written: Written,
    ) -> model.Decision:
        span = logic.span
        name = whole(element.name)
        needs = _needs(written, element)
        return model.Decision(element.id, name, kind, logic, needs, None, None, None, span)

    def _note(self, element: Element, label: str | None, description: str | None) -> None:
        full = f"{element.policy}.{element.local}"
        borrowed = full if element.policy != self.name else None
        self.remarks[element.id] = Remark(label, description, None, borrowed)

    def _feel(self, policy: str) -> FeelText:
        if policy not in self._texts:
            scope = scope_of(self.policies[policy], self.policies)
            self._texts[policy] = FeelText(policy, scope, self._elements, self._bare)
        return self._texts[policy]


def _needs(written: Written, element: Element) -> tuple[model.Reference, ...]:
    span = whole(element.name).span()
    return tuple(model.Reference(None, id_, span) for id_ in written.needs if id_ != element.id)
