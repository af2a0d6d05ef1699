"""The command line in this process: arguments in, exit code and both streams out."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.desk import PARCELS, KeyaccountCommand, Ran
from keyaccount.cli.main import run


@pytest.fixture
def keyaccount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> KeyaccountCommand:
    """`keyaccount(...)` in a folder with `policies/parcels.yaml`, in English."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "parcels.yaml").write_text(PARCELS, "utf-8")
    monkeypatch.chdir(tmp_path)
    for variable in ("LC_ALL", "LC_MESSAGES", "KEYACCOUNT_POLICIES", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")

    def command(*arguments: str) -> Ran:
        code = run(list(arguments))
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return command
