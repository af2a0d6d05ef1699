"""`jsonschema`'s findings in our words: one function a keyword, at the author's own place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from keyaccount.diagnostics import calendar_messages
from keyaccount.diagnostics import format_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.diagnostics.suggest import nearest
from keyaccount.formats.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode
from keyaccount.formats.yaml.shape import Schema, json_type
from keyaccount.source import Span

_MOST = 200
"""How many findings are explained: nobody reads more, and a hostile file could hold a million."""

_LOGIC = ("value", "context", "rules", "scorecard")


class _Finding(NamedTuple):
    """A finding of `jsonschema`: the keyword's value, the schema around it, the data, its words.

    `meant` are the names that unknown keys at the same place were probably meant to be.
    """

    value: Any
    schema: Schema
    instance: Any
    words: str
    meant: frozenset[str]


class _Place(NamedTuple):
    """A node in the file with the key it stands under (None at the top).

    `is_item`: it is one of several in a list under that key.
    """

    node: Node
    key: ScalarNode | None
    is_item: bool = False

    @property
    def name(self) -> str:
        return self.key.value if self.key else "the file"

    @property
    def head(self) -> Span:
        """Where to point for what is not there: the key, or the first key inside."""
        if self.key is not None and not self.is_item:
            return self.key.span
        if isinstance(self.node, MappingNode) and self.node.entries:
            return next(iter(self.node.entries.values())).key.span
        return self.node.span


def explained(root: MappingNode, data: Any, schema: Schema) -> list[Diagnostic]:
    """A diagnostic for each thing that the schema refuses.

    Args:
        root: the file's nodes, for the places.
        data: the same as plain data.
        schema: the schema's document.
    """
    errors = _telling(islice(Draft202012Validator(schema).iter_errors(data), _MOST))
    meant = _meant(errors)
    return [each for error in errors for each in _diagnostics(root, error, meant)]


def take_for_meant(root: MappingNode, data: Any, schema: Schema) -> list[Diagnostic]:
    """Put what stands under a misspelt key under the one that was meant.

    So what is in it is read as well, and what refers to it finds it: one
    mistake makes one message.

    Returns:
        A diagnostic for each key that was put right.
    """
    errors = islice(Draft202012Validator(schema).iter_errors(data), _MOST)
    told: list[Diagnostic] = []
    for error in errors:
        node = _find(root, error.absolute_path).node
        if error.validator == "additionalProperties" and isinstance(node, MappingNode):
            told += _put_right(node, _schema_of(error).get("properties", {}))
    return told


def _put_right(mapping: MappingNode, known: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for name, (key, value) in list(mapping.entries.items()):
        meant = None if name in known else nearest(name, known)
        if meant is not None and meant not in mapping.entries:
            del mapping.entries[name]
            mapping.entries[meant] = Entry(key._replace(value=meant), value)
            yield messages.unknown_key(key.span, name, tuple(known))


_Path = tuple[str | int, ...]


def _telling(errors: Iterable[ValidationError]) -> list[ValidationError]:
    """Of a value's wrong kind and wrong choice, the one that says more; all else as it is."""
    found = list(errors)
    best: dict[_Path, int] = {}
    for error in found:
        path = tuple(error.absolute_path)
        best[path] = max(best.get(path, 0), _weight(error))
    return [each for each in found if _weight(each) in (0, best[tuple(each.absolute_path)])]


def _weight(error: ValidationError) -> int:
    if "propertyNames" in error.absolute_schema_path:
        return 0
    if error.validator == "enum" and isinstance(error.instance, str | Decimal):
        return 3 if _schema_of(error).get("$comment") else 2
    return 1 if error.validator == "type" else 0


def _meant(errors: Iterable[ValidationError]) -> Mapping[_Path, frozenset[str]]:
    """By place, the keys that unknown ones there were probably meant to be."""
    found = {}
    for error in errors:
        if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
            known = _schema_of(error).get("properties", {})
            unknown = islice((name for name in error.instance if name not in known), _MOST)
            near = {nearest(name, known) for name in unknown}
            found[tuple(error.absolute_path)] = frozenset(each for each in near if each)
    return found


def _diagnostics(
    root: MappingNode, error: ValidationError, meant: Mapping[_Path, frozenset[str]]
) -> Iterable[Diagnostic]:
    place = _find(root, error.absolute_path)
    if isinstance(place.node, ScalarNode) and place.node.is_missing:
        return ()  # told already, as YAML without a value
    if isinstance(place.node, MappingNode) and place.node.has_lost_entries:
        return ()  # told already, as keys that are none
    finding = _Finding(
        error.validator_value,
        _schema_of(error),
        error.instance,
        error.message,
        meant.get(tuple(error.absolute_path), frozenset()),
    )
    if "propertyNames" in error.absolute_schema_path and isinstance(place.node, MappingNode):
        key = place.node.entries[str(error.instance)].key
        place = _Place(key, key)
    return _BY_KEYWORD.get(str(error.validator), _other)(place, finding)


def _schema_of(error: ValidationError) -> Schema:
    return error.schema if isinstance(error.schema, Mapping) else {}


def _find(root: MappingNode, path: Iterable[str | int]) -> _Place:
    node: Node = root
    key: ScalarNode | None = None
    is_item = False
    for step in path:
        match node:
            case MappingNode(entries=entries) if isinstance(step, str):
                key, node = entries[step]
                is_item = False
            case SequenceNode(items=items) if isinstance(step, int):
                node = items[step]
                is_item = True
    return _Place(node, key, is_item)


def _unknown_keys(place: _Place, finding: _Finding) -> Iterator[Diagnostic]:
    known = list(finding.schema.get("properties", {}))
    unknown = (entry.key for entry in _entries(place) if entry.key.value not in known)
    for key in islice(unknown, _MOST):
        yield messages.unknown_key(key.span, key.value, known)


def _required(place: _Place, finding: _Finding) -> Iterator[Diagnostic]:
    if finding.schema.get("$comment") == "no-logic":
        if not finding.meant & set(_LOGIC):
            yield messages.no_logic(place.head)
        return
    present = {entry.key.value for entry in _entries(place)} | finding.meant
    # jsonschema reports each missing key by an error of its own, which names it in words only.
    for name in finding.value:
        if name not in present and finding.words.startswith(f"{name!r} "):
            yield messages.missing_key(place.head, name)


def _kind(place: _Place, finding: _Finding) -> Iterator[Diagnostic]:
    wanted = finding.value
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    yield messages.wrong_kind(place.node.span, place.name, json_type(place.node), names)


def _choice(place: _Place, finding: _Finding) -> Iterator[Diagnostic]:
    value = str(finding.instance)
    if finding.schema.get("$comment") == "values-are-text":
        yield messages.values_are_text(place.node.span, value)
    elif isinstance(place.node, ScalarNode):
        choices = [str(each) for each in finding.value]
        yield messages.wrong_choice(place.node.span, place.name, value, choices)


def _pattern(place: _Place, finding: _Finding) -> Iterator[Diagnostic]:
    message = _BY_PATTERN.get(finding.schema.get("$comment", ""))
    if message is None:
        yield messages.other_mistake(place.node.span, place.name)
    else:
        yield message(place.node.span, str(finding.instance))


def _empty(place: _Place, finding: _Finding) -> Iterator[Diagnostic]:
    yield messages.empty(place.head, place.name)


def _not(place: _Place, finding: _Finding) -> Iterator[Diagnostic]:
    yield messages.key_not_here(place.head, place.name, finding.schema["$comment"])


def _other(place: _Place, finding: _Finding) -> Iterator[Diagnostic]:
    yield messages.other_mistake(place.head, place.name)


def _entries(place: _Place) -> Iterable[Entry]:
    return place.node.entries.values() if isinstance(place.node, MappingNode) else ()


_BY_KEYWORD: dict[str, Callable[[_Place, _Finding], Iterator[Diagnostic]]] = {
    "additionalProperties": _unknown_keys,
    "required": _required,
    "type": _kind,
    "enum": _choice,
    "pattern": _pattern,
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "not": _not,
}

_BY_PATTERN: dict[str, Callable[[Span, str], Diagnostic]] = {
    "name": messages.bad_name,
    "rule-id": messages.bad_rule_id,
    "date": messages.bad_date,
    "time": messages.bad_time_of_day,
    "csv": messages.not_csv,
    "opening": calendar_messages.bad_hours,
    "days": calendar_messages.bad_days,
}
