"""A DMN model as its XML says it: what `<definitions>` holds, in DMN's nouns.

Where a policy is strict, a model follows DMN's own rules: what does not fit is
null. Source: DMN 1.5, clauses 6 and 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keyaccount.model import boxed
from keyaccount.source import Fragment, Span


@dataclass(frozen=True, slots=True)
class Import:
    """Another model, whose elements are named with a prefix here; "" for none."""

    name: str
    namespace: str
    type: str
    span: Span


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """The type of a function."""

    parameters: tuple[tuple[str, Fragment | None], ...]
    result: Fragment | None


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type by name, or a component of one.

    `allowed` are unary tests of a value, of each item in a collection;
    `constraint` is one of the whole (DMN 1.5).
    """

    name: Fragment
    type: Fragment | None
    components: tuple[ItemDefinition, ...]
    is_collection: bool
    allowed: Fragment | None
    constraint: Fragment | None
    function: FunctionItem | None
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """An `href`: an element by id, of this model or, with a namespace, maybe of another."""

    namespace: str | None
    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class InputData:
    """What comes in from outside."""

    id: str | None
    name: Fragment
    type: Fragment | None
    span: Span


@dataclass(frozen=True, slots=True)
class BusinessKnowledgeModel:
    """A named function; `type` is its variable's: of the function, or of its result."""

    id: str | None
    name: Fragment
    type: Fragment | None
    logic: boxed.FunctionDefinition | None
    requires: tuple[Reference, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision; `requires` are the inputs, decisions and functions that its logic may name."""

    id: str | None
    name: Fragment
    type: Fragment | None
    logic: boxed.Expression | None
    requires: tuple[Reference, ...]
    question: str | None
    allowed_answers: str | None
    description: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decisions as one function of some input data and of decisions that come in as values."""

    id: str | None
    name: Fragment
    type: Fragment | None
    outputs: tuple[Reference, ...]
    encapsulated: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    input_data: tuple[Reference, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Definitions:
    """One model. Mappings are keyed by name, in the author's order."""

    name: str
    namespace: str
    id: str | None
    version: str
    imports: tuple[Import, ...]
    item_definitions: Mapping[str, ItemDefinition]
    input_data: Mapping[str, InputData]
    knowledge_models: Mapping[str, BusinessKnowledgeModel]
    decisions: Mapping[str, Decision]
    services: Mapping[str, DecisionService]
    span: Span
