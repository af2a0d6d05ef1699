"""The JSON Schemas: whether a file has their shape, and what is wrong where it has not."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any

from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.formats.yaml.nodes import Kind, MappingNode, Node, ScalarNode, SequenceNode
from keyaccount.formats.yaml.shape import Accepts, ShapeCompiler
from keyaccount.resources import schemas_folder

POLICY = "policy"
POLICY_TESTS = "policy-tests"
ORGANISATION = "organisation"


def mistakes(root: MappingNode, name: str) -> list[Diagnostic]:
    """What in a file is not as its schema says; nothing where all is right.

    Args:
        root: the file's nodes.
        name: of the schema: `POLICY`, `POLICY_TESTS` or `ORGANISATION`.
    """
    return [] if has_shape(root, name) else explained(root, name)


def has_shape(root: Node, name: str) -> bool:
    """Whether a file is as its schema says."""
    return _shape(name)(root)


def explained(root: MappingNode, name: str) -> list[Diagnostic]:
    """What `jsonschema` finds, in our words and at the author's place."""
    # Imported where a file is wrong: 65 ms that a right one need not wait for.
    from keyaccount.formats.yaml import schema_errors

    found: list[Diagnostic] = []
    while told := schema_errors.take_for_meant(root, plain_data(root), document(name)):
        found += told
    return [*found, *schema_errors.explained(root, plain_data(root), document(name))]


@cache
def document(name: str) -> dict[str, Any]:
    """A schema as it stands in its file."""
    text = (schemas_folder() / f"{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _shape(name: str) -> Accepts:
    schema = document(name)
    return ShapeCompiler(schema).compile(schema)


def plain_data(node: Node) -> Any:
    """A node as the data that JSON Schema speaks of; numbers stay decimal, dates text."""
    match node:
        case MappingNode(entries=entries):
            return {name: plain_data(entry.value) for name, entry in entries.items()}
        case SequenceNode(items=items):
            return [plain_data(each) for each in items]
        case ScalarNode():
            return plain_scalar(node)


def plain_scalar(node: ScalarNode) -> Decimal | str | bool | None:
    """A scalar's value by its kind."""
    match node.kind:
        case Kind.NUMBER:
            return Decimal(node.value)
        case Kind.BOOLEAN:
            return node.value.lower() == "true"
        case Kind.NULL:
            return None
        case Kind.TEXT:
            return node.value
