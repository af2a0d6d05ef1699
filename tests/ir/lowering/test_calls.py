"""What calls are known to give before anything runs."""

from __future__ import annotations

import pytest

from keyaccount.formats.yaml.reader import read_policy
from keyaccount.ir.lowering import lower
from keyaccount.source import Source


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ('duration("P1D")', "days and time duration"),
        ('duration("P1Y2M")', "years and months duration"),
        ("duration(text)", "Any"),
        ('duration("soon")', "Any"),
    ],
)
def test_a_constant_text_tells_which_duration_it_is(call: str, kind: str) -> None:
    text = f"policy: p\nfacts: {{text: {{type: string}}}}\ndecisions:\n  d:\n    value: {call}\n"
    program = lower({"p": read_policy(Source("p.yaml", text))})
    assert str(program.decisions["p.d"].type) == kind
