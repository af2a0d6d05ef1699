"""Whether nodes have the shape of a JSON Schema: yes or no, in a millisecond.

`jsonschema` takes 65 ms to import and longer to run, which nobody should wait
for whose files are right. So the schema is compiled to functions that only say
yes or no; where they say no, `jsonschema` finds out why (`schema.py`). Only the
keywords that our schemas use are known here: any other is refused when the
schema is compiled, so that none is silently let pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from keyaccount.formats.yaml.nodes import Kind, MappingNode, Node, ScalarNode, SequenceNode

Accepts = Callable[[Node], bool]
Schema = Mapping[str, Any]

_ANNOTATIONS = frozenset(
    ("$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default")
) | {"errorMessage"}
_COMPANIONS = {"additionalProperties": "properties", "then": "if", "else": "if"}
"""Keywords that are read with another one, where that stands beside them."""


class ShapeCompiler:
    """One schema document and its compiled definitions."""

    def __init__(self, document: Schema) -> None:
        self._document = document
        self._definitions: dict[str, Accepts] = {}

    def compile(self, schema: Schema | bool) -> Accepts:
        """The test for a schema.

        Raises:
            NotImplementedError: a keyword that is not known here.
        """
        if isinstance(schema, bool):
            return _ANYTHING if schema else _NOTHING
        unknown = schema.keys() - _ANNOTATIONS - _COMPANIONS.keys() - _BUILDERS.keys()
        if unknown:
            raise NotImplementedError(f"JSON Schema keywords {sorted(unknown)}")
        return _all(
            [
                build(self, schema)
                for keyword, build in _BUILDERS.items()
                if keyword in schema and _COMPANIONS.get(keyword) not in schema
            ]
        )

    def definition(self, reference: str) -> Accepts:
        """The test for a `$ref`, compiled when it is first needed."""

        def accepts(node: Node) -> bool:
            return self._definition(reference)(node)

        return accepts

    def _definition(self, reference: str) -> Accepts:
        if reference not in self._definitions:
            name = reference.removeprefix("#/$defs/")
            self._definitions[reference] = self.compile(self._document["$defs"][name])
        return self._definitions[reference]


def _anything(node: Node) -> bool:
    return True


def _nothing(node: Node) -> bool:
    return False


_ANYTHING: Accepts = _anything
_NOTHING: Accepts = _nothing


def _all(checks: list[Accepts]) -> Accepts:
    if len(checks) == 1:
        return checks[0]

    def accepts(node: Node) -> bool:
        return all(check(node) for check in checks)

    return accepts


def json_type(node: Node) -> str:
    """The JSON Schema name of a node's type."""
    match node:
        case MappingNode():
            return "object"
        case SequenceNode():
            return "array"
        case _:
            return node.kind.value


def _type(_: ShapeCompiler, schema: Schema) -> Accepts:
    wanted = schema["type"]
    names = frozenset([wanted] if isinstance(wanted, str) else wanted)
    return lambda node: json_type(node) in names


def _properties(compiler: ShapeCompiler, schema: Schema) -> Accepts:
    known = {name: compiler.compile(each) for name, each in schema.get("properties", {}).items()}
    other = compiler.compile(schema.get("additionalProperties", True))

    def accepts(node: Node) -> bool:
        if not isinstance(node, MappingNode):
            return True
        return all(known.get(name, other)(entry.value) for name, entry in node.entries.items())

    return accepts


def _property_names(compiler: ShapeCompiler, schema: Schema) -> Accepts:
    check = compiler.compile(schema["propertyNames"])

    def accepts(node: Node) -> bool:
        if not isinstance(node, MappingNode):
            return True
        # In JSON every key is text, whatever it looks like here.
        return all(check(entry.key._replace(kind=Kind.TEXT)) for entry in node.entries.values())

    return accepts


def _required(_: ShapeCompiler, schema: Schema) -> Accepts:
    names: list[str] = schema["required"]
    return lambda node: (
        not isinstance(node, MappingNode) or all(name in node.entries for name in names)
    )


def _enum(_: ShapeCompiler, schema: Schema) -> Accepts:
    choices = frozenset(schema["enum"])
    if not all(isinstance(each, str) for each in choices):
        raise NotImplementedError("only texts are known under enum")
    return lambda node: _text(node) in choices


def _pattern(_: ShapeCompiler, schema: Schema) -> Accepts:
    search = re.compile(schema["pattern"]).search
    return lambda node: (text := _text(node)) is None or search(text) is not None


def _min_length(_: ShapeCompiler, schema: Schema) -> Accepts:
    least: int = schema["minLength"]
    return lambda node: (text := _text(node)) is None or len(text) >= least


def _min_properties(_: ShapeCompiler, schema: Schema) -> Accepts:
    least: int = schema["minProperties"]
    return lambda node: not isinstance(node, MappingNode) or len(node.entries) >= least


def _min_items(_: ShapeCompiler, schema: Schema) -> Accepts:
    least: int = schema["minItems"]
    return lambda node: not isinstance(node, SequenceNode) or len(node.items) >= least


def _items(compiler: ShapeCompiler, schema: Schema) -> Accepts:
    check = compiler.compile(schema["items"])
    return lambda node: not isinstance(node, SequenceNode) or all(map(check, node.items))


def _if(compiler: ShapeCompiler, schema: Schema) -> Accepts:
    condition = compiler.compile(schema["if"])
    then = compiler.compile(schema.get("then", True))
    otherwise = compiler.compile(schema.get("else", True))
    return lambda node: then(node) if condition(node) else otherwise(node)


def _all_of(compiler: ShapeCompiler, schema: Schema) -> Accepts:
    return _all([compiler.compile(each) for each in schema["allOf"]])


def _not(compiler: ShapeCompiler, schema: Schema) -> Accepts:
    check = compiler.compile(schema["not"])
    return lambda node: not check(node)


def _ref(compiler: ShapeCompiler, schema: Schema) -> Accepts:
    return compiler.definition(schema["$ref"])


def _text(node: Node) -> str | None:
    return node.value if isinstance(node, ScalarNode) and node.kind is Kind.TEXT else None


_BUILDERS: dict[str, Callable[[ShapeCompiler, Schema], Accepts]] = {
    "type": _type,
    "properties": _properties,
    "additionalProperties": _properties,
    "propertyNames": _property_names,
    "required": _required,
    "enum": _enum,
    "pattern": _pattern,
    "minLength": _min_length,
    "minProperties": _min_properties,
    "minItems": _min_items,
    "items": _items,
    "if": _if,
    "allOf": _all_of,
    "not": _not,
    "$ref": _ref,
}
