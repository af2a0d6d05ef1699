"""Broken policies: every mistake at once, each with its code, its own place and a help.

`expected.yaml` lists them; what cannot well stand in a repository as a file is
built here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from keyaccount.cli.main import run
from keyaccount.diagnostics.diagnostic import Diagnostic, Language, Severity
from keyaccount.diagnostics.render import render
from keyaccount.verify.files import check

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(
    (HERE / "expected.yaml").read_text(encoding="utf-8")
)
IDS = [each["name"] for each in CASES]


def mistakes(path: Path) -> list[Diagnostic]:
    return [each for each in check([path]) if each.severity is Severity.ERROR]


def told(found: list[Diagnostic]) -> list[str]:
    """`code line:column` of each."""
    places = [each.span.position for each in found if each.span]
    return [f"{each.code} {at.line}:{at.column}" for each, at in zip(found, places, strict=True)]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_mistake_is_found_at_its_place(case: dict[str, Any]) -> None:
    expected = [f"{each['code']} {each['at']}" for each in case["mistakes"]]
    assert told(mistakes(HERE / "policies" / case["file"])) == expected


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_help_says_what_to_do(case: dict[str, Any]) -> None:
    found = mistakes(HERE / "policies" / case["file"])
    for each, wanted in zip(found, case["mistakes"], strict=True):
        assert each.help is not None
        assert str(wanted["help"]) in each.help.en


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_messages_follow_the_house_style_in_both_languages(case: dict[str, Any]) -> None:
    for each in mistakes(HERE / "policies" / case["file"]):
        for text in (each.message, each.help):
            assert text is not None
            assert not text.en.endswith(".")
            assert not text.zh.endswith("。")
            assert any("\u4e00" <= character <= "\u9fff" for character in text.zh)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_command_says_so_and_ends_with_1(
    case: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    code = run(["check", str(HERE / "policies" / case["file"]), "--lang", "en"])
    out, err = capfd.readouterr()
    assert code == 1
    assert "Traceback" not in out + err
    for wanted in case["mistakes"]:
        assert f":{wanted['at']}: error[{wanted['code']}]" in err


def test_every_broken_policy_is_listed() -> None:
    listed = {each["file"] for each in CASES}
    there = {each.name for each in (HERE / "policies").iterdir() if each.suffix != ".csv"}
    assert there == listed


POLICY = "policy: sample\ntitle: 大客户\ndecisions:\n  big: {value: 'true'}\n"


def one(path: Path, content: bytes) -> Diagnostic:
    """The only mistake of a file with this content."""
    path.write_bytes(content)
    (found,) = mistakes(path)
    assert render([found], Language.ZH)
    return found


def test_a_file_of_ten_megabytes(tmp_path: Path) -> None:
    found = one(tmp_path / "big.yaml", POLICY.encode() + b"# padding\n" * 1_000_000)
    assert told([found]) == ["file.too-large 1:1"]
    assert found.help is not None
    assert "CSV" in found.help.en


def test_a_file_in_gbk(tmp_path: Path) -> None:
    found = one(tmp_path / "gbk.yaml", POLICY.encode("gbk"))
    assert told([found]) == ["file.not-utf8 2:8"]
    assert "0xb4 at offset 22" in found.message.en
    assert found.help is not None
    assert "UTF-8" in found.help.en


def test_a_file_in_utf_16(tmp_path: Path) -> None:
    assert told([one(tmp_path / "wide.yaml", POLICY.encode("utf-16"))]) == ["file.not-utf8 1:1"]


def test_a_file_with_a_null_byte(tmp_path: Path) -> None:
    found = one(tmp_path / "null.yaml", POLICY.replace("true", "tr\0ue").encode())
    assert told([found]) == ["yaml.control-character 4:19"]


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "marked.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + POLICY.replace("value", "valu").encode())
    assert told(mistakes(path)) == ["schema.unknown-key 4:9"]


def test_a_bomb_of_aliases(tmp_path: Path) -> None:
    lines = ["facts: {a: &a [x, x, x, x, x, x, x, x, x, x]}"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    found = one(tmp_path / "bomb.yaml", "\n".join(lines).encode())
    assert found.code == "yaml.too-many-values"
    assert found.span is not None
    assert found.span.text.startswith("*") or found.span.position.column > 1


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: "])
def test_endless_nesting(tmp_path: Path, opening: str) -> None:
    found = one(tmp_path / "deep.yaml", (opening * 100_000).encode())
    assert found.code == "yaml.too-deep"


def test_a_policy_in_no_file(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path / "policy.yaml")
    assert found.code == "file.not-found"


def test_a_folder_without_policies(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path)
    assert found.code == "file.no-policies"


def test_a_link_that_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("id,then\na,1\n")
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "rates.csv").symlink_to(tmp_path / "secret.csv")
    path = folder / "policy.yaml"
    path.write_text("policy: sample\ndecisions:\n  rate: {rules: {from: rates.csv}}\n")
    assert told(mistakes(path)) == ["policy.table-outside 3:24"]
