"""Numbers of things in English words."""

from __future__ import annotations

import pytest

from keyaccount.diagnostics.counting import counted


@pytest.mark.parametrize(
    ("number", "words", "expected"),
    [
        (0, ("case",), "0 cases"),
        (1, ("case",), "1 case"),
        (2, ("case",), "2 cases"),
        (1_000, ("case",), "1,000 cases"),
        (1, ("entry", "entries"), "1 entry"),
        (2, ("entry", "entries"), "2 entries"),
    ],
)
def test_one_thing_two_things(number: int, words: tuple[str, ...], expected: str) -> None:
    assert counted(number, *words) == expected
