"""Read policies: from text, from a file, from a folder, with all that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from keyaccount.diagnostics import format_messages, yaml_messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, Severity, in_order
from keyaccount.formats.yaml import fields, schema
from keyaccount.formats.yaml.calendars import calendar, zone_named
from keyaccount.formats.yaml.composer import compose
from keyaccount.formats.yaml.decisions import decision
from keyaccount.formats.yaml.declarations import (
    business_knowledge_model,
    input_data,
    parameter,
)
from keyaccount.formats.yaml.event_rules import event_rule, event_type
from keyaccount.formats.yaml.fields import Reading
from keyaccount.formats.yaml.files import read_source, refuse_unprintable
from keyaccount.formats.yaml.nodes import MappingNode
from keyaccount.formats.yaml.plans import plan, role
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.model.policy import Policy
from keyaccount.source import Source

NOTHING: Mapping[str, str] = MappingProxyType({})
DEFAULT_TIME_ZONE = "Asia/Shanghai"
_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What could be read, and all that is wrong with it.

    The policies hold what was readable, so that later stages can look for
    mistakes in the rest; they are fit for use only where no diagnostic is an error.
    `unread` are the names that files of which nothing was readable go by: of
    what others say about those, nothing is known.
    """

    policies: Mapping[str, Policy]
    diagnostics: tuple[Diagnostic, ...]
    unread: frozenset[str] = frozenset()

    def usable(self) -> Mapping[str, Policy]:
        """The policies. Raises PolicyError with all diagnostics where one is an error."""
        if any(each.severity is Severity.ERROR for each in self.diagnostics):
            raise PolicyError(self.diagnostics)
        return self.policies


def read_policy(
    origin: Source | Path,
    limits: Limits = DEFAULT_LIMITS,
    beside: Mapping[str, str] = NOTHING,
) -> Policy:
    """A policy from its file, or from text.

    Args:
        origin: the file, or the text.
        limits: of the file.
        beside: the texts of the tables that stand beside a policy which is a text itself.

    Raises:
        PolicyError: with everything that is wrong with it.
    """
    return next(iter(inspect_policy(origin, limits, beside).usable().values()))


def read_policies(folder: Path, limits: Limits = DEFAULT_LIMITS) -> Mapping[str, Policy]:
    """The policies of a folder by name: its files `*.yaml` and `*.yml`, not those below.

    Raises:
        PolicyError: with everything that is wrong with any of them.
    """
    return inspect_policies(folder, limits).usable()


def inspect_policies(folder: Path, limits: Limits = DEFAULT_LIMITS) -> Inspection:
    """The policies of a folder, as far as they can be read, and all that is wrong."""
    if not folder.is_dir():
        return Inspection({}, (yaml_messages.folder_not_found(str(folder)),))
    paths = sorted(each for each in folder.iterdir() if _is_policy(each))
    if not paths:
        return Inspection({}, (yaml_messages.no_policies(str(folder)),))
    return inspections_together(inspect_policy(each, limits) for each in paths)


def inspect_policy(
    origin: Source | Path,
    limits: Limits = DEFAULT_LIMITS,
    beside: Mapping[str, str] = NOTHING,
) -> Inspection:
    """One policy, as far as it can be read, and all that is wrong with it; `beside`: see above."""
    folder = origin.parent if isinstance(origin, Path) else None
    reading = Reading(limits, folder, beside=beside)
    try:
        source = _source(origin, limits)
        root, problems = compose(source, limits)
    except PolicyError as error:
        return Inspection({}, error.diagnostics, _named(origin))
    reading.diagnostics.extend(problems)
    if root is None:
        return Inspection({}, in_order(reading.diagnostics), _named(origin))
    reading.diagnostics.extend(schema.mistakes(root, schema.POLICY))
    policy = _policy(root, reading)
    if policy is None:
        return Inspection({}, in_order(reading.diagnostics), _named(origin))
    return Inspection({policy.name.text: policy}, in_order(reading.diagnostics))


def _named(origin: Source | Path) -> frozenset[str]:
    """The name that a policy most likely has by its file's."""
    return frozenset({Path(origin.name).stem})


def _is_policy(path: Path) -> bool:
    return path.suffix.lower() in _ENDINGS and not path.name.startswith(".") and path.is_file()


def inspections_together(inspections: Iterable[Inspection]) -> Inspection:
    """Several files as one set of policies; two of the same name are a mistake."""
    policies: dict[str, Policy] = {}
    diagnostics: list[Diagnostic] = []
    unread: set[str] = set()
    for inspection in inspections:
        unread |= inspection.unread
        diagnostics.extend(inspection.diagnostics)
        for name, policy in inspection.policies.items():
            if name in policies:
                file = policies[name].span.source.name
                place = policy.name.span()
                diagnostics.append(format_messages.duplicate_policy(place, name, file))
            else:
                policies[name] = policy
    return Inspection(policies, in_order(diagnostics), frozenset(unread))


def _source(origin: Source | Path, limits: Limits) -> Source:
    if isinstance(origin, Path):
        return read_source(origin, limits.yaml_bytes)
    if len(origin.text) > limits.yaml_bytes:
        place = origin.span(0, 0)
        raise PolicyError([yaml_messages.file_too_large(place, limits.yaml_bytes)])
    refuse_unprintable(origin)
    return origin


def _policy(root: MappingNode, reading: Reading) -> Policy | None:
    """The model of a file; None where it does not even have a name."""
    name = fields.fragment(fields.child(root, "policy"))
    if name is None:
        return None
    facts = fields.entries(fields.child(root, "facts"))
    parameters = fields.entries(fields.child(root, "parameters"))
    functions = fields.entries(fields.child(root, "functions"))
    decisions = fields.entries(fields.child(root, "decisions"))
    roles = fields.entries(fields.child(root, "roles"))
    plans = fields.entries(fields.child(root, "plans"))
    calendars = fields.entries(fields.child(root, "calendars"))
    time_zone = zone_named(fields.child(root, "time_zone"), DEFAULT_TIME_ZONE, reading)
    events = fields.entries(fields.child(root, "events"))
    event_rules = fields.entries(fields.child(root, "event rules"))
    return Policy(
        name=name,
        title=fields.words(fields.child(root, "title")),
        owner=fields.text(fields.child(root, "owner")),
        time_zone=time_zone,
        facts={each.key.value: input_data(each, reading) for each in facts},
        parameters={each.key.value: parameter(each, reading) for each in parameters},
        functions={each.key.value: business_knowledge_model(each) for each in functions},
        decisions={each.key.value: decision(each, reading) for each in decisions},
        calendars={each.key.value: calendar(each, time_zone, reading) for each in calendars},
        span=root.span,
        roles={each.key.value: role(each) for each in roles},
        plans={each.key.value: plan(each) for each in plans},
        events={each.key.value: event_type(each, reading) for each in events},
        event_rules={each.key.value: event_rule(each) for each in event_rules},
        description=fields.words(fields.child(root, "description")),
    )
