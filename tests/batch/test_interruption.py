from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from batch.desk import POLICY

# The batch is interrupted where it first tells how far it has come: in the midst of its work.
PROGRAM = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from datetime import date
from keyaccount.batch import duck, run_batch
from yaml_cases import program_of

duck._POLL_SECONDS = 0.001
run_batch(
    program_of({policy!r}), "parcels", {source!r}, {output!r}, decisions=["heavy", "classes"],
    as_of=date(2025, 6, 1), engine={engine!r},
    progress=lambda share: os.kill(os.getpid(), signal.SIGINT),
)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize("engine", ["sql", "python"])
@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, ending: str, engine: str) -> None:
    source, output = tmp_path / "list.csv", tmp_path / f"out.{ending}"
    source.write_text("id,weight\n" + "1,20\n" * 300_000, "utf-8")
    code = PROGRAM.format(
        tests=str(Path(__file__).parents[1]),
        policy=POLICY,
        source=str(source),
        output=str(output),
        engine=engine,
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode in {-signal.SIGINT, 128 + signal.SIGINT}, done.stderr
    assert done.stderr.rstrip().endswith("KeyboardInterrupt")
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]
