"""Which known name was meant."""

from __future__ import annotations

import pytest

from keyaccount.diagnostics.suggest import slip_of

KNOWN = ("asked", "registered", "deal_closed", "confirmed", "approved_by_customer", "met")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("aske", "asked"),
        ("askked", "asked"),
        ("aksed", "asked"),
        ("asjed", "asked"),
        ("Asked", "asked"),
        ("registrd", "registered"),
        ("deal_lost", None),
        ("not_confirmed", None),
        ("refused_by_customer", None),
        ("sent", None),
        ("x", None),
    ],
)
def test_a_slip_of_the_finger_is_told_from_another_word(name: str, meant: str | None) -> None:
    assert slip_of(name, KNOWN) == meant
