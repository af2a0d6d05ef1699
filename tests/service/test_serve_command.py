"""`keyaccount serve` up to the moment at which it would listen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keyaccount.cli.commands import serve
from keyaccount.cli.main import run
from keyaccount.service.settings import Bounds, Settings
from service.desk import TWO_POLICIES


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Settings]:
    """What it would have listened with."""
    found: list[Settings] = []

    def listen(settings: Settings, host: str, port: int) -> int:
        found.append(settings)
        return 0

    monkeypatch.setattr(serve, "run", listen)
    monkeypatch.chdir(tmp_path)
    return found


def types(*words: str) -> int:
    return run(["--lang", "en", "--policies", str(TWO_POLICIES), "serve", *words])


def test_who_has_no_key_yet_is_told(
    started: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    assert types() == 0
    assert "access.no-keys-yet" in capsys.readouterr().err
    assert types("key", "add", "till", "--role", "decide") == 0
    key = capsys.readouterr().out.split("_")[1]
    assert types() == 0
    assert capsys.readouterr().err == ""
    assert types("key", "revoke", key) == 0
    assert types() == 0
    assert "access.no-keys-yet" in capsys.readouterr().err
    assert len(started) == 3


def test_without_keys_there_is_nothing_to_tell(
    started: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    assert types("--insecure-local", "--keep-lists", "0.5") == 0
    assert capsys.readouterr().err == ""
    [settings] = started
    assert (settings.open_local, settings.keep_lists_days) == (True, 0.5)


def test_bounds_are_set_one_by_one(started: list[Settings]) -> None:
    words = ("--bound", "list_rows=20000000", "--bound", "seconds=2.5")
    assert types("--insecure-local", *words) == 0
    [settings] = started
    assert settings.bounds == replace(Bounds(), list_rows=20_000_000, seconds=2.5)
    assert Settings.from_text(settings.to_text()) == settings


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--insecure-local", "--host", "192.0.2.1"), "service.not-loopback"),
        (("--oidc-issuer", "https://issuer.example"), "service.oidc-incomplete"),
        (("--database", "mysql://x/y"), "storage.unknown-database"),
        (("--bound", "list_row=5"), "service.unknown-bound"),
        (("--bound", "list_rows=many"), "service.bad-bound"),
        (("--bound", "list_rows=1.5"), "service.bad-bound"),
        (("--bound", "list_rows=0"), "service.bad-bound"),
        (("--bound", "seconds=inf"), "service.bad-bound"),
        (("--bound", "seconds=nan"), "service.bad-bound"),
        (("--bound", "seconds"), "service.bad-bound"),
    ],
)
def test_what_cannot_be_served_so_is_refused(
    started: list[Settings],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: str,
) -> None:
    assert types(*words) != 0
    assert code in capsys.readouterr().err
    assert started == []
