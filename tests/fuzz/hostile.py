"""Hostile FEEL, run case by case in a process of its own: `python hostile.py` prints JSON lines.

An argument sets the steps that each evaluation may take.
Each line has the case's name, the backend, the outcome, the processor seconds
that reading and evaluating took, and the most memory so far in MB.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.feel_model import BACKENDS, decision, outcome, refusal
from keyaccount.decision_model import DecisionModel
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.limits import Limits
from keyaccount.source import Source

SECONDS = 120
STEPS, DEEP, ENDLESS = "feel.too-many-steps", "feel.too-deep", "dmn.runs-too-deep"
VALUE = "value"


def nested(value, levels):
    for _ in range(levels):
        value = [value]
    return value


def shared(levels):
    """A list that is small, and has 2 ** levels items where it is written out."""
    value = ["x"]
    for _ in range(levels):
        value = [value, value]
    return value


def circle():
    value = []
    value.append(value)
    return value


DOUBLED = "for i in 1..{} return if i = 1 then {} else {}"
TWICE = DOUBLED.format(60, "[1]", "[partial[-1], partial[-1]]")
LETTERS = {"s": "a" * 100_000}

# name: text, facts, what comes of it
CASES = {
    "brackets 10,000 deep": ("(" * 10_000 + "1" + ")" * 10_000, {}, None),
    "lists 10,000 deep": ("[" * 10_000 + "]" * 10_000, {}, None),
    "ifs 10,000 deep": ("if a then 1 else " * 5_000 + "2", {"a": 1}, None),
    "minus signs 10,000 deep": ("-" * 10_000 + "1", {}, None),
    "functions 5,000 deep": ("function(a) " * 5_000 + "a", {}, None),
    "a sum of 50,000": ("1" + "+1" * 49_000, {}, None),
    "a text too long": ('"' + "a" * 1_000_000 + '"', {}, None),
    "a number of 99,000 digits": ("9" * 99_000, {}, None),
    "a number of 1,000,000 digits": ("9" * 1_000_000, {}, None),
    "digits behind the point": ("0." + "3" * 99_000, {}, VALUE),
    "a huge exponent": ("1e999999999", {}, None),
    "a tiny exponent": ("1e-999999999", {}, None),
    "an exponent of 90,000 digits": ("1e" + "9" * 90_000, {}, None),
    "digits of a duration": ('duration("P" + s + "D")', {"s": "9" * 90_000}, None),
    "digits of a year": ('date(s + "-01-01")', {"s": "9" * 90_000}, None),
    "digits of a number": ("number(s)", {"s": "9" * 90_000}, None),
    "digits of a fraction of a second": ('time("00:00:00." + s)', {"s": "9" * 90_000}, None),
    "towers of powers": ("2 ** 10 ** 10", {}, None),
    "powers with fractions": ("1.0000001 ** 9999999999.5", {}, None),
    "factorials by hand": (
        "for i in 1..200 return if i = 1 then 1 else i * partial[-1]",
        {},
        VALUE,
    ),
    "years without end": ('@"2024-01-01" + duration("P999999999Y") * 1000000', {}, None),
    "exploding pattern": ('matches(s + "!", "(a+)+$")', LETTERS, None),
    "exploding alternatives": ('matches(s + "!", "(a|aa)+$")', LETTERS, None),
    "exploding replacement": ('replace(s, "(a*)*b", "x")', LETTERS, None),
    "split by an exploding pattern": ('split(s + "!", "(a|a)*b")', LETTERS, None),
    "a pattern of many counts": ('matches(s, "((a{1,1000}){1,1000}){1,1000}")', LETTERS, None),
    "a deep pattern": ("matches(s, p)", {**LETTERS, "p": "(" * 9_000 + ")" * 9_000}, None),
    "10^9 rounds": ("for i in 1..1000000000 return i", {}, STEPS),
    "10^40 rounds": (f"for i in 1..1{'0' * 40} return i", {}, VALUE),
    "10^9 rounds backwards": ("for i in 1000000000..1 return i", {}, STEPS),
    "10^9 rounds of some": ("some i in 1..1000000000 satisfies i < 0", {}, STEPS),
    "10^9 rounds of every": ("every i in [1..1000000000] satisfies i > 0", {}, STEPS),
    "10^9 rounds, empty inside": ("for i in 1..1000000000, j in [] return 1", {}, STEPS),
    "all days": ('for i in @"-999999999-01-01"..@"999999999-01-01" return i', {}, STEPS),
    "loops in loops": ("for i in 1..1000, j in 1..1000, k in 1..1000 return 1", {}, STEPS),
    "loops inside loops": ("for i in 1..9999 return count(for j in 1..9999 return i)", {}, STEPS),
    "results so far": ("for i in 1..100000 return count(partial)", {}, STEPS),
    "filters of filters": (
        "count((for i in 1..9000 return i)[count(xs[item > i]) > 0])",
        {"xs": list(range(9_000))},
        None,
    ),
    "texts doubled": (DOUBLED.format(60, '"ab"', "partial[-1] + partial[-1]"), {}, STEPS),
    "lists doubled": (
        DOUBLED.format(60, "[1]", "concatenate(partial[-1], partial[-1])"),
        {},
        STEPS,
    ),
    "lists in lists doubled": (TWICE, {}, STEPS),
    "text of lists doubled": (f"string length(string({TWICE}))", {}, STEPS),
    "lists doubled, compared": (f"({TWICE}) = ({TWICE})", {}, STEPS),
    "lists doubled, flattened": (f"count(flatten({TWICE}))", {}, STEPS),
    "lists doubled, distinct": (f"count(distinct values({TWICE}))", {}, STEPS),
    "lists doubled, of a type": (f"({TWICE}) instance of list<list<number>>", {}, None),
    "contexts doubled": (
        DOUBLED.format(60, "{a: 1}", "{a: partial[-1], b: partial[-1]}"),
        {},
        STEPS,
    ),
    "texts joined": ("string length(string join(xs, s))", {**LETTERS, "xs": ["b"] * 50_000}, STEPS),
    "texts joined again": ('string length(string join(split(s, "a"), s))', LETTERS, STEPS),
    "constants joined": (f'string join(split("{"a" * 40_000}", "a"), "{"b" * 50_000}")', {}, None),
    "texts replaced": ('string length(replace(s, "a", s))', LETTERS, STEPS),
    "texts searched": ('count((for i in 1..9000 return contains(s, "b"))[item])', LETTERS, STEPS),
    "long lists sorted": ("sort(for i in 1..60000 return -i)[1]", {}, STEPS),
    "long lists sorted by a function": (
        "sort(xs, function(a, b) a < b)[1]",
        {"xs": list(range(60_000))},
        STEPS,
    ),
    "endless recursion": ("{f: function(i) f(i + 1), r: f(1)}.r", {}, None),
    "functions that call themselves": ("(function(f) f(f))(function(f) f(f))", {}, ENDLESS),
    "functions that call themselves twice": (
        "(function(f) f(f, 60))(function(f, i) if i = 0 then 1 else f(f, i - 1) + f(f, i - 1))",
        {},
        STEPS,
    ),
    "facts 100,000 deep": ("count(xs)", {"xs": nested(1, 100_000)}, "dmn.not-a-value"),
    "facts 300 deep": ("string(xs) = string([xs])", {"xs": nested(1, 300)}, None),
    "facts that hold themselves": ("count(xs)", {"xs": circle()}, "dmn.not-a-value"),
    "facts doubled": ("count(xs)", {"xs": shared(17)}, None),
    "a fact of 10^9 digits by its exponent": ("a + 1", {"a": 10**6000}, None),
}


def run(text, facts, limits):
    for backend in BACKENDS:
        start = time.process_time()
        try:
            loaded = DecisionModel.load(Source("m.dmn", decision(text, facts)), (), limits, backend)
            found = outcome(loaded, facts)
        except PolicyError as error:
            found = refusal(error)
        except Exception as error:  # noqa: BLE001 -- what must not happen is reported
            found = ("leaked", repr(error)[:200])
        yield backend, found, time.process_time() - start


def peak_in_mb():
    """The most memory that this process has held.

    On Linux `ru_maxrss` begins with what the parent held, so the kernel's own account goes first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(each.split()[1]) for each in lines if each.startswith("VmHWM:")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    limits = Limits(feel_steps=int(sys.argv[1])) if len(sys.argv) > 1 else Limits()
    for name, (text, facts, _) in CASES.items():
        for backend, found, seconds in run(text, facts, limits):
            peak = peak_in_mb()
            is_words = isinstance(found, tuple) and found[0] in ("refused", "leaked")
            shown = list(found) if is_words else [VALUE, repr(found)[:60]]
            line = json.dumps([name, backend, shown, round(seconds, 3), round(peak)])
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
