"""A DMN model as it is: read, compiled, asked. It follows DMN's own null rules.

>>> model = DecisionModel.load(Path("loan.dmn"))  # doctest: +SKIP
>>> model.decide("Approval", {"Amount": 1000})  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal as OneOf

from keyaccount.backends.python import CompiledProgram, compile_program
from keyaccount.backends.reference import interpreter
from keyaccount.diagnostics import dmn_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError
from keyaccount.feel.budget import limited, spend_on_tree
from keyaccount.feel.types import ANY
from keyaccount.feel.values.python import NotAFeelValueError, from_python
from keyaccount.feel.values.typing import conform
from keyaccount.formats.dmn_xml import read_definitions
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from keyaccount.ir.lowering.dmn import LoweredModels, lower_definitions
from keyaccount.ir.outcome import Outcome, Status
from keyaccount.ir.requirements import select
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.source import Source

Backend = OneOf["reference", "python"]
_RESULT = "result"


class DecisionModel:
    """A model, with those that it imports."""

    def __init__(
        self,
        lowered: LoweredModels,
        backend: Backend = "python",
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._limits = limits
        self._lowered = lowered
        self._backend: Backend = backend
        self._key = next(iter(lowered.keys.values()))
        self._programs: dict[str, core.Program] = {}
        self._compiled: dict[str, CompiledProgram] = {}

    @classmethod
    def load(
        cls,
        origin: Path | Source,
        others: Sequence[Path | Source] = (),
        limits: Limits = DEFAULT_LIMITS,
        backend: Backend = "python",
    ) -> DecisionModel:
        """Read a model and those that it imports.

        Args:
            origin: the model.
            others: those that it imports.
            limits: of the files, and of each evaluation.
            backend: what evaluates.

        Raises:
            PolicyError: with all that is wrong with them.
        """
        models = [read_definitions(each, limits) for each in (origin, *others)]
        with limited(limits):
            try:
                return cls(lower_definitions(models, limits), backend, limits)
            except RecursionError:
                raise PolicyError([messages.boxes_too_deep(models[0].span)]) from None

    @property
    def program(self) -> core.Program:
        """All of it, before it is bound."""
        return self._lowered.program

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is null when it runs: unknown names, types that don't fit, FEEL that is none."""
        return self._lowered.warnings

    def decisions(self) -> list[str]:
        """The names of the model's own decisions."""
        return self._own(self.program.decisions)

    def functions(self) -> list[str]:
        """The names of the model's own knowledge models and decision services."""
        return self._own(self.program.functions)

    def fact_name(self, name: str, namespace: str | None = None) -> str:
        """The name that an input has among the facts.

        Args:
            name: as its model has it.
            namespace: of its model; where left out, this one or the only other that has it.
        """
        facts = self.program.facts
        if namespace is not None and namespace in self._lowered.keys:
            qualified = f"{self._lowered.keys[namespace]}.{name}"
            return qualified if qualified in facts else name
        return name if name in facts else self._elsewhere(name, facts) or name

    def _elsewhere(self, name: str, named: Mapping[str, object]) -> str | None:
        """The full name of what exactly one imported model has under a name."""
        found = [full for key in self._lowered.keys.values() if (full := f"{key}.{name}") in named]
        return found[0] if len(found) == 1 else None

    def decide(
        self,
        name: str,
        facts: Mapping[str, object],
        as_of: date | None = None,
        now: datetime | None = None,
    ) -> object:
        """The value of a decision, as FEEL has it.

        Args:
            name: of the decision; `model.name` for one of an imported model.
            facts: by name; what is not given, or not what is declared, is null.
            as_of: what `today()` gives; today where left out.
            now: what `now()` gives; midnight where left out.

        Raises:
            PolicyError: there is no such decision, a fact is nothing that FEEL knows,
                or the evaluation takes more than the limits allow.
        """
        full = self._full(name, self.program.decisions)
        if full not in self._programs:
            self._programs[full] = bind(select(self.program, [full]), date.min)
        return self._value(full, self._programs[full], facts, as_of, now)

    def invoke(
        self,
        name: str,
        arguments: Mapping[str, object],
        as_of: date | None = None,
        now: datetime | None = None,
    ) -> object:
        """The value of a knowledge model or decision service for arguments by name.

        Those left out are null. With several output decisions the value is a
        context of theirs.

        Raises:
            PolicyError: there is no such function; else as `decide`.
        """
        full = self._full(name, self.program.functions)
        if full not in self._programs:
            self._programs[full] = self._called(full)
        return self._value(full, self._programs[full], arguments, as_of, now)

    def _called(self, full: str) -> core.Program:
        """A program of one decision: the function, applied to facts."""
        function = self.program.functions[full]
        span = function.span
        facts = {
            name: core.Fact(name, ANY, True, None, None, {}, None, {}, (), span)  # noqa: FBT003 -- nullable
            for name, _ in function.signature
        }
        arguments = tuple(core.Input(ANY, span, name) for name in facts)
        called = core.NamedFunction(function.type, span, full)
        logic = core.Apply(ANY, span, called, arguments)
        decision = core.Decision(f"{full}.{_RESULT}", full, ANY, logic, {}, {}, {}, span)
        whole = replace(self.program, facts=facts, decisions={full: decision})
        return bind(select(whole, [full]), date.min)

    def _value(
        self,
        full: str,
        program: core.Program,
        given: Mapping[str, object],
        as_of: date | None,
        now: datetime | None,
    ) -> object:
        day = as_of or date.today()  # noqa: DTZ011 -- the caller's own day, where he names none
        with limited(self._limits):
            try:
                facts = {
                    name: conformed_fact(fact, _fact(name, given[name]), day)
                    for name, fact in program.facts.items()
                    if given.get(name) is not None
                }
                outcome = self._outcomes(full, program, facts, day, now)[full]
            except RecursionError:
                raise PolicyError([messages.runs_too_deep(full)]) from None
            value = outcome.value if outcome.status is Status.DECIDED else None
            spend_on_tree(value)
        return value

    def _outcomes(
        self,
        full: str,
        program: core.Program,
        facts: Mapping[str, object],
        as_of: date,
        now: datetime | None,
    ) -> dict[str, Outcome]:
        if self._backend == "reference":
            return interpreter.evaluate(program, facts, as_of, now)
        if full not in self._compiled:
            self._compiled[full] = compile_program(program, full)
        return self._compiled[full].decide(facts, as_of, now)

    def _own(self, named: Mapping[str, object]) -> list[str]:
        prefix = f"{self._key}."
        return [each.removeprefix(prefix) for each in named if each.startswith(prefix)]

    def _full(self, name: str, named: Mapping[str, object]) -> str:
        for full in (f"{self._key}.{name}", name):
            if full in named:
                return full
        elsewhere = self._elsewhere(name, named)
        if elsewhere is not None:
            return elsewhere
        raise PolicyError([messages.unknown_decision(name, self._own(named))])


def _fact(name: str, value: object) -> object:
    try:
        return from_python(value)
    except NotAFeelValueError:
        raise PolicyError([messages.not_a_value(name)]) from None


def conformed_fact(fact: core.Fact, value: object, as_of: date) -> object:
    """The value of an input: null where it is not what the input declares."""
    fitting = conform(value, fact.type)
    if fitting is None or not interpreter.allows(fact, fitting, as_of):
        return None
    return fitting
