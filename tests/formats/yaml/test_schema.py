"""The schemas: what they let pass is what jsonschema lets pass, and errors are never silent."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.yaml import schema
from keyaccount.formats.yaml.composer import compose
from keyaccount.formats.yaml.files import read_source
from keyaccount.formats.yaml.nodes import (
    Entry,
    Kind,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
)
from keyaccount.formats.yaml.shape import ShapeCompiler
from keyaccount.limits import DEFAULT_LIMITS
from keyaccount.resources import policies_folder, schemas_folder
from keyaccount.source import Source

HERE = Path(__file__).parent
NAMES = [schema.POLICY, schema.POLICY_TESTS]
NOWHERE = Source("made.yaml", "")
BROKEN = sorted((HERE.parents[1] / "broken" / "policies").rglob("*.yaml"))
TESTS = """
policy: everything
cases:
  - name: one
    as_of: 2026-01-01
    given: {tonnes: 20, tags: [new]}
    expect:
      by_value: true
      by_rules:
        {value: [economic], status: undetermined, rules: [a], missing: [x], possible: null}
      several: {hours: 4, owner: sales}
  - name: two
    now: "2026-01-01T09:00:00+08:00"
    events: [{event: order_placed, at: "2026-01-01T08:00:00+08:00", order: A}]
    derives: {order_stuck: [{order: A}]}
"""


def root_of(source: Source) -> MappingNode:
    root, _ = compose(source, DEFAULT_LIMITS)
    assert root is not None
    return root


def node_of(data: Any) -> Node:
    """The nodes of plain data, everywhere and nowhere."""
    match data:
        case dict():
            entries = {name: Entry(scalar(name), node_of(value)) for name, value in data.items()}
            return MappingNode(NOWHERE, 0, 0, entries)
        case list():
            return SequenceNode(NOWHERE, 0, 0, [node_of(each) for each in data])
        case bool():
            return ScalarNode(Kind.BOOLEAN, str(data).lower(), "", 0, 0, NOWHERE)
        case None:
            return ScalarNode(Kind.NULL, "null", "", 0, 0, NOWHERE)
        case str():
            return scalar(data)
        case _:
            return ScalarNode(Kind.NUMBER, str(data), "", 0, 0, NOWHERE)


def scalar(text: str) -> ScalarNode:
    return ScalarNode(Kind.TEXT, text, "'", 0, 0, NOWHERE)


def is_valid(root: Node, name: str) -> bool:
    return Draft202012Validator(schema.document(name)).is_valid(schema.plain_data(root))


EVERYTHING = {
    schema.POLICY: schema.plain_data(root_of(read_source(HERE / "everything.yaml", 10**6))),
    schema.POLICY_TESTS: schema.plain_data(root_of(Source("tests.yaml", TESTS))),
}


def keys_of(part: Any) -> set[str]:
    match part:
        case dict():
            return set(part.get("properties", {})).union(*map(keys_of, part.values()))
        case list():
            return set().union(*map(keys_of, part))
        case _:
            return set()


KEYS = sorted(keys_of(schema.document(schema.POLICY)) | {"", "1x", "a.b", "a|b", "2024-01-01"})
VALUES: list[Any] = [None, True, 20, "x", "", "first", "number", "2024-01-01", [], {}, ["x"], [1]]


def mutate(data: Any, chance: random.Random) -> None:
    """Change one thing somewhere: a key's name, a value, a key more or less."""
    places = list(containers(data))
    place = chance.choice(places)
    value = copy.deepcopy(chance.choice(VALUES))
    if isinstance(place, list):
        chance.choice([lambda: place.append(value), place.clear])()
        return
    keys = list(place)
    key = chance.choice(keys) if keys else "x"
    match chance.randrange(4):
        case 0:
            place.pop(key, None)
        case 1:
            place[chance.choice(KEYS)] = place.pop(key, value)
        case 2:
            place[key] = value
        case _:
            place[chance.choice(KEYS)] = value


def containers(data: Any) -> list[Any]:
    inside = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    here = [data] if isinstance(data, dict | list) else []
    return here + [each for item in inside for each in containers(item)]


@pytest.mark.parametrize("name", NAMES)
@given(chance=st.randoms(), changes=st.integers(0, 3))
@settings(max_examples=80, deadline=None)
def test_yes_or_no_is_what_jsonschema_says_and_no_is_always_explained(
    name: str, chance: random.Random, changes: int
) -> None:
    data = copy.deepcopy(EVERYTHING[name])
    for _ in range(changes):
        mutate(data, chance)
    root = node_of(data)
    assert isinstance(root, MappingNode)
    accepted = schema.has_shape(root, name)
    assert accepted == is_valid(root, name)
    assert accepted == (not schema.explained(root, name))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_every_key_has_the_shape(name: str) -> None:
    root = node_of(EVERYTHING[name])
    assert schema.has_shape(root, name)
    assert is_valid(root, name)


def test_a_file_with_every_key_does_have_every_key() -> None:
    used = {
        key
        for each in containers(EVERYTHING[schema.POLICY])
        if isinstance(each, dict)
        for key in each
    }
    assert keys_of(schema.document(schema.POLICY)) <= used


@pytest.mark.parametrize("path", BROKEN, ids=[each.stem for each in BROKEN])
def test_broken_policies_are_refused_by_both_alike(path: Path) -> None:
    try:
        root, _ = compose(read_source(path, 10**6), DEFAULT_LIMITS)
    except PolicyError:
        return
    if root is not None:
        assert schema.has_shape(root, schema.POLICY) == is_valid(root, schema.POLICY)


def test_the_policies_that_ship_have_the_shape() -> None:
    for path in policies_folder().glob("*.yaml"):
        assert is_valid(root_of(read_source(path, 10**6)), schema.POLICY)
    for path in (policies_folder() / "tests").glob("*.yaml"):
        assert is_valid(root_of(read_source(path, 10**6)), schema.POLICY_TESTS)


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_valid_itself(name: str) -> None:
    Draft202012Validator.check_schema(schema.document(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_definition_is_used_and_exists(name: str) -> None:
    text = (schemas_folder() / f"{name}.schema.json").read_text("utf-8")
    for definition in json.loads(text)["$defs"]:
        assert f'"#/$defs/{definition}"' in text


def test_a_keyword_that_is_not_known_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="maxItems"):
        ShapeCompiler({}).compile({"type": "array", "maxItems": 3})
    with pytest.raises(NotImplementedError, match="enum"):
        ShapeCompiler({}).compile({"enum": [1, 2]})
