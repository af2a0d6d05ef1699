"""The quick writer of JSON writes what the plain one writes; everything comes back."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType

from hypothesis import example, given
from hypothesis import strategies as st

from keyaccount.cases.documents import compact_json, from_json
from keyaccount.result.json_text import to_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\ue000\ue0011"))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@given(VALUES)
@example({"a": "\ue0001\ue001", "b": Decimal("1.10")})
@example({"\ue0001\ue001": Decimal(1)})
@example(["\ue000", Decimal("-0"), "\ue001"])
def test_it_writes_what_the_plain_writer_writes(value: object) -> None:
    assert compact_json(value) == to_json(value)


@given(VALUES)
def test_what_is_written_comes_back(value: object) -> None:
    assert from_json(compact_json(value)) == value


def test_values_of_another_kind_go_the_plain_way() -> None:
    assert compact_json({"a": MappingProxyType({"b": Decimal("0.10")})}) == '{"a": {"b": 0.10}}'
