"""FEEL against the peers that run here: pySFeel, bkflow-feel and feelin (on Node).

Everybody's answers are looked at first; who answers something else is marked
and not measured. The ways then take turns, round by round; told are medians of
the ratios to keyaccount's compiled code (for reading: to its parser) of the same round.

Run it with `python benchmarks/feel_peers.py`. The Python peers are in the
dependency group `benchmark`; feelin comes by `--install`, which runs
`npm install` in `benchmarks/node_peers`. A peer that is not there is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import json
import logging
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import geometric_mean, median
from time import process_time
from typing import Any

from feel_cases import CASES, FACTS, Case
from keyaccount.backends.python import compile_program
from keyaccount.backends.python.moments import moments_of
from keyaccount.backends.reference import interpreter
from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression, parse_unary_tests
from keyaccount.feel.values.python import from_python
from keyaccount.feel.values.typing import type_of
from keyaccount.ir import core
from keyaccount.ir.lowering import unary_tests
from keyaccount.ir.lowering.expressions import lower
from keyaccount.ir.lowering.names import Bindings, Unit
from keyaccount.source import Fragment

HERE = Path(__file__).parent
NODE_PEERS = HERE / "node_peers"
AS_OF = date(2026, 1, 31)
ROUNDS = 9
SECONDS = 0.005
"""About how long each way runs in a round."""

Timed = Callable[[int], float]
"""Processor seconds a call, of so many calls: what else the machine does counts less."""


class NotAnsweredError(Exception):
    """A peer has no way to do this, or stumbles."""


@dataclass(frozen=True)
class Way:
    """One way to do something with a case: what it answers, and how long it takes."""

    answer: object
    timed: Timed


class Keyaccount:
    """Ours: reading alone, and what was read on both interpreters."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.facts = {name: from_python(value) for name, value in FACTS.items()}
        self.fragment = Fragment.whole(case.text)
        span = self.fragment.span()
        self.scope = Scope(FACTS, ("price", "pieces", "x", "y"))
        self.inputs = {
            name: core.Fact(name, type_of(value), True, None, None, {}, None, {}, (), span)  # noqa: FBT003 -- nullable
            for name, value in self.facts.items()
        }
        self.program = self._lowered(self.read())
        self.compiled = compile_program(self.program)
        self.values = (*self.facts.values(), *moments_of(AS_OF, None))

    def read(self) -> syntax.Expression | syntax.UnaryTests:
        parse = parse_unary_tests if self.case.cell else parse_expression
        return parse(self.fragment, self.scope)

    def _lowered(self, tree: syntax.Expression | syntax.UnaryTests) -> core.Program:
        span = self.fragment.span()
        unit = Unit(strict=False)
        locals_ = {name: core.Input(fact.type, span, name) for name, fact in self.inputs.items()}
        bindings = Bindings(unit).bound(locals_)
        if isinstance(tree, syntax.UnaryTests):
            value = locals_["a"]
            logic = unary_tests.cell(tree, value, bindings.testing(value), lower)
            assert logic is not None
        else:
            logic = lower(tree, bindings)
        decision = core.Decision("m.answer", "m", logic.type, logic, {}, {}, {}, span)
        return core.Program(self.inputs, {}, {"m.answer": decision})

    def reference(self) -> object:
        return interpreter.evaluate(self.program, self.facts, AS_OF)["m.answer"].value

    def python(self) -> object:
        (decided,) = self.compiled.decide_values(*self.values)
        return decided[0] if isinstance(decided, tuple) else decided

    def at_once(self) -> object:
        program = self._lowered(self.read())
        return interpreter.evaluate(program, self.facts, AS_OF)["m.answer"].value


def called(action: Callable[[], object]) -> Timed:
    """Times a Python callable; the garbage of others is not swept up in its time."""

    def timed(repeats: int) -> float:
        gc.collect()
        gc.disable()
        start = process_time()
        for _ in range(repeats):
            action()
        elapsed = process_time() - start
        gc.enable()
        return elapsed / repeats

    return timed


def way(action: Callable[[], object]) -> Way:
    """A Python callable and its own answer."""
    return Way(action(), called(action))


def in_floats(value: Any) -> Any:
    """The value with floats for its numbers."""
    match value:
        case list():
            return [in_floats(each) for each in value]
        case dict():
            return {name: in_floats(each) for name, each in value.items()}
        case int() if not isinstance(value, bool):
            return float(value)
        case _:
            return value


class PySFeel:
    """pySFeel: reads and evaluates in one."""

    name = "pySFeel"

    def __init__(self) -> None:
        self._parser = importlib.import_module("pySFeel").SFeelParser()
        # A whole number of Python's is a duration of months to it.
        self._parser.names.update(in_floats(FACTS))

    def ways(self, case: Case) -> dict[str, Way]:
        if case.cell:
            raise NotAnsweredError("no unary tests")
        return {"at once": way(partial(self._run, case.text))}

    def _run(self, text: str) -> object:
        status, value = self._parser.sFeelParse(text)
        if "errors" in status:
            raise NotAnsweredError(status["errors"])
        return value


class BkflowFeel:
    """bkflow-feel: a tree that evaluates itself."""

    name = "bkflow-feel"

    def __init__(self) -> None:
        self._package = importlib.import_module("bkflow_feel")
        logging.disable(logging.CRITICAL)

    def ways(self, case: Case) -> dict[str, Way]:
        if case.cell:
            raise NotAnsweredError("no unary tests")
        facts = dict(FACTS)
        tree = self._read(case.text)
        return {
            "read": way(partial(self._read, case.text)),
            "evaluate": way(lambda: tree.evaluate(facts)),
            "at once": way(lambda: self._read(case.text).evaluate(facts)),
        }

    def _read(self, text: str) -> Any:
        return self._package.transformer.transform(self._package.parser.parse(text))


class Feelin:
    """feelin, in a process of Node's that times itself; its `evaluate` reads each time."""

    name = "feelin"

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None or not (NODE_PEERS / "node_modules" / "feelin").is_dir():
            raise ImportError("feelin")
        self._process = subprocess.Popen(
            [node, HERE / "feel_peers.mjs", NODE_PEERS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ways(self, case: Case) -> dict[str, Way]:
        answer = self._ask(case, "answer")
        return {
            "read": Way(answer, partial(self._ask, case, "read")),
            "at once": Way(answer, partial(self._ask, case, "evaluate")),
        }

    def _ask(self, case: Case, mode: str, repeats: int = 0) -> Any:
        context = {**FACTS, "?": FACTS["a"]}
        request = {"text": case.text, "context": context, "cell": case.cell}
        print(
            json.dumps({**request, "mode": mode, "repeats": repeats}),
            file=self._process.stdin,
            flush=True,
        )
        assert self._process.stdout is not None
        answer = json.loads(self._process.stdout.readline())["answer"]
        if isinstance(answer, dict) and "error" in answer:
            raise NotAnsweredError(answer["error"])
        return answer


def peers() -> Iterator[PySFeel | BkflowFeel | Feelin]:
    """Those that are installed."""
    for each in (PySFeel, BkflowFeel, Feelin):
        try:
            yield each()
        except ImportError:
            print(f"{each.name} is not installed: left out\n")


def plain(value: object) -> object:
    """An answer in which all engines' numbers are alike."""
    match value:
        case bool() | None | str():
            return value
        case int() | float() | Decimal():
            return round(float(value), 9)
        case list() | tuple():
            return [plain(each) for each in value]
        case _:
            return repr(value)


Marks = dict[tuple[str, str], Timed | str]
"""By kind of work and who: how to time it, or why it is not timed."""


def ways_of(case: Case, others: Mapping[str, PySFeel | BkflowFeel | Feelin]) -> Marks:
    """Every way there is to do a case."""
    own = Keyaccount(case)
    for answer in (own.reference(), own.python(), own.at_once()):
        assert plain(answer) == plain(case.answer), f"{case.name}: {answer}"
    found: Marks = {
        ("read", "keyaccount"): called(own.read),
        ("evaluate", "keyaccount compiled"): called(own.python),
        ("evaluate", "keyaccount reference"): called(own.reference),
        ("at once", "keyaccount"): called(own.at_once),
    }
    for name, peer in others.items():
        for kind in ("read", "evaluate", "at once"):
            found[kind, name] = "–"
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                ways = peer.ways(case)
        except Exception:  # noqa: BLE001 -- whatever a peer raises, it has no answer
            found["at once", name] = "no answer"
            continue
        for kind, each in ways.items():
            is_right = kind == "read" or plain(each.answer) == plain(case.answer)
            found[kind, name] = each.timed if is_right else "wrong"
    return found


def measured(ways: Marks) -> dict[tuple[str, str], list[float]]:
    """Seconds a call, round by round; the ways take turns."""
    timed = {key: each for key, each in ways.items() if not isinstance(each, str)}
    repeats = {key: max(1, int(SECONDS / max(each(3), 1e-9))) for key, each in timed.items()}
    times: dict[tuple[str, str], list[float]] = {key: [] for key in timed}
    for _ in range(ROUNDS):
        for key, each in timed.items():
            times[key].append(each(repeats[key]))
    return times


def cell(ways: Marks, times: dict[tuple[str, str], list[float]], kind: str, who: str) -> str:
    """A ratio, to the first way of the kind; microseconds for that one itself."""
    if (kind, who) not in times:
        return str(ways.get((kind, who), "–"))
    base = next(each for (each_kind, _), each in times.items() if each_kind == kind)
    own = times[kind, who]
    if own is base:
        return f"{median(own) * 1e6:.1f} µs"
    return f"{median(each / first for each, first in zip(own, base, strict=True)):.1f}"


TITLES = {
    "read": "Reading alone",
    "evaluate": "Evaluating what was read",
    "at once": "Reading and evaluating in one",
}


def install() -> None:
    """Fetch feelin from the registry that npm is set to."""
    npm = shutil.which("npm")
    if npm is None:
        print("there is no npm: feelin is left out (install Node 18 or newer)")
        return
    NODE_PEERS.mkdir(exist_ok=True)
    subprocess.run(
        [npm, "install", "--prefix", NODE_PEERS, "--no-audit", "--no-fund", "feelin"], check=True
    )


@dataclass(frozen=True, slots=True)
class Measurement:
    """All ways of all cases, and how long each took."""

    ways: Mapping[str, Marks]
    times: Mapping[str, dict[tuple[str, str], list[float]]]

    def columns(self, kind: str) -> list[str]:
        """Who does a kind of work, keyaccount first."""
        own = [who for each, who in next(iter(self.ways.values())) if each == kind]
        return [who for who in own if any((kind, who) in times for times in self.times.values())]

    def together(self, kind: str, who: str) -> str:
        """The geometric mean of the ratios of all cases answered, and how many those are."""
        base = self.columns(kind)[0]
        ratios = [
            median(
                each / first
                for each, first in zip(found[kind, who], found[kind, base], strict=True)
            )
            for found in self.times.values()
            if (kind, who) in found
        ]
        of = f"{len(ratios)} of {len(self.times)}"
        return "–" if not ratios else f"{geometric_mean(ratios):.1f} ({of})"


def measure() -> Measurement:
    """Look at all answers, then time the right ones."""
    others = {each.name: each for each in peers()}
    all_ways = {each.name: ways_of(each, others) for each in CASES}
    gc.collect()
    gc.freeze()  # so that sweeping up between the ways is quick
    return Measurement(all_ways, {name: measured(ways) for name, ways in all_ways.items()})


def tables() -> Iterator[str]:
    """One table for the README: times as multiples of keyaccount's, where they are right."""
    found = measure()
    whos = list(dict.fromkeys(who for kind in TITLES for who in found.columns(kind)))
    peers_alone = [who for who in whos if not who.startswith("keyaccount")]
    lines = [f"| | {' | '.join(peers_alone)} |", f"|---|{'---:|' * len(peers_alone)}"]
    for kind, title in TITLES.items():
        cells = (found.together(kind, who) for who in peers_alone)
        lines.append(f"| {title} | {' | '.join(cells)} |")
    yield "\n".join(lines)


def in_full(found: Measurement) -> Iterator[str]:
    """A table for each kind of work, a line for each case."""
    for kind, title in TITLES.items():
        columns = found.columns(kind)
        lines = [f"| {title} | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
        for name, ways in found.ways.items():
            cells = (cell(ways, found.times[name], kind, who) for who in columns)
            lines.append(f"| {name} | {' | '.join(cells)} |")
        yield "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--install", action="store_true", help="fetch feelin by npm first")
    if parser.parse_args().install:
        install()
    print(f"Python {platform.python_version()} on {platform.machine()}; {ROUNDS} rounds\n")
    for table in in_full(measure()):
        print(table, end="\n\n")


if __name__ == "__main__":
    main()
