from __future__ import annotations

from pathlib import Path

import pytest

from cli.desk import KeyaccountCommand

FACTS = ("--facts", "{}")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("chek",), "cli.unknown-command", "did you mean `check`?"),
        (("decide",), "cli.missing-argument", "`POLICY` is missing"),
        (("decide", "parcels"), "cli.missing-argument", "`--facts` is missing"),
        (("decide", "parcels", "--facts"), "cli.wrong-usage", "--facts"),
        (("decide", "parcels", "--fact", "{}"), "cli.unknown-option", "did you mean `--facts`?"),
        (("decide", "parcels", "more", *FACTS), "cli.wrong-usage", "more"),
        (("decide", "parcels", *FACTS, "--as-of", "2025-02-30"), "cli.bad-value", "2025-02-30"),
        (("decide", "parcels", *FACTS, "--as-of", "soon"), "cli.bad-value", "write `YYYY-MM-DD`"),
        (("decide", "parcels", *FACTS, "--format", "xml"), "cli.bad-value", "text | json"),
        (("decide", "parcels", *FACTS, "--decision", "heavi"), "name.unknown-decision", "`heavy`"),
        (("decide", "parcel", *FACTS), "name.unknown-policy", "did you mean `parcels`?"),
        (("decide", "x", *FACTS), "name.unknown-policy", "it can be `parcels`"),
        (("check", "nowhere"), "cli.bad-value", "nowhere"),
        (("--policies", "nowhere", "check"), "cli.bad-value", "`--policies`"),
        (("init", "."), "cli.already-there", "`policies`"),
    ],
)
def test_wrong_usage_is_code_2_and_helps(
    keyaccount: KeyaccountCommand, arguments: tuple[str, ...], code: str, says: str
) -> None:
    told = keyaccount(*arguments)
    assert told.code == 2
    assert f"error[{code}]" in told.err
    assert says in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("--lang", "zh", "chek"),
        ("decide", "--lang", "zh"),
        ("decide", "parcel", *FACTS, "--lang", "zh"),
        ("--lang", "zh", "init", "."),
    ],
)
def test_wrong_usage_is_told_in_the_language_chosen(
    keyaccount: KeyaccountCommand, arguments: tuple[str, ...]
) -> None:
    told = keyaccount(*arguments)
    assert told.code == 2
    assert "错误[" in told.err


def test_the_locale_chooses_the_language(
    keyaccount: KeyaccountCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "错误[" in keyaccount("chek").err
    assert "error[" in keyaccount("--lang", "en", "chek").err


def test_without_a_command_the_help_is_shown(keyaccount: KeyaccountCommand) -> None:
    told = keyaccount()
    assert told.code == 2
    assert "Decide one case." in told.out + told.err


def test_a_folder_without_policies_is_an_error(keyaccount: KeyaccountCommand) -> None:
    Path("empty").mkdir()
    told = keyaccount("decide", "parcels", *FACTS, "--policies", "empty")
    assert told.code == 1
    assert "error[file.no-policies]" in told.err
