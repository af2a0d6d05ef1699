"""The OpenAPI document: a path for each policy, its facts and decisions typed."""

from __future__ import annotations

from typing import Any

from keyaccount.ir.requirements import select
from keyaccount.policy_set import PolicySet
from keyaccount.service.openapi import shapes
from keyaccount.service.openapi.facts import fact_schema, value_schema
from keyaccount.service.openapi.fixed import FIXED_PATHS
from keyaccount.service.openapi.shapes import Json, body, operation, reference


def document(policies: PolicySet) -> Json:
    """The whole of it, as plain data."""
    paths: dict[str, Json] = {}
    schemas: dict[str, Json] = dict(shapes.SCHEMAS)
    for name in deciding_policies(policies):
        schemas[f"{name}.facts"] = _facts(policies, name)
        schemas[f"{name}.question"] = _question(policies, name)
        schemas[f"{name}.answer"] = _answer(policies, name)
        schemas[f"{name}.answer_or_problem"] = {
            "anyOf": [reference(f"{name}.answer"), reference("refused_case")]
        }
        paths[f"/v1/decisions/{name}"] = {"post": _decide(policies, name)}
        paths[f"/v1/decisions/{name}/batch"] = {"post": _decide_many(policies, name)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "keyaccount",
            "version": policies.version,
            "description": "Decisions by policy. Numbers are exact decimals in both directions. "
            "按策略决策；数值在两个方向上都是精确的十进制数。",
        },
        "paths": {**paths, **FIXED_PATHS},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def deciding_policies(policies: PolicySet) -> list[str]:
    """The names of those with decisions; others hold plans alone, and there is nothing to ask."""
    return [name for name, policy in policies.policies.items() if policy.decisions]


def _title(policies: PolicySet, name: str) -> str:
    return " · ".join(dict.fromkeys(policies.policies[name].title.values())) or name


def _decide(policies: PolicySet, name: str) -> Json:
    return operation(
        f"decide_{name}",
        f"Decide one case: {_title(policies, name)}",
        "decide",
        reference(f"{name}.answer"),
        body(reference(f"{name}.question")),
    )


def _decide_many(policies: PolicySet, name: str) -> Json:
    many = {"type": "array", "items": reference(f"{name}.question")}
    answers = {"type": "array", "items": reference(f"{name}.answer_or_problem")}
    made = operation(
        f"decide_many_{name}",
        f"Decide many cases: {_title(policies, name)}",
        "decide",
        answers,
        body(many),
    )
    made["description"] = (
        "An array is answered by an array in its order. JSON lines (application/x-ndjson), a "
        "question a line, are answered line by line while they come. A case that cannot be "
        "decided has its `problem` in its place."
    )
    made["requestBody"]["content"]["application/x-ndjson"] = {"schema": {"type": "string"}}
    made["responses"]["200"]["content"]["application/x-ndjson"] = {"schema": {"type": "string"}}
    return made


def _facts(policies: PolicySet, name: str) -> Json:
    program = select(policies.program, policies.full_names(name), reasons=True)
    facts = {each.name: fact_schema(policies, name, each) for each in program.facts.values()}
    return {"type": "object", "properties": facts, "additionalProperties": False}


def _question(policies: PolicySet, name: str) -> Json:
    facts = _facts(policies, name)["properties"]
    examples = {
        fact: schema["examples"][0] for fact, schema in facts.items() if "examples" in schema
    }
    known = list(policies.policies[name].decisions)
    return {
        "type": "object",
        "required": ["facts"],
        "properties": {
            "facts": reference(f"{name}.facts"),
            **shapes.QUESTION,
            "decisions": {
                "type": ["array", "null"],
                "minItems": 1,
                "items": {"type": "string", "enum": known},
                "description": "Those wanted; all where left out · 需要的决策",
            },
        },
        "additionalProperties": False,
        "examples": [{"facts": examples}],
    }


def _answer(policies: PolicySet, name: str) -> Json:
    decisions: dict[str, Any] = {}
    for full in policies.full_names(name):
        decision = policies.program.decisions[full]
        title = " · ".join(dict.fromkeys(decision.title.values())) or decision.local_name
        one = dict(shapes.DECISION)
        one["properties"] = {**one["properties"], "value": value_schema(decision.type)}
        decisions[decision.local_name] = {**one, "title": title}
    return {
        "type": "object",
        "required": ["entry", "receipt", "policy", "version", "as_of", "decisions"],
        "properties": {
            **shapes.ANSWER,
            "decisions": {"type": "object", "properties": decisions},
        },
        "additionalProperties": False,
    }
