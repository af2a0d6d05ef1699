"""A model that was a policy before: the policy, with what was changed in the model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

from keyaccount.diagnostics import interchange_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, Text, in_order
from keyaccount.diagnostics.dmn_messages import boxes_too_deep
from keyaccount.feel.types import Enumeration
from keyaccount.formats.dmn_xml.document import Document, Remark
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.interchange.boxed_text import NoTextError
from keyaccount.interchange.carrying import Imported, carry
from keyaccount.interchange.conversion import Conversion
from keyaccount.interchange.elements import Element, Elements
from keyaccount.interchange.fingerprints import fingerprint, rule_fingerprint
from keyaccount.interchange.patching import patched
from keyaccount.interchange.people import both, for_all
from keyaccount.interchange.renaming import Renaming
from keyaccount.interchange.source_text import tables_beside
from keyaccount.interchange.tables_from_dmn import merged_table
from keyaccount.limits import DEFAULT_LIMITS
from keyaccount.model import boxed
from keyaccount.model import definitions as model
from keyaccount.model.policy import (
    BusinessKnowledgeModel,
    Decision,
    DecisionTable,
    InputData,
    Parameter,
    Policy,
    Titles,
)
from keyaccount.source import Source

BORROWED = Text("it belongs to another policy: change it there", "它属于另一策略：请在那里修改")
NOT_A_VALUE = Text("a parameter is one value", "参数只能是一个值")
KEPT = Text("{}; it stays as it was in the policy", "{}；策略中保持原样")
REWRITTEN = Text(
    "the policy is written anew: its comments are lost", "策略已整体重写：其中的注释丢失"
)

_ModelElement = model.InputData | model.BusinessKnowledgeModel | model.Decision
_Part = TypeVar("_Part", InputData, BusinessKnowledgeModel, Decision, Parameter)


def import_document(document: Document) -> Imported:
    """The policy of a DMN file, as YAML.

    Raises:
        PolicyError: no decision of the model can be a policy's.
    """
    try:
        return carry(document) if document.source is None else _Updating(document).imported()
    except RecursionError:
        raise PolicyError([boxes_too_deep(document.definitions.span)]) from None


@dataclass(slots=True)
class _Found:
    """The parts of the policy to be, in their order."""

    facts: dict[str, InputData] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    functions: dict[str, BusinessKnowledgeModel] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)


class _Updating:
    """One model on its way back."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._model = document.definitions
        source = Source("policy.yaml", document.source or "")
        self._old = read_policy(source, DEFAULT_LIMITS, document.beside)
        self._name = self._old.name.text
        self._conversion = Conversion(document)
        self._problems: list[Diagnostic] = []
        self._left_out: dict[str, Text] = {}
        self._changed: set[str] = set()
        self._by_id: dict[str | None, _ModelElement] = {
            each.id: each
            for group in (
                self._model.input_data,
                self._model.knowledge_models,
                self._model.decisions,
            )
            for each in group.values()
        }
        self._renaming = Renaming(self._by_id.values(), self._borrowed())

    def _borrowed(self) -> dict[str, str]:
        """The decisions of other policies: their name in the model, their name in a policy."""
        return {
            each.name.text: remark.policy
            for id_, each in self._by_id.items()
            if (remark := self._remark(id_)).policy is not None
        }

    def _remark(self, id_: str | None) -> Remark:
        return self._document.remarks.get(id_ or "", Remark())

    def imported(self) -> Imported:
        found = _Found()
        own = {element.id: element for element in Elements({self._name: self._old}, self._name)}
        for element in own.values():
            self._take(element, self._by_id.get(element.id), found)
        for id_, each in self._by_id.items():
            remark = self._remark(id_)
            if remark.policy is not None:
                self._look_at_borrowed(each, remark)
            elif id_ not in own:
                self._add(each, found)
        self._name_the_rest()
        new = replace(
            self._old,
            facts=found.facts,
            parameters=found.parameters,
            functions=found.functions,
            decisions=found.decisions,
        )
        return self._written(new)

    def _written(self, new: Policy) -> Imported:
        result = patched(self._old, new, self._document.beside)
        if not result.kept:
            self._problems.append(messages.loosened(self._model.span, self._name, REWRITTEN))
        noted = [
            each
            for each in self._conversion.problems
            if each.span is not None and self._owner(each.span.start) in self._changed
        ]
        warnings = in_order([*self._problems, *noted])
        written = read_policy(
            Source("policy.yaml", result.text), DEFAULT_LIMITS, self._document.beside
        )
        return Imported(result.text, warnings, self._left_out, beside=tables_beside(written))

    def _owner(self, offset: int) -> str | None:
        for each in self._by_id.values():
            if each.span.start <= offset < each.span.end:
                return each.id
        return None

    def _take(self, element: Element, now: _ModelElement | None, found: _Found) -> None:
        """An element of the old policy: as it was, changed, or gone."""
        if now is None:
            return
        changed = self._remark(now.id).fingerprint != fingerprint(now, self._model)
        if changed:
            self._changed.add(now.id or "")
        try:
            self._put(element, now, found, changed=changed)
        except NoTextError as error:
            self._keep(element, now, found, error.reason)

    def _keep(self, element: Element, now: _ModelElement, found: _Found, reason: Text) -> None:
        told = Text(KEPT.en.format(reason.en), KEPT.zh.format(reason.zh))
        self._problems.append(messages.not_carried(now.name.span(), element.name, told))
        self._left_out[element.name] = told
        self._changed.discard(now.id or "")
        self._put(element, now, found, changed=False)

    def _put(self, element: Element, now: _ModelElement, found: _Found, *, changed: bool) -> None:
        name = element.local
        match element.kind, now:
            case "fact", model.InputData():
                fact = self._old.facts[name]
                fact = self._fact(fact, now) if changed else fact
                found.facts[fact.name.text] = self._worded(fact, now)
            case "parameter", model.Decision():
                parameter = self._old.parameters[name]
                parameter = self._parameter(parameter, now) if changed else parameter
                found.parameters[parameter.name.text] = self._worded(parameter, now)
            case "function", model.BusinessKnowledgeModel():
                function = self._old.functions[name]
                function = self._function(now, function) if changed else function
                found.functions[function.name.text] = self._worded(function, now)
            case "decision", model.Decision():
                decision = self._old.decisions[name]
                decision = self._decision(now, decision) if changed else decision
                found.decisions[decision.name.text] = self._worded(decision, now)
            case _:
                self._add(now, found)

    def _worded(self, part: _Part, now: _ModelElement) -> _Part:
        """With the title and description that other tools may have changed."""
        remark = self._remark(now.id)
        return replace(
            part,
            title=_words(part.title, remark.label),
            description=_words(part.description, remark.description),
        )

    def _fact(self, old: InputData, now: model.InputData) -> InputData:
        new = self._conversion.fact(now)
        titles = old.value_titles
        if isinstance(new.type, Enumeration):
            titles = {value: each for value, each in titles.items() if value in new.type.values}
        return replace(old, name=new.name, type=new.type, allowed=new.allowed, value_titles=titles)

    def _parameter(self, old: Parameter, now: model.Decision) -> Parameter:
        """The value in force when the model was made is what the model now says."""
        logic, day = now.logic, self._document.as_of
        if not isinstance(logic, boxed.LiteralExpression) or logic.text is None:
            raise NoTextError(NOT_A_VALUE)
        values = list(old.values)
        at = [
            place
            for place, each in enumerate(values)
            if each.since is None or day is None or each.since <= day
        ]
        place = at[-1] if at else 0
        values[place] = replace(values[place], value=logic.text)
        return replace(old, name=now.name, values=tuple(values))

    def _function(
        self, now: model.BusinessKnowledgeModel, old: BusinessKnowledgeModel | None
    ) -> BusinessKnowledgeModel:
        new = self._conversion.function(now)
        if old is None:
            return new
        return replace(new, title=old.title, description=old.description)

    def _decision(self, now: model.Decision, old: Decision | None) -> Decision:
        new = self._renaming.decision(self._conversion.decision(now))
        if old is None:
            return new
        logic = new.logic
        if isinstance(logic, DecisionTable) and isinstance(old.logic, DecisionTable):
            assert isinstance(now.logic, boxed.DecisionTable)  # noqa: S101 -- a table comes of one
            unchanged = self._unchanged_rules(now.logic)
            logic = merged_table(logic, old.logic, unchanged, self._document.as_of)
        kind = new.type if old.type is not None or isinstance(new.type, Enumeration) else None
        return replace(
            new,
            type=kind,
            logic=logic,
            title=old.title,
            description=old.description,
            value_titles=old.value_titles,
            because=old.because,
        )

    def _unchanged_rules(self, table: boxed.DecisionTable) -> list[bool]:
        """For each rule whether it says what it said when the model was made."""
        return [
            self._remark(each.id).fingerprint == rule_fingerprint(each, table)
            for each in table.rules
        ]

    def _add(self, now: _ModelElement, found: _Found) -> None:
        """An element that was not there before."""
        self._changed.add(now.id or "")
        name = now.name.text
        try:
            match now:
                case model.InputData():
                    found.facts[name] = self._conversion.fact(now)
                case model.BusinessKnowledgeModel():
                    found.functions[name] = self._function(now, None)
                case model.Decision():
                    found.decisions[name] = self._decision(now, None)
        except NoTextError as error:
            self._left_out[name] = error.reason
            self._problems.append(messages.not_carried(now.name.span(), name, error.reason))

    def _look_at_borrowed(self, each: _ModelElement, remark: Remark) -> None:
        if remark.fingerprint != fingerprint(each, self._model):
            self._problems.append(messages.not_carried(each.name.span(), each.name.text, BORROWED))

    def _name_the_rest(self) -> None:
        for service in self._model.services.values():
            reason = Text("a policy has no decision services", "策略中没有决策服务")
            self._problems.append(
                messages.not_carried(service.name.span(), service.name.text, reason)
            )
        for other in self._document.others:
            reason = Text(
                f"a policy has no place for `{other.kind}`", f"策略中没有 `{other.kind}` 的位置"
            )
            self._problems.append(messages.not_carried(other.span, other.name, reason))


def _words(old: Titles, now: str | None) -> Titles:
    """The old words, unless what was made of them was changed."""
    return old if (now or None) == both(old) else for_all(now)
