"""How people behave in a rehearsal: when they act, and what they then do. Seeded, never by chance.

Every choice hangs on the seed, the case, the step and its round alone: so two versions of a plan
meet the same people on the same days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from keyaccount.backends.reference.interpreter import allows
from keyaccount.cases.plan.compiled import CompiledPlan
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.facts import check_facts
from keyaccount.feel import types
from keyaccount.feel.types import Enumeration, ListType, Type
from keyaccount.ir import core
from keyaccount.ir.lowering.event_rules import AT

_SHARES = ((0.80, 0.10, 0.90), (0.95, 0.90, 1.50), (1.0, 1.50, 3.0))
"""Up to which chance a step takes from how much to how much of its limit."""

_NUMBERS = tuple(map(Decimal, ("1", "0.5", "0", "10", "1000", "100000", "1000000", "5000000")))
_DAY = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What people do.

    `unlimited`: how long a step without a limit takes at most. `approves` and
    `returns`: the chances of a verdict; the rest rejects. `goes_back`,
    `cancels`: the chances that a step ends in one of those ways. `again`: the
    chance that a generated case is about what was filed shortly before. `facts`
    are told in every case as they stand.
    """

    seed: int = 1
    unlimited: timedelta = timedelta(days=60)
    approves: float = 0.92
    returns: float = 0.05
    goes_back: float = 0.05
    cancels: float = 0.03
    yes: float = 0.9
    again: float = 0.05
    facts: Mapping[str, object] = field(default_factory=dict)

    def dice(self, *about: object) -> Random:
        """The chances of one choice."""
        return Random("/".join(map(str, (self.seed, *about))))  # noqa: S311 # not for secrets

    def time_taken(self, dice: Random, opened: datetime, due: datetime | None) -> timedelta:
        """How long somebody takes, to the minute."""
        if due is None or due <= opened:
            taken = self.unlimited * dice.random()
        else:
            chance = dice.random()
            low, high = next((low, high) for upto, low, high in _SHARES if chance < upto)
            taken = (due - opened) * (low + (high - low) * dice.random())
        return timedelta(minutes=1 + taken // timedelta(minutes=1))

    def verdict(self, dice: Random) -> str:
        """Approve, return or reject."""
        chance = dice.random()
        if chance < self.approves:
            return "approve"
        return "return" if chance < self.approves + self.returns else "reject"


class Sampler:
    """Values for facts that nobody gave: any that their declarations allow."""

    def __init__(self, plan: CompiledPlan, behaviour: Behaviour) -> None:
        self._plan = plan
        self._facts = plan.facts
        self.behaviour = behaviour
        self._choices: dict[str, Sequence[object]] = {}

    def sample(self, dice: Random, names: Sequence[str]) -> dict[str, object]:
        """A value for each of the facts that has any."""
        found: dict[str, object] = {}
        for name in sorted(names):
            if name in self.behaviour.facts:
                found[name] = self.behaviour.facts[name]
            elif name in self._facts:
                choices = self._of(name)
                if choices:
                    found[name] = self._pick(dice, choices)
        return found

    def fields(self, dice: Random, event: str) -> dict[str, object]:
        """A value for each field that an event cannot do without, where rules look at it."""
        kinds = self._plan.rules.kinds if self._plan.rules else {}
        if event not in kinds:
            return {}
        kind = kinds[event]
        needed = [each for each in kind.type.entries if each[0] not in (*kind.nullable, AT)]
        choices = {name: _values(name, type_) for name, type_ in sorted(needed)}
        return {name: self._pick(dice, each) for name, each in choices.items() if each}

    def _pick(self, dice: Random, choices: Sequence[object]) -> object:
        if choices == (True, False):
            return dice.random() < self.behaviour.yes
        return choices[int(dice.random() * len(choices))]

    def _of(self, name: str) -> Sequence[object]:
        if name not in self._choices:
            fact = self._facts[name]
            self._choices[name] = tuple(
                each for each in _values(name, fact.type) if _fits(fact, each)
            )
        return self._choices[name]


def _values(name: str, kind: Type) -> Sequence[object]:
    match kind:
        case types.BOOLEAN:
            return (True, False)
        case types.NUMBER:
            return _NUMBERS
        case types.STRING | types.ANY:
            return (f"some {name}",)
        case types.DATE:
            return (_DAY.isoformat(),)
        case Enumeration(values):
            return values
        case ListType(Enumeration(values)):
            return tuple([each] for each in values)
        case _:
            return ()


def _fits(fact: core.Fact, value: object) -> bool:
    try:
        check_facts({fact.name: fact}, {fact.name: value}, lambda f, v: allows(f, v, _DAY))
    except FactError:
        return False
    return True
