"""Read a policy's tests: cases of plain data."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from keyaccount.diagnostics import test_messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.stand_in import null_at
from keyaccount.formats.yaml import fields, schema
from keyaccount.formats.yaml.composer import compose
from keyaccount.formats.yaml.fields import Reading
from keyaccount.formats.yaml.files import read_source, refuse_unprintable
from keyaccount.formats.yaml.nodes import Entry, MappingNode, Node
from keyaccount.formats.yaml.plain import datum, plain_value
from keyaccount.formats.yaml.plan_tests_reader import plan_test_case
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.model.policy_tests import (
    Aspect,
    Expectation,
    GivenEvent,
    PolicyTestCase,
    PolicyTests,
)
from keyaccount.source import Source

_ASPECTS = frozenset(each.value for each in Aspect)


def read_policy_tests(origin: Source | Path, limits: Limits = DEFAULT_LIMITS) -> PolicyTests:
    """The cases of a file of policy tests.

    Raises:
        PolicyError: with everything that is wrong with the file.
    """
    if isinstance(origin, Path):
        source = read_source(origin, limits.yaml_bytes)
    else:
        source = origin
        refuse_unprintable(source)
    root, problems = compose(source, limits)
    reading = Reading(limits, None, problems)
    if root is None:
        raise PolicyError(problems)
    reading.diagnostics.extend(schema.mistakes(root, schema.POLICY_TESTS))
    cases = fields.items(fields.child(root, "cases"))
    read = tuple(case for each in cases if (case := _case(each, reading)))
    name = fields.fragment(fields.child(root, "policy"))
    plans = fields.items(fields.child(root, "plan cases"))
    read_plans = tuple(told for each in plans if (told := plan_test_case(each)))
    if reading.diagnostics or name is None:
        raise PolicyError(reading.diagnostics)
    return PolicyTests(name, read, root.span, read_plans)


def _case(node: Node, reading: Reading) -> PolicyTestCase | None:
    name = fields.fragment(fields.child(node, "name"))
    if name is None:
        return None
    given = fields.entries(fields.child(node, "given"))
    expect = fields.entries(fields.child(node, "expect"))
    derives = fields.entries(fields.child(node, "derives"))
    return PolicyTestCase(
        name=name,
        as_of=fields.day(fields.child(node, "as_of"), reading),
        given={each.key.value: datum(each) for each in given},
        expect={each.key.value: _expectation(each) for each in expect},
        span=node.span,
        now=_moment(fields.child(node, "now"), reading),
        events=tuple(map(_event, fields.items(fields.child(node, "events")))),
        derives={each.key.value: datum(each) for each in derives},
    )


def _moment(node: Node | None, reading: Reading) -> datetime | None:
    """An instant with an offset; what is none is reported."""
    text = fields.text(node)
    if node is None or text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        reading.report(test_messages.bad_moment(node.span, text))
        return None
    return moment


def _event(node: Node) -> GivenEvent:
    """The kind under `event`, the instant under `at`; everything else is its data."""
    data = {
        each.key.value: plain_value(each.value)
        for each in fields.entries(node)
        if each.key.value not in ("event", "at")
    }
    kind = fields.fragment(fields.child(node, "event")) or null_at(node.span)
    return GivenEvent(kind, fields.text(fields.child(node, "at")) or "", data, node.span)


def _expectation(entry: Entry) -> Expectation:
    """The detailed form where all keys are aspects; anything else is the value."""
    node = entry.value
    if isinstance(node, MappingNode) and node.entries and node.entries.keys() <= _ASPECTS:
        aspects = {Aspect(name): datum(each) for name, each in node.entries.items()}
    else:
        aspects = {Aspect.VALUE: datum(entry)}
    return Expectation(entry.key.fragment, aspects)
