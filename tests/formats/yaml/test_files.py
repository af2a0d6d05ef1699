"""Bytes to text: what cannot be read is told, what can keeps its line breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError
from keyaccount.formats.yaml.files import decode, read_source


def refusal(path: Path, limit: int = 1000) -> Diagnostic:
    with pytest.raises(PolicyError) as caught:
        read_source(path, limit)
    (found,) = caught.value.diagnostics
    return found


def test_line_breaks_stay_and_a_byte_order_mark_goes() -> None:
    assert decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r", "x").text == "a: 1\r\nb: 2\r"


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"abcde")
    assert read_source(path, 5).text == "abcde"
    assert refusal(path, 4).code == "file.too-large"


def test_a_bad_byte_is_told_by_line_column_and_offset() -> None:
    with pytest.raises(PolicyError) as caught:
        decode("\ufeff大: 1\nb: ".encode() + b"\xff\n", "x")
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert found.span.position == (2, 4)
    assert "byte 0xff at offset 13" in found.message.en


def test_a_file_that_is_not_there_has_a_near_one(tmp_path: Path) -> None:
    (tmp_path / "credit.yaml").touch()
    found = refusal(tmp_path / "cerdit.yaml")
    assert found.code == "file.not-found"
    assert found.help is not None
    assert "credit.yaml" in found.help.en


def test_a_file_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no" / "credit.yaml").code == "file.not-found"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "file.unreadable"
