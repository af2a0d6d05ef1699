"""The elements of models, and what refers to what: `href`s, imports, names in the program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keyaccount.diagnostics import dmn_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.model import definitions as model

Element = model.InputData | model.Decision | model.BusinessKnowledgeModel | model.DecisionService


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An element, and the model that it is of."""

    model: model.Definitions
    element: Element

    @property
    def name(self) -> str:
        return self.element.name.text


class Models:
    """Some models, the main one first."""

    def __init__(self, models: Sequence[model.Definitions]) -> None:
        self.models = tuple(models)
        self.problems: list[Diagnostic] = []
        self.by_namespace = {each.namespace: each for each in reversed(models)}
        self.keys = _keys(models)
        self._nodes = [Node(each, element) for each in models for element in _elements(each)]
        self._by_id = {(n.model.namespace, n.element.id): n for n in reversed(self._nodes)}
        self._check_imports()
        self._required = {id(node): list(self._find_required(node)) for node in self._nodes}

    def all_of(self, kind: type[Element]) -> list[Node]:
        """All elements of a kind."""
        return [node for node in self._nodes if isinstance(node.element, kind)]

    def full_name(self, node: Node) -> str:
        """`model.name`."""
        return f"{self.keys[node.model.namespace]}.{node.name}"

    def fact_name(self, node: Node) -> str:
        """An input's name in the program."""
        is_main = node.model.namespace == self.models[0].namespace
        return node.name if is_main else self.full_name(node)

    def required(self, node: Node) -> list[Node]:
        """What an element's logic may name."""
        return self._required[id(node)]

    def found(self, references: Sequence[model.Reference], within: Node) -> list[Node]:
        """The elements that references point to; what is not there is reported."""
        return [
            found for each in references if (found := self._resolve(each, within.model)) is not None
        ]

    def prefix(self, node: Node, within: model.Definitions) -> str:
        """The prefix that an element's model has in another; "" for none."""
        if node.model.namespace == within.namespace:
            return ""
        names = (e.name for e in within.imports if e.namespace == node.model.namespace)
        return next(names, "")

    def _resolve(self, reference: model.Reference, within: model.Definitions) -> Node | None:
        namespace = reference.namespace or within.namespace
        found = self._by_id.get((namespace, reference.id))
        if found is None:
            self.problems.append(messages.unknown_reference(reference.span, reference.id))
        return found

    def _find_required(self, node: Node) -> Iterator[Node]:
        element = node.element
        if isinstance(element, model.Decision | model.BusinessKnowledgeModel):
            yield from self.found(element.requires, node)

    def _check_imports(self) -> None:
        for each in self.models:
            for imported in each.imports:
                is_dmn = "/DMN/" in imported.type
                if is_dmn and imported.namespace not in self.by_namespace:
                    problem = messages.unknown_import(imported.span, imported.namespace)
                    self.problems.append(problem)


def _elements(definitions: model.Definitions) -> list[Element]:
    return [
        *definitions.input_data.values(),
        *definitions.decisions.values(),
        *definitions.knowledge_models.values(),
        *definitions.services.values(),
    ]


def _keys(models: Sequence[model.Definitions]) -> dict[str, str]:
    """A name for each model, by namespace; a number behind those that others have."""
    keys: dict[str, str] = {}
    for each in models:
        base = each.name or each.namespace
        name, number = base, 1
        while name in keys.values():
            number += 1
            name = f"{base} {number}"
        keys.setdefault(each.namespace, name)
    return keys
