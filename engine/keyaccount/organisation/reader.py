"""Read an organisation: a YAML file, or a CSV table of people."""

from __future__ import annotations

from pathlib import Path

from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError
from keyaccount.formats.yaml import fields, schema
from keyaccount.formats.yaml.composer import compose
from keyaccount.formats.yaml.fields import Reading
from keyaccount.formats.yaml.files import read_source
from keyaccount.formats.yaml.nodes import Entry, MappingNode, Node
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.organisation.checks import check
from keyaccount.organisation.csv_reader import people_of_table
from keyaccount.organisation.organisation import Organisation
from keyaccount.organisation.people import Days, Deputy, Holding, Person
from keyaccount.source import Source


def read_organisation(path: Path, limits: Limits = DEFAULT_LIMITS) -> Organisation:
    """The organisation of a file, by its ending: `.csv`, else YAML.

    Raises:
        PolicyError: with everything that is wrong with it.
    """
    source = read_source(path, limits.yaml_bytes)
    problems: list[Diagnostic] = []
    if path.suffix.lower() == ".csv":
        people, deputies = people_of_table(source, problems)
    else:
        people, deputies = _of_yaml(source, limits, problems)
    problems.extend(check(people, deputies))
    if problems:
        raise PolicyError(problems)
    return Organisation(people, deputies)


def _of_yaml(
    source: Source, limits: Limits, problems: list[Diagnostic]
) -> tuple[list[Person], list[Deputy]]:
    root, found = compose(source, limits)
    problems.extend(found)
    if root is None:
        return [], []
    problems.extend(schema.mistakes(root, schema.ORGANISATION))
    reading = Reading(limits, None, problems)
    people = [_person(each, reading) for each in fields.entries(fields.child(root, "people"))]
    listed = fields.items(fields.child(root, "deputies"))
    deputies = [deputy for each in listed if (deputy := _deputy(each, reading))]
    return people, deputies


def _person(entry: Entry, reading: Reading) -> Person:
    node = entry.value
    roles = fields.items(fields.child(node, "roles"))
    return Person(
        id=entry.key.value,
        name=fields.text(fields.child(node, "name")) or entry.key.value,
        superior=fields.text(fields.child(node, "superior")),
        roles=tuple(holding for each in roles if (holding := _holding(each, reading))),
        email=fields.text(fields.child(node, "email")),
        span=entry.key.span,
    )


def _holding(node: Node, reading: Reading) -> Holding | None:
    if not isinstance(node, MappingNode):
        role = fields.text(node)
        return None if role is None else Holding(role)
    role = fields.text(fields.child(node, "role"))
    if role is None:
        return None
    return Holding(role, fields.text(fields.child(node, "region")), _days(node, reading))


def _days(node: Node, reading: Reading) -> Days:
    return Days(
        fields.day(fields.child(node, "from"), reading),
        fields.day(fields.child(node, "through"), reading),
    )


def _deputy(node: Node, reading: Reading) -> Deputy | None:
    person = fields.text(fields.child(node, "person"))
    deputy = fields.text(fields.child(node, "deputy"))
    if person is None or deputy is None:
        return None
    return Deputy(person, deputy, _days(node, reading), node.span)
