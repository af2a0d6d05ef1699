"""What shows only in a process of its own: streams, signals, start-up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.desk import KeyaccountCommand
from keyaccount.cli.commands import decide

COMMAND = [str(Path(sys.executable).parent / "keyaccount")]
HEAVY_MODULES = {"duckdb", "rich", "sqlglot", "ruamel", "jsonschema", "pyarrow"}


def test_a_reader_that_goes_away_leaves_no_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        ran = subprocess.run(
            [*COMMAND, "--help"], stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert ran.returncode == 1
    assert ran.stderr == b""


def test_output_is_utf8_whatever_the_locale() -> None:
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = subprocess.run(
        [*COMMAND, "--lang", "zh", "--help"], env=environment, capture_output=True, check=False
    )
    assert ran.returncode == 0
    assert "决策" in ran.stdout.decode("utf-8")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from keyaccount.cli.main import run; run(['--help']);"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY_MODULES & set(ran.stdout.splitlines()[-1].split())


def test_deciding_for_programs_loads_no_columns_and_no_terminal() -> None:
    facts = ("--facts", "{}", "--format", "json")
    code = (
        "import sys; from keyaccount.cli.main import run;"
        f"assert run(['decide', 'classification', *{facts}]) == 0;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    heavy = HEAVY_MODULES - {"ruamel"}
    assert not heavy & set(ran.stdout.splitlines()[-1].split())


def test_an_interruption_is_code_130_and_a_word(
    keyaccount: KeyaccountCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(decide, "open_policies", interrupted)
    told = keyaccount("decide", "parcels", "--facts", "{}")
    assert told.code == 130
    assert told.err.strip() == "interrupted"
