"""Lower models of DMN XML to one program. Source: DMN 1.5, clause 6 and 10.4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyaccount.diagnostics import policy_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, Severity
from keyaccount.feel.types import ANY, Type
from keyaccount.ir import core
from keyaccount.ir.lowering.dmn.graph import Element, Models, Node
from keyaccount.ir.lowering.dmn.parts import Parts
from keyaccount.ir.lowering.names import Unit
from keyaccount.ir.requirements import in_order
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.model import definitions as model


@dataclass(frozen=True, slots=True)
class LoweredModels:
    """Models as one program.

    Facts go by their name in the main model, those of an imported one by
    `model.name`; decisions and functions (knowledge models and services) by
    `model.name` always. `warnings` are what is null when it runs.
    """

    program: core.Program
    warnings: tuple[Diagnostic, ...]
    keys: Mapping[str, str]
    """The name that a model goes by in the program, by its namespace."""


def lower_definitions(
    models: Sequence[model.Definitions], limits: Limits = DEFAULT_LIMITS
) -> LoweredModels:
    """The program of some models, the main one first; their imports must be among them.

    Raises:
        PolicyError: references to nothing, decisions that need themselves.
    """
    unit = Unit(strict=False)
    graph = Models(models)
    problems = [*graph.problems]
    parts = Parts(graph, unit, limits)
    facts = {graph.fact_name(node): parts.fact(node) for node in graph.all_of(model.InputData)}
    decisions, circles = _decisions(graph, parts)
    functions = {graph.full_name(node): parts.knowledge_model(node) for node in _callable(graph)}
    problems += circles
    if any(each.severity is Severity.ERROR for each in problems):
        raise PolicyError(problems)
    program = core.Program(facts, {}, decisions, functions=functions)
    return LoweredModels(program, tuple(unit.problems), graph.keys)


def _callable(graph: Models) -> list[Node]:
    return [*graph.all_of(model.BusinessKnowledgeModel), *graph.all_of(model.DecisionService)]


def _decisions(graph: Models, parts: Parts) -> tuple[dict[str, core.Decision], list[Diagnostic]]:
    by_name = {graph.full_name(node): node for node in graph.all_of(model.Decision)}
    needs = {
        name: [
            graph.full_name(needed)
            for needed in graph.required(node)
            if isinstance(needed.element, model.Decision)
        ]
        for name, node in by_name.items()
    }
    order, cycles = in_order(needs)
    problems = [
        policy_messages.cycle(by_name[circle[0]].element.name.span(), circle) for circle in cycles
    ]
    types: dict[str, Type] = dict.fromkeys(by_name, ANY)
    decisions: dict[str, core.Decision] = {}
    for name in order:
        decisions[name] = parts.decision(by_name[name], types)
        types[name] = decisions[name].type
    return decisions, problems


__all__ = ["Element", "LoweredModels", "lower_definitions"]
