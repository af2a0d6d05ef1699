"""What of a model a policy can carry: converted, written, read back, lowered, until it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from keyaccount.diagnostics import interchange_messages as messages
from keyaccount.diagnostics.diagnostic import (
    Diagnostic,
    PolicyError,
    Severity,
    Text,
    in_order,
)
from keyaccount.feel.types import ANY, STRING, Enumeration
from keyaccount.formats.dmn_xml.document import Document
from keyaccount.formats.yaml.reader import DEFAULT_TIME_ZONE, Inspection, inspect_policy
from keyaccount.formats.yaml.writer import write_policy
from keyaccount.interchange.boxed_text import NoTextError
from keyaccount.interchange.conversion import NAME, WIDER, Conversion
from keyaccount.interchange.feel_text import whole
from keyaccount.interchange.people import for_all
from keyaccount.ir.lowering.program import lower_as_far
from keyaccount.model import definitions as model
from keyaccount.model.policy import (
    BusinessKnowledgeModel,
    Decision,
    InputData,
    Policy,
)
from keyaccount.source import Fragment, Source, Span

SERVICE = Text("a policy has no decision services", "策略中没有决策服务")
IMPORT = Text("a policy imports no models", "策略不能导入模型")
RENAMED = Text("a policy has no such names; it is written as {}", "策略不能使用这样的名称；写作 {}")

_Element = model.InputData | model.BusinessKnowledgeModel | model.Decision


@dataclass(frozen=True, slots=True)
class Imported:
    """A policy's text, and what of the model is not, or not quite, in it."""

    text: str
    warnings: tuple[Diagnostic, ...]
    left_out: Mapping[str, Text]
    """The elements that are not carried, with the reason."""
    loosened: frozenset[str] = frozenset()
    """The elements that are carried with less than the model declares."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """The texts of the tables that stand beside the policy, by name."""


def carry(document: Document) -> Imported:
    """The policy of a model that was not one before.

    Raises:
        PolicyError: no decision of the model can be a policy's.
    """
    return _Carrying(document).imported()


@dataclass(slots=True)
class _Parts:
    """The elements still carried."""

    facts: dict[str, InputData] = field(default_factory=dict)
    functions: dict[str, BusinessKnowledgeModel] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)


class _Carrying:
    """One model on its way into a policy."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._model = document.definitions
        self._conversion = Conversion(document)
        self._parts = _Parts()
        self._left_out: dict[str, Text] = {}
        self._problems: list[Diagnostic] = []
        self._loosened: set[str] = set()

    def imported(self) -> Imported:
        self._name_the_rest()
        self._convert()
        while True:
            self._drop_dependents()
            if not self._parts.decisions:
                raise PolicyError([messages.nothing_carried(self._model.span), *self._warnings()])
            policy = self._policy()
            text = write_policy(policy)
            read = inspect_policy(Source("policy.yaml", text))
            problems = _problems(read)
            if not problems:
                return Imported(text, self._warnings(), self._left_out, self._less_strict())
            self._give_way(read, problems)

    def _warnings(self) -> tuple[Diagnostic, ...]:
        kept = {*self._parts.facts, *self._parts.functions, *self._parts.decisions}
        noted = [
            each
            for each in self._conversion.problems
            if each.span is not None and self._owner(each.span) in kept
        ]
        return in_order([*self._problems, *noted])

    def _less_strict(self) -> frozenset[str]:
        """The elements that are less strict, with all that need them."""
        told = (e.span for e in self._warnings() if e.code == messages.LOOSENED)
        found = {self._owner(span) for span in told if span is not None}
        elements = self._elements()
        by_id = {each.id: name for name, each in elements.items()}
        before = -1
        while len(found) > before:
            before = len(found)
            for name, each in elements.items():
                if not isinstance(each, model.InputData):
                    needed = {by_id.get(reference.id) for reference in each.requires}
                    found |= {name} if needed & (found - {None}) else set()
        return frozenset(each for each in found if each is not None and each not in self._left_out)

    def _owner(self, span: Span) -> str | None:
        """The element that a place of the file is in."""
        for name, each in self._elements().items():
            if each.span.start <= span.start < each.span.end:
                return name
        return None

    def _elements(self) -> dict[str, _Element]:
        return {
            **self._model.input_data,
            **self._model.knowledge_models,
            **self._model.decisions,
        }

    def _name_the_rest(self) -> None:
        """What has no place in a policy at all."""
        for service in self._model.services.values():
            self._leave_out(service.name.text, SERVICE, service.name.span())
        for each in self._model.imports:
            self._leave_out(each.name or each.namespace, IMPORT, each.span)
        for other in self._document.others:
            reason = Text(
                f"a policy has no place for `{other.kind}`", f"策略中没有 `{other.kind}` 的位置"
            )
            self._problems.append(messages.not_carried(other.span, other.name, reason))

    def _leave_out(self, name: str, reason: Text, span: Span) -> None:
        self._left_out[name] = reason
        self._problems.append(messages.not_carried(span, name, reason))

    def _convert(self) -> None:
        conversion, parts = self._conversion, self._parts
        for name, data in self._model.input_data.items():
            try:
                parts.facts[name] = conversion.fact(data)
            except NoTextError as error:
                self._leave_out(name, error.reason, data.name.span())
        for name, knowledge in self._model.knowledge_models.items():
            try:
                parts.functions[name] = conversion.function(knowledge)
            except NoTextError as error:
                self._leave_out(name, error.reason, knowledge.name.span())
        for name, decision in self._model.decisions.items():
            try:
                parts.decisions[name] = conversion.decision(decision)
            except NoTextError as error:
                self._leave_out(name, error.reason, decision.name.span())

    def _drop_dependents(self) -> None:
        """Leave out what needs what is left out, until nothing does."""
        elements = self._elements()
        by_id = {each.id: name for name, each in elements.items()}
        by_id |= {each.id: name for name, each in self._model.services.items()}
        changed = True
        while changed:
            changed = False
            for name, each in elements.items():
                if name in self._left_out or isinstance(each, model.InputData):
                    continue
                missing = self._missing(each.requires, by_id)
                if missing:
                    changed = True
                    self._drop(name, messages.needs_what_is_left_out(missing))

    def _missing(
        self, references: Iterable[model.Reference], by_id: Mapping[str | None, str]
    ) -> list[str]:
        """What is required and left out; another model's elements by their id."""
        needed = [
            each.id if each.namespace not in (None, self._model.namespace) else by_id.get(each.id)
            for each in references
        ]
        known = {*self._parts.facts, *self._parts.functions, *self._parts.decisions}
        return [each for each in needed if each is not None and each not in known]

    def _drop(self, name: str, reason: Text) -> None:
        for group in (self._parts.facts, self._parts.functions, self._parts.decisions):
            group.pop(name, None)
        self._leave_out(name, reason, self._elements()[name].name.span())

    def _policy(self) -> Policy:
        remark = self._document.remarks.get(self._model.id or "")
        return Policy(
            name=_policy_name(self._model, self._problems),
            title=for_all(None if remark is None else remark.label),
            owner=None,
            time_zone=DEFAULT_TIME_ZONE,
            facts=self._parts.facts,
            parameters={},
            functions=self._parts.functions,
            decisions=self._parts.decisions,
            span=self._model.span,
            description=for_all(None if remark is None else remark.description),
        )

    def _give_way(self, read: Inspection, problems: Iterable[Diagnostic]) -> None:
        """For each element with a mistake: a wider type, else leave it out."""
        blamed: dict[str, Diagnostic] = {}
        for problem in problems:
            name = _blamed(read, problem)
            if name is None:
                raise PolicyError([problem])
            blamed.setdefault(name, problem)
        for name, problem in blamed.items():
            if name not in self._loosened and self._loosen(name):
                self._loosened.add(name)
                place = self._elements()[name].name.span()
                self._problems.append(messages.loosened(place, name, WIDER))
            else:
                self._drop(name, problem.message)

    def _loosen(self, name: str) -> bool:
        """Whether an input now declares less; a decision that declared less would give more."""
        fact = self._parts.facts.get(name)
        if fact is None:
            return False
        wider = STRING if isinstance(fact.type, Enumeration) else ANY
        self._parts.facts[name] = replace(fact, type=wider, allowed=None)
        return wider != fact.type or fact.allowed is not None


def _problems(inspection: Inspection) -> list[Diagnostic]:
    """What is wrong with a policy's text, as a file and as a policy."""
    found = [e for e in inspection.diagnostics if e.severity is Severity.ERROR]
    if found or not inspection.policies:
        return found
    _, problems = lower_as_far(inspection.policies)
    return [each for each in problems if each.severity is Severity.ERROR]


def _blamed(inspection: Inspection, problem: Diagnostic) -> str | None:
    """The element that a mistake is in."""
    for policy in inspection.policies.values():
        for group in (policy.facts, policy.functions, policy.decisions):
            for name, each in group.items():
                span = problem.span
                if span is not None and each.span.start <= span.start <= each.span.end:
                    return name
    return None


def _policy_name(definitions: model.Definitions, problems: list[Diagnostic]) -> Fragment:
    name = definitions.name.strip()
    if NAME.match(name):
        return whole(name)
    written = re.sub(r"[^\w ]", "_", name).strip()
    written = written if NAME.match(written) else f"model_{written}".rstrip("_")
    reason = Text(*(each.format(f"`{written}`") for each in (RENAMED.en, RENAMED.zh)))
    problem = messages.loosened(definitions.span, name, reason)
    if problem not in problems:
        problems.append(problem)
    return whole(written)
