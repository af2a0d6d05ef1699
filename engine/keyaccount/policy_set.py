"""The facade: open a folder of policies, pick what is in force, compile once, decide."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from keyaccount.backends.python import CompiledProgram, compile_program
from keyaccount.backends.reference.interpreter import evaluate_observed
from keyaccount.diagnostics.diagnostic import Diagnostic, Language
from keyaccount.explain.explanation import Explanation, explain
from keyaccount.explain.reasons import reasons
from keyaccount.formats.yaml.reader import read_policies
from keyaccount.ir import core
from keyaccount.ir.binding import bind, break_points
from keyaccount.ir.lowering import lower
from keyaccount.ir.requirements import select
from keyaccount.model.policy import DecisionTable, Policy
from keyaccount.result import Frame, Result
from keyaccount.source import Source
from keyaccount.verify.program import verify


class PolicySet:
    """Policies that belong together, ready to decide.

    Thread-safe. Policies are compiled when they are first used, once for each
    stretch of time in which the same figures and rules are in force.

    >>> policies = PolicySet.load("policies")                   # doctest: +SKIP
    >>> result = policies.decide("classification", {"monthly_tonnes": 20})  # doctest: +SKIP
    >>> result["economic_account"].value                        # doctest: +SKIP
    True
    """

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self.policies = policies
        self.program = lower(policies)
        self._zones = {name: ZoneInfo(each.time_zone) for name, each in policies.items()}
        self._series: dict[tuple[str, tuple[str, ...] | None], Series] = {}

    @classmethod
    def load(cls, folder: str | Path) -> PolicySet:
        """Read every policy of a folder.

        Raises:
            PolicyError: with every mistake in every file.
        """
        return cls(read_policies(Path(folder)))

    @cached_property
    def version(self) -> str:
        """A hash of the policies' content: the same texts, the same version."""
        digest = hashlib.sha256()
        for source in sorted(_sources(self.policies), key=lambda each: Path(each.name).name):
            for part in (Path(source.name).name, source.text):
                data = part.encode()
                digest.update(len(data).to_bytes(8, "big") + data)
        return digest.hexdigest()[:16]

    @cached_property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What `verify` finds in the policies: overlaps, what is never used."""
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
            facts: values by fact name; what is left out is unknown.
            as_of: the date whose figures and rules apply; today in the
                policy's time zone where it is left out.
            now: the instant that `now()` gives.
            decisions: the local names of the decisions wanted; all where left out.

        Raises:
            FactError: the facts do not fit what is declared.
            PolicyError: something needed is not in force on that date.
            KeyError: no such policy or decision.
        """
        wanted = None if decisions is None else tuple(decisions)
        series = self._series.get((policy, wanted)) or self._new_series(policy, wanted)
        day = as_of if as_of is not None else self.today(policy)
        edition = series.at(day)
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
        result = self.decide(policy, facts, as_of=as_of, now=now, decisions=decisions)
        program = self.bound(policy, result.as_of, decisions)
        told = explain(program, result.facts, result.as_of, now)
        wanted = {f"{policy}.{name}" for name in result}
        own = {name: each for name, each in told.items() if name in wanted}
        return Explanation(policy, self.version, result.as_of, own)

    def bound(
        self, policy: str, as_of: date, decisions: Sequence[str] | None = None
    ) -> core.Program:
        """The program of a policy's decisions and all that they need, bound to a date."""
        return bind(select(self.program, self.full_names(policy, decisions)), as_of)

    def full_names(self, policy: str, decisions: Sequence[str] | None = None) -> list[str]:
        """The full names of decisions of a policy; of all, in the author's order."""
        local = self.policies[policy].decisions if decisions is None else decisions
        names = [f"{policy}.{each}" for each in local]
        for name in names:
            if name not in self.program.decisions:
                raise KeyError(name)
        return names

    def today(self, policy: str) -> date:
        """Today's date in the policy's time zone."""
        return datetime.now(self._zones[policy]).date()

    def _new_series(self, policy: str, decisions: tuple[str, ...] | None) -> Series:
        self.full_names(policy, decisions)
        series = Series(self, policy, decisions)
        return self._series.setdefault((policy, decisions), series)


class Edition:
    """A policy's decisions as they are in force over a stretch of time, compiled."""

    __slots__ = ("compiled", "frame", "program")

    def __init__(
        self, policies: PolicySet, policy: str, decisions: Sequence[str] | None, day: date
    ) -> None:
        self.program = policies.bound(policy, day, decisions)
        self.compiled: CompiledProgram = compile_program(self.program, policy)
        wanted = policies.full_names(policy, decisions)
        self.frame = Frame(
            policy,
            policies.version,
            {
                name.removeprefix(policy + "."): list(self.program.decisions).index(name)
                for name in wanted
            },
            self.compiled.facts,
            self._because,
        )

    def _because(self, result: Result, decision: str, language: Language) -> tuple[str, ...]:
        run = evaluate_observed(self.program, result.facts, result.as_of, None, None)
        full = f"{result.policy}.{decision}"
        return reasons(self.program.decisions[full], result[decision].rules, run, language)


class Series:
    """The editions of a policy's decisions by date, each compiled when it is first needed."""

    __slots__ = ("_dates", "_decisions", "_editions", "_policies", "_policy")

    def __init__(self, policies: PolicySet, policy: str, decisions: tuple[str, ...] | None) -> None:
        self._policies = policies
        self._policy = policy
        self._decisions = decisions
        chosen = select(policies.program, policies.full_names(policy, decisions))
        self._dates = break_points(chosen)
        self._editions: dict[int, Edition] = {}

    def at(self, day: date) -> Edition:
        """The edition in force on a date."""
        stretch = bisect_right(self._dates, day)
        found = self._editions.get(stretch)
        if found is None:
            # Two threads may both compile; the first to finish is kept.
            made = Edition(self._policies, self._policy, self._decisions, day)
            found = self._editions.setdefault(stretch, made)
        return found


def _sources(policies: Mapping[str, Policy]) -> set[Source]:
    """The files that the policies were read from, tables beside them included."""
    found = {each.span.source for each in policies.values()}
    for policy in policies.values():
        for decision in policy.decisions.values():
            if isinstance(decision.logic, DecisionTable):
                found.update(rule.id.source for rule in decision.logic.rules)
    return found
