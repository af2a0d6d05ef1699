from __future__ import annotations

import pytest

from keyaccount.result.spreadsheet_text import spreadsheet_text


@pytest.mark.parametrize(
    "text",
    ["=1+1", "=HYPERLINK(A1)", "+cmd", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1", "-", "-1-1"],
)
def test_a_text_that_would_be_run_is_guarded(text: str) -> None:
    assert spreadsheet_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "A-1", "甲", "-12", "+86", "-0.5", "1=1", "'=1", "a@b"])
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert spreadsheet_text(text) == text
