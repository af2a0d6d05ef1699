"""Write a policy as YAML, the way its authors write it; read back, it is the same policy."""

from __future__ import annotations

from collections.abc import Iterator

from keyaccount.formats.yaml import fields
from keyaccount.formats.yaml.composer import compose
from keyaccount.formats.yaml.decisions_writer import decision_node
from keyaccount.formats.yaml.emitter import Mapping as Map
from keyaccount.formats.yaml.emitter import Node, Scalar, Style, emit
from keyaccount.formats.yaml.parts_writer import (
    TRUE,
    declared,
    feel,
    mapping,
    result,
    text,
    texts,
    titles,
    words,
)
from keyaccount.limits import DEFAULT_LIMITS
from keyaccount.model.policy import (
    BusinessKnowledgeModel,
    InputData,
    Parameter,
    Policy,
)

_WRITTEN = frozenset(
    {
        "policy",
        "title",
        "owner",
        "time_zone",
        "description",
        "facts",
        "parameters",
        "functions",
        "decisions",
    }
)
"""The keys of a policy that are written here; the others are copied from the policy's own file."""

HEAD = "# yaml-language-server: $schema=../schemas/policy.schema.json\n"


def write_policy(policy: Policy) -> str:
    """The text of a policy file; what cases need as it stands in the policy's own."""
    head = mapping(
        policy=text(policy.name.text),
        title=words(policy.title),
        owner=text(policy.owner),
        time_zone=text(policy.time_zone),
        description=words(policy.description),
    )
    parts = [HEAD + emit(head)]
    for section, nodes in sections(policy).items():
        if nodes:
            apart = section == "decisions"
            whole = Map(((section, Map(tuple(nodes.items()), Style.BLOCK, apart)),), Style.BLOCK)
            parts.append(emit(whole))
    parts.extend(_as_they_stand(policy))
    return "\n".join(parts)


def _as_they_stand(policy: Policy) -> Iterator[str]:
    """The sections of the policy's own file that are never written anew."""
    of_cases = (policy.calendars, policy.roles, policy.plans, policy.events, policy.event_rules)
    if not any(of_cases):
        return
    source = policy.span.source
    root, _ = compose(source, DEFAULT_LIMITS)
    for section in fields.entries(root):
        if section.key.value not in _WRITTEN:
            extent = fields.extent(section)
            yield source.text[extent.start : extent.end].rstrip() + "\n"


def sections(policy: Policy) -> dict[str, dict[str, Node]]:
    """What stands under `facts:`, `parameters:`, `functions:` and `decisions:`, by name."""
    return {
        "facts": {name: fact_node(each) for name, each in policy.facts.items()},
        "parameters": {name: parameter_node(each) for name, each in policy.parameters.items()},
        "functions": {name: function_node(each) for name, each in policy.functions.items()},
        "decisions": {name: decision_node(each) for name, each in policy.decisions.items()},
    }


def fact_node(fact: InputData) -> Map:
    """An entry of `facts:`."""
    return mapping(
        title=words(fact.title),
        **declared(fact.type, with_type=True),
        unit=text(fact.unit),
        allowed=feel(fact.allowed),
        titles=titles(fact.value_titles),
        nullable=TRUE if fact.nullable else None,
        sensitive=TRUE if fact.sensitive else None,
        default=result(fact.default),
        aliases=texts(fact.aliases, numbers=True),
        description=words(fact.description),
    )


def parameter_node(parameter: Parameter) -> Map:
    """An entry of `parameters:`."""
    values = Map(
        tuple(
            (str(each.since), value)
            for each in parameter.values
            if (value := result(each.value)) is not None
        )
    )
    return mapping(
        title=words(parameter.title),
        **declared(parameter.type, with_type=True),
        unit=text(parameter.unit),
        values=values,
        until=text(None if parameter.until is None else str(parameter.until)),
        description=words(parameter.description),
    )


def function_node(function: BusinessKnowledgeModel) -> Map:
    """An entry of `functions:`."""
    parameters = tuple((e.name.text, Scalar(str(e.type))) for e in function.parameters)
    return mapping(
        title=words(function.title),
        parameters=Map(parameters) if parameters else None,
        **declared(function.result, with_type=True),
        value=feel(function.body),
        description=words(function.description),
    )
