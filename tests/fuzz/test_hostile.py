"""Hostile FEEL ends in words or a value, in little memory, and soon."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import keyaccount
from fuzz.feel_model import decision, outcomes
from fuzz.hostile import CASES
from keyaccount.limits import Limits

MEMORY_IN_MB = 256
SECONDS = 1.2
IS_LONG = "KEYACCOUNT_FUZZ_EXAMPLES" in os.environ


@pytest.fixture(scope="module")
def lines():
    script = Path(__file__).with_name("hostile.py")
    environment = {**os.environ, "PYTHONPATH": str(Path(keyaccount.__file__).parents[1])}
    command = [sys.executable, script, *([] if IS_LONG else ["30000"])]
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_case_ends_as_it_should(lines):
    for name, _, (found, *codes), _, _ in lines:
        assert found in ("value", "refused"), (name, codes)
        expected = CASES[name][2]
        if expected is not None:
            assert expected in (found, *codes), (name, found, codes)
    assert {name for name, *_ in lines} == set(CASES)


def test_both_interpreters_end_alike(lines):
    by_backend = {"reference": {}, "python": {}}
    for name, backend, found, _, _ in lines:
        by_backend[backend][name] = found
    assert by_backend["reference"] == by_backend["python"]


def test_none_takes_much_memory(lines):
    assert max(peak for *_, peak in lines) < MEMORY_IN_MB


@pytest.mark.skipif(not IS_LONG, reason="times are looked at in `make fuzz` only")
def test_each_ends_soon(lines):
    assert [line for line in lines if line[3] > SECONDS] == []


def test_the_caller_sets_the_limit():
    text = "count(for i in 1..1000 return i)"
    assert outcomes(decision(text), {}, Limits(feel_steps=100)) == dict.fromkeys(
        ("reference", "python"), ("refused", "feel.too-many-steps")
    )
    assert outcomes(decision(text), {})["python"][1] == 1000
    more = "count(for i in 1..150000 return i)"
    assert outcomes(decision(more), {})["python"][0] == "refused"
    assert outcomes(decision(more), {}, Limits(feel_steps=10**7))["python"][1] == 150_000
