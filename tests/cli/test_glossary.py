from __future__ import annotations

from decimal import Decimal

import pytest

from keyaccount.cli.glossary import Glossary, grouped
from keyaccount.diagnostics.diagnostic import Language
from keyaccount.ir.core import Program

EMPTY = Program({}, {}, {})
TITLES = {"green": {"en": "Green", "zh": "绿"}}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("999", "999"),
        ("5000000.10", "5,000,000.10"),
        ("-1234.5", "-1,234.5"),
        ("1E+3", "1,000"),
        ("0.0001", "0.0001"),
        ("1E+99", "1E+99"),
    ],
)
def test_numbers_keep_their_digits_in_groups(number: str, text: str) -> None:
    assert grouped(Decimal(number)) == text


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [
        (Language.EN, True, "yes"),
        (Language.ZH, False, "否"),
        (Language.EN, None, "none"),
        (Language.EN, [], "none"),
        (Language.EN, ["green", "blue"], "Green (green), blue"),
        (Language.ZH, ["green", Decimal(20)], "绿 (green)、20"),
        (Language.EN, {"tier": "green", "days": Decimal(10)}, "tier: Green (green); days: 10"),
    ],
)
def test_values_are_told_in_the_language_chosen(
    language: Language, value: object, text: str
) -> None:
    assert Glossary(EMPTY, language).value(value, TITLES) == text


def test_what_has_no_title_goes_by_its_name() -> None:
    glossary = Glossary(EMPTY, Language.ZH)
    assert glossary.fact("weight") == "weight"
    assert glossary.decision("policy.decision") == "policy.decision"
