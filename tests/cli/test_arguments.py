from __future__ import annotations

import io
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from keyaccount.cli.arguments import read_facts
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError


def mistake_in(argument: str) -> Diagnostic:
    with pytest.raises(FactError) as caught:
        read_facts(argument)
    (only,) = caught.value.diagnostics
    return only


def test_facts_are_read_from_the_argument_itself() -> None:
    assert read_facts('{"amount": 0.10}') == {"amount": Decimal("0.10")}


def test_facts_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text('\ufeff{"客户": "甲"}', "utf-8")
    assert read_facts(f"@{file}") == {"客户": "甲"}


def test_facts_are_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": true}')))
    assert read_facts("-") == {"a": True}


@pytest.mark.parametrize(
    ("argument", "code", "column"),
    [
        ("", "cli.facts-not-json", 1),
        ("{'a': 1}", "cli.facts-not-json", 2),
        ('{"a": 1} x', "cli.facts-not-json", 10),
        ('{"a": NaN}', "cli.facts-not-json", 1),
        ("[" * 100_000, "cli.facts-not-json", 1),
        ('{"a": 1, "a": 2}', "cli.fact-twice", 10),
        ("[1]", "cli.facts-not-an-object", 1),
        ("null", "cli.facts-not-an-object", 1),
    ],
)
def test_a_mistake_in_the_facts_has_its_place(argument: str, code: str, column: int) -> None:
    mistake = mistake_in(argument)
    assert mistake.code == code
    assert mistake.span is not None
    assert mistake.span.position.column == column
    assert mistake.help is not None


def test_a_mistake_in_a_file_names_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text('{\n  "a": 1,\n  "b": ?\n}', "utf-8")
    mistake = mistake_in(f"@{file}")
    assert mistake.span is not None
    assert mistake.span.source.name == str(file)
    assert mistake.span.position == (3, 8)


def test_a_file_that_is_not_utf8_says_at_which_byte(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_bytes('{"客户": 1}'.encode("gb18030"))
    mistake = mistake_in(f"@{file}")
    assert mistake.code == "cli.not-utf8"
    assert "byte 3" in mistake.message.en
