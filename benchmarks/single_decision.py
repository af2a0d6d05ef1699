"""How long one decision takes: against hand-written Python, and against a peer.

Every way decides the same accounts by the same policy, all its decisions. The
ways take turns, round by round, so that what else the machine does falls on
all alike; a way's time is the median of its rounds, told as a ratio to the
hand-written function of the same round.

Run it with `python benchmarks single_decision`.
"""

from __future__ import annotations

import gc
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

import zen

import hand_written_classification
import hand_written_credit
import zen_classification
from keyaccount import PolicySet
from keyaccount.backends.python import CompiledProgram, compile_program
from keyaccount.ir.binding import bind
from keyaccount.ir.requirements import select

AS_OF = date(2026, 1, 31)
ROUNDS = 41
REPEATS = 400
POLICIES = Path(__file__).parent.parent / "policies"

Account = Mapping[str, object]
Way = Callable[[], object]

ACCOUNT: dict[str, object] = {
    "monthly_tonnes": Decimal("19.999"),
    "annual_revenue": Decimal("4999999.99"),
    "sector": "media",
    "chain_partner": True,
    "uses_products": False,
    "growth_potential": False,
    "competitor_opening": True,
    "order_amount": Decimal("1200000.50"),
    "contract_years": Decimal(2),
    "sales_potential": True,
    "strategic_project": False,
    "important_influence": False,
    "strong_innovation": True,
    "strong_market_development": False,
}
HALF_KNOWN: dict[str, object] = {
    "monthly_tonnes": Decimal("19.999"),
    "annual_revenue": Decimal("4999999.99"),
    "sector": "media",
    "order_amount": Decimal("1200000.50"),
}
CREDIT: dict[str, object] = {
    "account_status": "existing",
    "due_payments": Decimal(12),
    "annual_trade": Decimal("6000000.00"),
    "on_time_ratio": Decimal("0.97"),
    "max_overdue_days": Decimal(3),
    "recorded_tier": "yellow",
}

TEXTS = {
    "sector": ("government", "justice", "public_service", "media", "other"),
    "account_status": ("prospect", "new", "existing"),
    "recorded_tier": ("green", "yellow", "red"),
}
VARIATIONS = 500
SHARE_LEFT_OUT = 0.3


@dataclass(frozen=True, slots=True)
class Case:
    """One account by one policy; the first way is the measure of all."""

    name: str
    ways: Mapping[str, Way]


def cases(policies: PolicySet) -> list[Case]:
    """What is measured."""
    engine = zen.ZenEngine(
        {"loader": {"type": "static", "content": {"classification": zen_classification.model()}}}
    )
    as_floats = {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in ACCOUNT.items()
    }
    peer = {"zen-engine, from a dict": lambda: engine.evaluate("classification", as_floats)}
    classify = hand_written_classification.classify
    assess = hand_written_credit.assess
    return [
        case(
            "classification, all 14 facts known",
            policies,
            "classification",
            ACCOUNT,
            classify,
            peer,
        ),
        case("classification, 4 facts known", policies, "classification", HALF_KNOWN, classify, {}),
        case("credit, all 6 facts known", policies, "credit", CREDIT, assess, {}),
    ]


def case(
    name: str,
    policies: PolicySet,
    policy: str,
    account: Account,
    hand_written: Callable[..., Mapping[str, Sequence[object]]],
    others: Mapping[str, Way],
) -> Case:
    """One account by one policy, decided by hand, compiled, and by the whole library."""
    compiled = compile_policy(policies, policy)
    _, values = compiled.decide_raw(account, AS_OF, None)
    for each in variations(account, with_gaps=policy == "classification"):
        must_agree(policies, policy, each, hand_written(**each))
    decide = compiled.decide_values
    ways: dict[str, Way] = {
        "hand-written function": lambda: hand_written(**account),
        "compiled function on typed facts": lambda: decide(*values, None, None),
        "`PolicySet.decide`, from a dict": lambda: policies.decide(policy, account, as_of=AS_OF),
    }
    return Case(name, {**ways, **others})


def compile_policy(policies: PolicySet, policy: str) -> CompiledProgram:
    """The compiled program of all decisions of a policy."""
    names = [f"{policy}.{each}" for each in policies.policies[policy].decisions]
    return compile_program(bind(select(policies.program, names), AS_OF), policy)


def variations(account: Account, *, with_gaps: bool) -> Iterator[dict[str, object]]:
    """The account itself, and others around it; with gaps some facts are left out."""
    yield dict(account)
    random = Random(1)  # noqa: S311 -- for the same accounts each time
    for _ in range(VARIATIONS):
        varied = {name: vary(name, value, random) for name, value in account.items()}
        gaps = {name for name in varied if with_gaps and random.random() < SHARE_LEFT_OUT}
        yield {name: value for name, value in varied.items() if name not in gaps}


def vary(name: str, value: object, random: Random) -> object:
    """Another value for a fact: the other boolean, another text, a number near or far."""
    if isinstance(value, bool):
        return random.random() < 0.5
    if isinstance(value, str):
        return random.choice(TEXTS[name])
    if name == "on_time_ratio":
        return random.choice((Decimal("0.79"), Decimal("0.8"), Decimal("0.95"), Decimal(1)))
    assert isinstance(value, Decimal)
    return value * random.choice((0, 1, Decimal("0.5"), Decimal("1.001"), 5, 20))


def must_agree(
    policies: PolicySet, policy: str, account: Account, answers: Mapping[str, Sequence[object]]
) -> None:
    """Stop where the function by hand means something else: it would be no measure."""
    result = policies.decide(policy, account, as_of=AS_OF)
    for name, answer in answers.items():
        found = result[name]
        got = (found.value, found.rules, found.status.value, found.missing, found.possible)
        assert got == tuple(answer), f"{name}: {got} by the policy, {answer} by hand"
    assert set(answers) == set(result)


def measure(ways: Mapping[str, Way]) -> dict[str, list[float]]:
    """Seconds a call, round by round; the ways take turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            times[name].append(one_round(way))
    return times


def one_round(way: Way) -> float:
    """Seconds a call; the garbage of one way is not swept up in another's time."""
    repeats = range(REPEATS)
    gc.collect()
    gc.disable()
    start = perf_counter()
    for _ in repeats:
        way()
    elapsed = perf_counter() - start
    gc.enable()
    return elapsed / REPEATS


def table(case_: Case) -> str:
    """What was measured, as a table in Markdown."""
    times = measure(case_.ways)
    base = next(iter(times.values()))
    lines = [f"| {case_.name} | microseconds | times hand-written |", "|---|---:|---:|"]
    for name, own in times.items():
        ratio = median(each / by_hand for each, by_hand in zip(own, base, strict=True))
        lines.append(f"| {name} | {median(own) * 1e6:.2f} | {ratio:.2f} |")
    return "\n".join(lines)


def tables() -> Iterator[str]:
    """A table for each case."""
    yield f"Python {platform.python_version()} on {platform.machine()}, medians of {ROUNDS} rounds."
    for each in cases(PolicySet.load(POLICIES)):
        yield table(each)
