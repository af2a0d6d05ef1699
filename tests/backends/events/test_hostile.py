"""Whatever facts and events hold: they are refused, or durable-rules gives the right answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = os.environ.get("KEYACCOUNT_EVENT_FUZZ_SECONDS", "10")
"""How long; `make event-fuzz` asks for ten minutes."""


def test_hostile_events_never_take_the_process_down() -> None:
    pytest.importorskip("durable_rules_engine", reason="durable-rules is not installed")
    program = Path(__file__).with_name("hostile.py")
    run = subprocess.run(
        [sys.executable, str(program), SECONDS, os.environ.get("KEYACCOUNT_EVENT_FUZZ_SEED", "1")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    print(run.stdout)  # noqa: T201 # the counts that one looks for
    assert "refused" in run.stdout
    assert "something derived" in run.stdout
