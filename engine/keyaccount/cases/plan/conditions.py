"""The FEEL of a plan, evaluated on a case: compiled once for each stretch of validity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from keyaccount.backends.python import CompiledProgram, compile_program
from keyaccount.feel.types import ContextType, Type
from keyaccount.ir import core
from keyaccount.ir.conditions import STEPS
from keyaccount.ir.editions import Editions
from keyaccount.ir.requirements import select
from keyaccount.ir.rewrite import descendants


@dataclass(frozen=True, slots=True)
class Found:
    """What an expression came to. `missing` are the facts it waits for where it is not known."""

    value: object
    is_known: bool = True
    missing: tuple[str, ...] = ()


class Condition:
    """One expression of a plan.

    `steps` are those that it asks about: a context of all would take long to make.
    """

    __slots__ = ("_compiled", "_editions", "_zone", "inputs", "name", "steps")

    def __init__(self, program: core.Program, name: str, zone: ZoneInfo) -> None:
        self.name = name
        self._zone = zone
        found = select(
            replace(
                program,
                facts={**_contexts(program.conditions[name]), **program.facts},
                decisions={**program.decisions, name: program.conditions[name]},
                conditions={},
            ),
            [name],
        )
        self.inputs = frozenset(found.facts)
        self.steps = _entries(found.facts[STEPS].type) if STEPS in found.facts else ()
        self._editions = Editions(found)
        self._compiled: dict[int, CompiledProgram] = {}

    def evaluate(self, given: Mapping[str, object], now: datetime) -> Found:
        """The value on a case.

        Args:
            given: facts and contexts by name; more than it looks at is no harm.
            now: aware; its date in the policy's zone picks what is in force.

        Raises:
            FactError: a fact does not fit what is declared.
            PolicyError: something needed is not in force on that date.
        """
        local = now.astimezone(self._zone)
        day = local.date()
        compiled = self._at(self._editions.stretch(day), local)
        facts = {name: given[name] for name in compiled.facts if name in given}
        outcome = compiled.decide_raw(facts, day, local)[0][-1]
        if isinstance(outcome, tuple):
            return Found(outcome[0])
        return Found(outcome.value, is_known=False, missing=outcome.missing)

    def _at(self, stretch: int, local: datetime) -> CompiledProgram:
        found = self._compiled.get(stretch)
        if found is None:
            made = compile_program(self._editions.at(local.date()), self.name)
            found = self._compiled.setdefault(stretch, made)
        return found


def _contexts(condition: core.Decision) -> dict[str, core.Fact]:
    """Declarations of what an expression names that is no policy's fact."""
    nullable = True
    nodes = tuple(descendants(condition.logic))
    return {
        node.name: core.Fact(
            node.name, _asked(node, nodes), nullable, None, None, {}, None, {}, (), condition.span
        )
        for node in nodes
        if isinstance(node, core.Input)
    }


def _asked(context: core.Input, nodes: Sequence[core.Expression]) -> Type:
    """The type of the steps that an expression asks about by name; else that of the whole."""
    if context.name != STEPS or not isinstance(context.type, ContextType):
        return context.type
    paths = [each for each in nodes if isinstance(each, core.Path) and _is_steps(each.base)]
    if len(paths) != sum(map(_is_steps, nodes)):
        return context.type
    names = {each.name for each in paths}
    return ContextType(tuple(each for each in context.type.entries if each[0] in names))


def _is_steps(node: core.Expression) -> bool:
    return isinstance(node, core.Input) and node.name == STEPS


def _entries(type_: Type) -> tuple[str, ...]:
    return tuple(name for name, _ in type_.entries) if isinstance(type_, ContextType) else ()
