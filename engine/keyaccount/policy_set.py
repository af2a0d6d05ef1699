"""The facade: open a folder of policies, pick what is in force, compile once, decide."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from keyaccount.backends.python import CompiledProgram, compile_program
from keyaccount.diagnostics.diagnostic import Diagnostic, Language, UnknownNameError
from keyaccount.diagnostics.name_messages import unknown_decision, unknown_policy
from keyaccount.feel.budget import allowing
from keyaccount.formats.yaml.reader import read_policies
from keyaccount.ir import core
from keyaccount.ir.binding import bind
from keyaccount.ir.editions import Editions
from keyaccount.ir.lowering import lower
from keyaccount.ir.requirements import select
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.model.policy import DecisionTable, Policy
from keyaccount.result import Frame, Result
from keyaccount.source import Source

if TYPE_CHECKING:
    from keyaccount.backends.events import EventRules
    from keyaccount.explain.explanation import Explanation


_MOST_SERIES = 200
"""Which decisions are wanted comes from outside: what was compiled for each choice is not kept
without end."""


class PolicySet:
    """Policies that belong together, ready to decide.

    Thread-safe. Policies are compiled when they are first used, once for each
    stretch of time in which the same figures and rules are in force.

    >>> policies = PolicySet.load("policies")                   # doctest: +SKIP
    >>> result = policies.decide("classification", {"monthly_tonnes": 20})  # doctest: +SKIP
    >>> result["economic_account"].value                        # doctest: +SKIP
    True
    """

    def __init__(self, policies: Mapping[str, Policy], limits: Limits = DEFAULT_LIMITS) -> None:
        self.policies = policies
        self.limits = limits
        with allowing(limits):
            self.program = lower(policies)
        self._series: dict[tuple[str, tuple[str, ...] | None], Series] = {}

    @classmethod
    def load(cls, folder: str | Path, limits: Limits = DEFAULT_LIMITS) -> PolicySet:
        """Read every policy of a folder.

        Args:
            folder: its files `*.yaml` and `*.yml`.
            limits: of the files, and of each evaluation.

        Raises:
            PolicyError: with every mistake in every file.
        """
        return cls(read_policies(Path(folder), limits), limits)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The files that the policies were read from, by name."""
        return tuple(sorted(_sources(self.policies), key=lambda each: Path(each.name).name))

    @cached_property
    def version(self) -> str:
        """A hash of the policies' content: the same texts, the same version."""
        digest = hashlib.sha256()
        for source in self.sources:
            for part in (Path(source.name).name, source.text):
                data = part.encode()
                digest.update(len(data).to_bytes(8, "big") + data)
        return digest.hexdigest()[:16]

    @cached_property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What `verify` finds in the policies: overlaps, what is never used."""
        # Imported late: deciding needs no checks of whole policies.
        from keyaccount.verify.program import verify

        return verify(self.program)

    def decide(
        self,
        policy: str,
        facts: Mapping[str, object],
        *,
        as_of: date | None = None,
        now: datetime | None = None,
        decisions: Sequence[str] | None = None,
    ) -> Result:
        """Decide one case.

        Args:
            policy: the policy's name.
            facts: values by fact name; what is left out is unknown. Facts of
                these policies at which the decisions do not look are let pass.
            as_of: the date whose figures and rules apply (of a `datetime`, the
                date as written); today in the policy's time zone where it is
                left out.
            now: the instant that `now()` gives.
            decisions: the local names of the decisions wanted; all where left out.

        Raises:
            FactError: the facts do not fit what is declared.
            PolicyError: something needed is not in force on that date.
            UnknownNameError: no such policy or decision; it is a KeyError.
        """
        day = as_of if type(as_of) is date else self._day(policy, as_of)
        edition = self._opened(policy, decisions).at(day)
        return Result(edition.frame, edition.compiled.decide_raw(facts, day, now), day)

    def explain(
        self,
        policy: str,
        facts: Mapping[str, object],
        *,
        as_of: date | None = None,
        now: datetime | None = None,
        decisions: Sequence[str] | None = None,
    ) -> Explanation:
        """Decide one case under observation: why, why not, and by how much. Raises as `decide`."""
        # Imported late: who only decides need not wait for it.
        from keyaccount.explain.explanation import Explanation, explain

        result = self.decide(policy, facts, as_of=as_of, now=now, decisions=decisions)
        program = self._opened(policy, decisions).at(result.as_of).program
        with allowing(self.limits):
            told = explain(program, result.facts, result.as_of, now)
        own = {name: told[f"{policy}.{name}"] for name in result}
        return Explanation(policy, self.version, result.as_of, own)

    def event_rules(self, policy: str) -> EventRules:
        """The event rules of a policy, and those whose results it needs. Raises: UnknownNameError.

        `keyaccount.backends.events` runs them.
        """
        # Imported late: who only decides need not wait for it.
        from keyaccount.backends.events import EventRules

        self._policy(policy)
        return EventRules(self.program, policy)

    def bound(
        self, policy: str, as_of: date, decisions: Sequence[str] | None = None
    ) -> core.Program:
        """The program of a policy's decisions and all that they need, bound to a date."""
        return bind(select(self.program, self.full_names(policy, decisions)), as_of)

    def full_names(self, policy: str, decisions: Sequence[str] | None = None) -> list[str]:
        """The full names of decisions of a policy; of all, in the author's order.

        Raises:
            UnknownNameError: no such policy or decision.
        """
        own = self._policy(policy).decisions
        local = tuple(own if decisions is None else decisions)
        unknown = [each for each in local if each not in own]
        if unknown:
            raise UnknownNameError(unknown_decision(policy, each, own) for each in unknown)
        return [f"{policy}.{each}" for each in local]

    def today(self, policy: str) -> date:
        """Today's date in the policy's time zone. Raises: UnknownNameError."""
        return datetime.now(ZoneInfo(self._policy(policy).time_zone)).date()

    def _day(self, policy: str, as_of: object) -> date:
        match as_of:
            case None:
                return self.today(policy)
            case datetime():
                return as_of.date()
            case date():
                return as_of
            case _:
                raise TypeError(f"as_of must be a date, not {as_of!r}")

    def _policy(self, name: str) -> Policy:
        found = self.policies.get(name)
        if found is None:
            raise UnknownNameError([unknown_policy(name, self.policies)])
        return found

    def _opened(self, policy: str, decisions: Sequence[str] | None) -> Series:
        key = (policy, None if decisions is None else tuple(decisions))
        found = self._series.get(key)
        if found is None:
            if isinstance(decisions, str):
                raise TypeError(f"decisions must be a list of names, not the text {decisions!r}")
            if len(self._series) >= _MOST_SERIES:
                self._series.clear()
            found = self._series.setdefault(key, Series(self, *key))
        return found


class Edition:
    """A policy's decisions as they are in force over a stretch of time, compiled."""

    __slots__ = ("_limits", "compiled", "frame", "program")

    def __init__(
        self,
        program: core.Program,
        policy: str,
        version: str,
        wanted: Sequence[str],
        limits: Limits,
        declared: Container[str],
    ) -> None:
        self.program = program
        self._limits = limits
        with allowing(limits):
            self.compiled: CompiledProgram = compile_program(program, policy, declared)
        places = {name: place for place, name in enumerate(program.decisions)}
        positions = {name.removeprefix(policy + "."): places[name] for name in wanted}
        self.frame = Frame(policy, version, positions, self.compiled.facts, self._because)

    def _because(self, result: Result, decision: str, language: Language) -> tuple[str, ...]:
        # Imported late: reasons are put into words only where somebody reads them.
        from keyaccount.backends.reference.interpreter import evaluate_observed
        from keyaccount.explain.reasons import reasons

        full = f"{result.policy}.{decision}"
        with allowing(self._limits):
            run = evaluate_observed(self.program, result.facts, result.as_of, None, None)
            return reasons(self.program.decisions[full], result[decision].rules, run, language)


class Series:
    """The editions of a policy's decisions by date, each compiled when it is first needed."""

    __slots__ = ("_compiled", "_declared", "_editions", "_limits", "_policy", "_version", "_wanted")

    def __init__(self, policies: PolicySet, policy: str, decisions: tuple[str, ...] | None) -> None:
        self._declared = policies.program.facts
        self._policy = policy
        self._limits = policies.limits
        self._version = policies.version
        self._wanted = policies.full_names(policy, decisions)
        self._editions = Editions(select(policies.program, self._wanted, reasons=True))
        self._compiled: dict[int, Edition] = {}

    def at(self, day: date) -> Edition:
        """The edition in force on a date."""
        stretch = self._editions.stretch(day)
        found = self._compiled.get(stretch)
        if found is None:
            # Two threads may both compile; the first to finish is kept.
            program = self._editions.at(day)
            made = Edition(
                program,
                self._policy,
                self._version,
                self._wanted,
                self._limits,
                self._declared,
            )
            found = self._compiled.setdefault(stretch, made)
        return found


def _sources(policies: Mapping[str, Policy]) -> set[Source]:
    """The files that the policies were read from, tables included."""
    found = {each.span.source for each in policies.values()}
    for policy in policies.values():
        for decision in policy.decisions.values():
            if isinstance(decision.logic, DecisionTable):
                found.update(rule.id.source for rule in decision.logic.rules)
        for calendar in policy.calendars.values():
            if calendar.holidays is not None:
                found.update(calendar.holidays.sources)
    return found
