"""A DMN file as a whole: the model, and what else stands in the file.

Words for people, the diagram, and what keyaccount itself keeps in
`extensionElements` and attributes of a namespace of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from keyaccount.model.definitions import Definitions
from keyaccount.source import Span

EXTENSION = "urn:keyaccount:dmn:1"
"""The namespace of what DMN has no place for."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a diagram; y grows downwards."""

    x: Decimal
    y: Decimal


@dataclass(frozen=True, slots=True)
class Bounds:
    """A shape's upper left corner and size."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal


@dataclass(frozen=True, slots=True)
class Diagram:
    """Shapes by the id of their element; lines by the ids of both ends, the required one first."""

    shapes: Mapping[str, Bounds] = field(default_factory=dict)
    lines: Mapping[tuple[str, str], tuple[Point, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """What an element says beside its logic.

    `fingerprint` tells what it looked like when keyaccount wrote it;
    `policy` is its name, `policy.name`, where it was borrowed from another policy.
    """

    label: str | None = None
    description: str | None = None
    fingerprint: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """An element that the model has no place for: of what kind, by what name, where."""

    kind: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """A file. `remarks` by id.

    `source` is the policy that the file was made from, as YAML; `beside` the
    texts of the tables beside it, by name; `as_of` the date whose parameters
    and rules the model has.
    """

    definitions: Definitions
    remarks: Mapping[str, Remark] = field(default_factory=dict)
    diagram: Diagram = field(default_factory=Diagram)
    source: str | None = None
    as_of: date | None = None
    others: tuple[Other, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
