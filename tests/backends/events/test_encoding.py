"""What durable-rules is asked: the guards that show in the texts it gets."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from keyaccount.backends.events import encoding
from keyaccount.backends.events.network import Candidate, KeyJoin, KeyPattern, KeyRule

EQUAL = KeyJoin("=", 0, 0, 0, sure=False)
FIRST = KeyPattern("order", 1, ())
NETWORK = (
    KeyRule((FIRST, KeyPattern("order", 1, (EQUAL,))), (KeyPattern("shipped", 1, (EQUAL,)),)),
)


def written() -> Any:
    return json.loads(encoding.rule_set(NETWORK))


def facts(*keys: object) -> list[dict[str, int]]:
    """The facts that candidates of the first pattern with these keys make."""
    made = tuple(
        Candidate(place, ((type(key).__name__, key) if key is not None else None,))
        for place, key in enumerate(keys)
    )
    return [json.loads(each) for each in encoding.facts(NETWORK, (((made, ()), ((),)),))]


def test_every_rule_set_ends_in_a_rule_that_fires_on_the_opening_fact() -> None:
    *_, last = written()
    assert last == "zz"
    assert written()["zz"]["all"] == [{"m": {"$and": [{"t": 0}, {"one": 1}]}}]


def test_the_last_term_of_a_pattern_is_always_true() -> None:
    terms = [term["$and"] for each in written()["r0"]["all"] for term in each.values()]
    assert [each[-1] for each in terms] == [
        {"one": 1},
        {"one": {"v0": "one"}},
        {"one": {"v0": "one"}},
    ]


def test_every_pattern_has_a_kind_of_its_own() -> None:
    kinds = [term["$and"][0]["t"] for each in written()["r0"]["all"] for term in each.values()]
    assert kinds == [1, 2, 3]


def test_what_must_not_be_there_is_asserted_first() -> None:
    order = (Candidate(0, (("str", "A"),)),)
    session = (((order, order), (((Candidate(1, (("str", "A"),)),)),)),)
    kinds = [json.loads(each)["t"] for each in encoding.facts(NETWORK, session)]
    assert kinds == [3, 1, 2]


def test_keys_become_ranks_that_keep_order_and_equality() -> None:
    given = [Decimal("0.30000000000000000000001"), Decimal("0.3"), Decimal("0.30"), Decimal(10**33)]
    ranks = [each["k0"] for each in facts(*given)]
    assert ranks == [1, 0, 0, 2]


def test_nothing_of_a_text_reaches_the_library() -> None:
    hostile = ['","sid":"d","id":1,"', "\x00", "\ud800", "x" * 70_000]
    found = encoding.facts(
        NETWORK, (((tuple(Candidate(0, (("str", each),)) for each in hostile), ()), ((),)),)
    )
    assert max(map(len, found)) < 60
    assert all(each.isascii() for each in found)


def test_a_missing_key_is_of_a_class_that_no_key_has() -> None:
    missing, there = facts(None, "A")
    assert missing["c0"] == -1
    assert there["c0"] == 0


def test_names_of_properties_do_not_share_a_hash() -> None:
    """The library knows properties by 32 bits of FNV-1a."""
    names = ["t", "one", "fn", "id", "sid", "$s", "$forward", "$time", "$timerName", "$baseTime"]
    names += [f"{letter}{place}" for letter in "kc" for place in range(100)]
    assert len({_hash(each) for each in names}) == len(names)


def _hash(name: str) -> int:
    found = 0x811C9DC5
    for byte in name.encode():
        found = ((found ^ byte) * 16777619) & 0xFFFFFFFF
    return found


@pytest.mark.parametrize(
    "network",
    [
        NETWORK * (encoding.MAX_RULES + 1),
        (KeyRule((FIRST,) * (encoding.MAX_PATTERNS + 1), ()),),
        (KeyRule((FIRST, KeyPattern("order", 1, (EQUAL,) * 6)), ()),),
    ],
    ids=["rules", "patterns", "joins"],
)
def test_more_than_the_library_was_found_right_with_is_refused(network) -> None:
    with pytest.raises(encoding.CannotExpressError):
        encoding.rule_set(network)
