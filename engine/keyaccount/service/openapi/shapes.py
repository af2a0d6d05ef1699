"""Shapes that many operations share: problems, questions, answers, parameters."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_BOTH = {
    "type": "object",
    "required": ["en", "zh"],
    "properties": {"en": {"type": "string"}, "zh": {"type": "string"}},
}
PROBLEM_TYPE = "application/problem+json"

SCHEMAS: dict[str, Json] = {
    "problem": {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail", "errors"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/error"}},
        },
    },
    "error": {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "description": "Stable; as on the command line"},
            "message": _BOTH,
            "help": _BOTH,
            "pointer": {"type": "string", "description": "JSON pointer into the request"},
            "file": {"type": "string"},
            "line": {"type": "integer"},
            "column": {"type": "integer"},
        },
    },
    "refused_case": {
        "type": "object",
        "required": ["problem"],
        "properties": {"problem": {"$ref": "#/components/schemas/problem"}},
        "additionalProperties": False,
    },
}

QUESTION: dict[str, Json] = {
    "as_of": {
        "type": ["string", "null"],
        "format": "date",
        "description": "Decide by what is in force on this date · 按此日有效的规则",
    },
    "version": {
        "type": ["string", "null"],
        "description": "Pin a version of the policies · 指定策略版本",
    },
    "reference": {
        "type": ["string", "null"],
        "minLength": 1,
        "maxLength": 200,
        "pattern": r"^[^\x00-\x1f\x7f]+$",
        "description": "A name of your own, to find the decision in the log by · 便于在日志中查找",
    },
    "explain": {"type": "boolean", "description": "Tell why, and why not · 说明理由"},
}

ANSWER: dict[str, Json] = {
    "entry": {"type": "integer", "description": "Number of the entry in the decision log"},
    "receipt": {"type": "string", "description": "The log's hash at this entry: keep it as proof"},
    "policy": {"type": "string"},
    "version": {"type": "string"},
    "as_of": {"type": "string", "format": "date"},
    "explanation": {"type": "object"},
}

_NAMES = {"type": "array", "items": {"type": "string"}}
DECISION: Json = {
    "type": "object",
    "required": ["value", "rules", "status", "missing", "possible"],
    "properties": {
        "rules": {**_NAMES, "description": "Ids of the rules that matched"},
        "status": {"type": "string", "enum": ["decided", "undetermined", "conflict"]},
        "missing": {**_NAMES, "description": "Facts that it waits for"},
        "possible": {"type": ["array", "null"], "description": "What it may still come to"},
        "conflicts": _NAMES,
    },
}

_PROBLEMS = {
    "400": "The body cannot be read",
    "401": "No valid key",
    "403": "The key lacks the role",
    "404": "Not found",
    "405": "Another method",
    "413": "Too large",
    "415": "Another content type",
    "422": "The request will not do",
    "429": "The key's rate is used up",
    "503": "Busy, or the log cannot be written: send it again",
}


def reference(name: str) -> Json:
    """A schema of the document's own, by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def body(schema: Json, content_type: str = "application/json") -> Json:
    """A request body that must be there."""
    return {"required": True, "content": {content_type: {"schema": schema}}}


def operation(
    id_: str,
    summary: str,
    tag: str,
    answer: Json | None,
    request: Json | None = None,
    *,
    parameters: tuple[Json, ...] = (),
    status: str = "200",
    content_type: str = "application/json",
    open_to_all: bool = False,
) -> Json:
    """An operation with every answer that it can give."""
    given: Json = {"description": "Done"}
    if answer is not None:
        given["content"] = {content_type: {"schema": answer}}
    made: Json = {
        "operationId": id_,
        "summary": summary,
        "tags": [tag],
        "responses": {status: given, **_problems(open_to_all=open_to_all)},
    }
    if request is not None:
        made["requestBody"] = request
    if parameters:
        made["parameters"] = list(parameters)
    if open_to_all:
        made["security"] = []
    return made


def _problems(*, open_to_all: bool) -> Json:
    if open_to_all:
        return {}
    content = {PROBLEM_TYPE: {"schema": reference("problem")}}
    return {status: {"description": told, "content": content} for status, told in _PROBLEMS.items()}


def in_path(name: str, schema: Json) -> Json:
    """A part of the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def in_query(name: str, schema: Json, told: str) -> Json:
    """A parameter behind the question mark."""
    return {"name": name, "in": "query", "schema": schema, "description": told}
