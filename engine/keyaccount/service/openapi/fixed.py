"""The paths that are the same whatever the policies."""

from __future__ import annotations

from typing import Any

from keyaccount.service.access.callers import Role
from keyaccount.service.openapi.shapes import Json, body, in_path, in_query, operation

_TEXT = {"type": "string"}
_ANYTHING: Json = {"type": "object"}
_AFTER = in_query(
    "after", {"type": "integer", "minimum": 0, "maximum": 2**62}, "Entries behind this number"
)
_LIMIT = in_query("limit", {"type": "integer", "minimum": 0, "maximum": 1000}, "How many at most")

_LOG_ENTRY: Json = {
    "type": "object",
    "required": ["entry", "policy", "version", "digest", "hash", "content"],
    "properties": {
        "entry": {"type": "integer"},
        "policy": _TEXT,
        "version": _TEXT,
        "digest": _TEXT,
        "hash": _TEXT,
        "content": {
            "type": ["object", "null"],
            "description": "What was logged; null once it is erased",
        },
    },
}


def _list_of(name: str, item: Json, *more: str) -> Json:
    properties: dict[str, Any] = {name: {"type": "array", "items": item}}
    properties |= {each: {"type": "integer"} for each in more}
    return {"type": "object", "required": list(properties), "properties": properties}


_VERSIONS: Json = {
    "type": "object",
    "required": ["serving", "shadow", "folder", "broken", "stored"],
    "properties": {
        "serving": _TEXT,
        "shadow": {"type": ["string", "null"]},
        "folder": {"type": ["string", "null"]},
        "broken": {"type": "array", "items": _TEXT},
        "stored": {"type": "array", "items": _ANYTHING},
    },
}
_NEW_VERSION: Json = {
    "type": "object",
    "required": ["files"],
    "properties": {"files": {"type": "object", "minProperties": 1, "additionalProperties": _TEXT}},
    "additionalProperties": False,
}
_NEW_SHADOW: Json = {
    "type": "object",
    "required": ["version"],
    "properties": {"version": {"type": ["string", "null"]}},
    "additionalProperties": False,
}
_NEW_KEY: Json = {
    "type": "object",
    "required": ["name", "roles"],
    "properties": {
        "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "pattern": r"^[^\x00-\x1f\x7f]+$",
        },
        "roles": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "enum": [each.value for each in Role]},
        },
        "rate": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 10**9},
    },
    "additionalProperties": False,
}
_INSTANT: Json = {"type": "string", "format": "date-time"}
_ACCOUNT = in_path("id", {"type": "string", "minLength": 1, "maxLength": 200})
_NEW_FACTS: Json = {
    "type": "object",
    "required": ["facts"],
    "properties": {
        "facts": {"type": "object", "minProperties": 1, "maxProperties": 1000},
        "valid_from": {
            "anyOf": [{"type": "string", "format": "date"}, _INSTANT, {"type": "null"}],
            "description": "From this instant, or the beginning of this day; at once if left out",
        },
        "scope": {
            "type": ["string", "null"],
            "minLength": 1,
            "maxLength": 200,
            "pattern": r"^[^\x00-\x1f\x7f]+$",
            "description": "Where the facts hold, such as a region; everywhere if left out",
        },
    },
    "additionalProperties": False,
}
_CHANGES: Json = {
    "type": "object",
    "required": ["version", "known_since", "changes"],
    "properties": {
        "version": _TEXT,
        "known_since": _INSTANT,
        "changes": {"type": "array", "items": _ANYTHING},
    },
}
_FACTS: Json = {"type": "object", "required": ["facts"], "properties": {"facts": _ANYTHING}}
_NEW_WEBHOOK: Json = {
    "type": "object",
    "required": ["url"],
    "properties": {
        "url": {"type": "string", "maxLength": 2000, "pattern": r"^https?://[\x21-\x7e]+$"}
    },
    "additionalProperties": False,
}
_WEBHOOK: Json = {
    "type": "object",
    "required": ["id", "secret"],
    "properties": {"id": _TEXT, "secret": _TEXT},
}
_LISTED_WEBHOOK: Json = {
    "type": "object",
    "required": ["id", "url", "created_at", "waiting", "given_up", "error"],
    "properties": {
        "id": _TEXT,
        "url": _TEXT,
        "created_at": _INSTANT,
        "waiting": {"type": "integer", "description": "Events still to be sent"},
        "given_up": {"type": "integer", "description": "Events that failed too often"},
        "error": {"type": ["string", "null"], "description": "The latest failure of any of them"},
    },
}
LIST_TYPES = (
    "text/csv",
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
_ADDED_JOB: Json = {"type": "object", "required": ["job"], "properties": {"job": _TEXT}}
_JOB: Json = {
    "type": "object",
    "required": ["job", "policy", "version", "as_of", "created_at", "state", "progress", "told"],
    "properties": {
        "job": _TEXT,
        "policy": _TEXT,
        "version": _TEXT,
        "as_of": {"type": "string", "format": "date"},
        "created_at": _INSTANT,
        "state": {"type": "string", "enum": ["waiting", "running", "done", "failed", "removed"]},
        "progress": {"type": "number", "minimum": 0, "maximum": 1},
        "told": {"type": ["object", "null"], "description": "Counts of rows, or what is wrong"},
    },
}
_OF_LIST = (
    in_query("as_of", {"type": "string", "format": "date"}, "Today if left out"),
    in_query("version", _TEXT, "Pin a version of the policies; the one that serves if left out"),
    in_query("decisions", _TEXT, "Names of those wanted, parted by commas; all if left out"),
    in_query("encoding", _TEXT, "Of a CSV file; found out if left out"),
    in_query("reference", _TEXT, "Header of the column by which the log is to know the rows"),
)


def _download(id_: str, summary: str, kinds: tuple[str, ...]) -> Json:
    made = operation(id_, summary, "lists", None, parameters=(in_path("id", _TEXT),))
    made["responses"]["200"]["content"] = {kind: {"schema": _TEXT} for kind in kinds}
    return made


_ADDED: Json = {"type": "object", "required": ["version"], "properties": {"version": _TEXT}}
_KEY: Json = {"type": "object", "required": ["key"], "properties": {"key": _TEXT}}

FIXED_PATHS: dict[str, Json] = {
    "/v1/log": {
        "get": operation(
            "read_log",
            "Read the decision log",
            "log",
            _list_of("entries", _LOG_ENTRY, "last"),
            parameters=(
                _AFTER,
                _LIMIT,
                in_query("policy", _TEXT, "Of this policy only"),
                in_query("reference", _TEXT, "With this reference only"),
            ),
        )
    },
    "/v1/log/{sequence}": {
        "get": operation(
            "read_entry",
            "One entry of the decision log",
            "log",
            _LOG_ENTRY,
            parameters=(in_path("sequence", {"type": "integer", "minimum": 0, "maximum": 2**62}),),
        )
    },
    "/v1/shadow/differences": {
        "get": operation(
            "read_differences",
            "Where the version in the shadow decided otherwise",
            "versions",
            _list_of("differences", _ANYTHING),
            parameters=(_AFTER, _LIMIT),
        )
    },
    "/v1/shadow": {
        "put": operation(
            "set_shadow",
            "Let a version decide in the shadow of the one that serves",
            "versions",
            _VERSIONS,
            body(_NEW_SHADOW),
        )
    },
    "/v1/versions": {
        "get": operation("list_versions", "Which versions there are", "versions", _VERSIONS),
        "post": operation(
            "add_version",
            "Check a set of policies and keep it; it serves nobody yet",
            "versions",
            _ADDED,
            body(_NEW_VERSION),
            status="201",
        ),
    },
    "/v1/versions/{version}/serve": {
        "post": operation(
            "serve_version",
            "Let a version serve: forward, or back",
            "versions",
            _VERSIONS,
            parameters=(in_path("version", _TEXT),),
        )
    },
    "/v1/accounts/{id}/facts": {
        "post": operation(
            "add_facts",
            "Make facts known; the decisions that use them are made again",
            "accounts",
            _CHANGES,
            body(_NEW_FACTS),
            parameters=(_ACCOUNT,),
        ),
        "get": operation(
            "read_facts",
            "What is known, as valid at one instant, known at another; sensitive values masked",
            "accounts",
            _FACTS,
            parameters=(
                _ACCOUNT,
                in_query("scope", _TEXT, "Where; what holds everywhere if left out"),
                in_query("valid_at", _INSTANT, "Now if left out"),
                in_query("known_at", _INSTANT, "Now if left out"),
            ),
        ),
    },
    "/v1/accounts/{id}/history": {
        "get": operation(
            "read_history",
            "Changes of decisions, as CloudEvents",
            "accounts",
            _list_of("events", _ANYTHING, "last"),
            parameters=(_ACCOUNT, _AFTER, _LIMIT),
        )
    },
    "/v1/lists/{policy}": {
        "post": operation(
            "add_list",
            "Upload a list: the body is the file",
            "lists",
            _ADDED_JOB,
            {
                "required": True,
                "content": {kind: {"schema": {"type": "string"}} for kind in LIST_TYPES},
            },
            parameters=(in_path("policy", _TEXT), *_OF_LIST),
            status="202",
        )
    },
    "/v1/jobs": {
        "get": operation(
            "list_jobs",
            "Your lists, the newest first",
            "lists",
            _list_of("jobs", _JOB),
            parameters=(_LIMIT,),
        )
    },
    "/v1/jobs/{id}": {
        "get": operation(
            "read_job", "How far it is", "lists", _JOB, parameters=(in_path("id", _TEXT),)
        ),
        "delete": operation(
            "delete_job",
            "Remove its files; decisions stay in the log",
            "lists",
            None,
            parameters=(in_path("id", _TEXT),),
            status="204",
        ),
    },
    "/v1/jobs/{id}/result": {
        "get": _download("read_result", "The list with its decisions", LIST_TYPES)
    },
    "/v1/jobs/{id}/rejects": {
        "get": _download("read_rejects", "The rows that could not be read", LIST_TYPES[:1])
    },
    "/v1/webhooks": {
        "get": operation(
            "list_webhooks",
            "Your webhooks, and what could not be sent to them",
            "webhooks",
            _list_of("webhooks", _LISTED_WEBHOOK),
        ),
        "post": operation(
            "add_webhook",
            "Have changes of decisions sent to a URL",
            "webhooks",
            _WEBHOOK,
            body(_NEW_WEBHOOK),
            status="201",
        ),
    },
    "/v1/webhooks/{id}": {
        "delete": operation(
            "delete_webhook",
            "Send nothing more there",
            "webhooks",
            None,
            parameters=(in_path("id", _TEXT),),
            status="204",
        )
    },
    "/v1/keys": {
        "get": operation("list_keys", "Your keys", "keys", _list_of("keys", _ANYTHING)),
        "post": operation("make_key", "Make a key", "keys", _KEY, body(_NEW_KEY), status="201"),
    },
    "/v1/keys/{id}": {
        "delete": operation(
            "delete_key",
            "Let a key open nothing any more",
            "keys",
            None,
            parameters=(in_path("id", _TEXT),),
            status="204",
        )
    },
    "/v1/openapi.json": {"get": operation("openapi", "This document", "running", _ANYTHING)},
    "/metrics": {
        "get": operation("metrics", "For Prometheus", "running", _TEXT, content_type="text/plain")
    },
    "/healthz": {
        "get": operation("healthz", "Is the process there", "running", _ANYTHING, open_to_all=True)
    },
    "/readyz": {
        "get": {
            **operation("readyz", "Does it take requests", "running", _ANYTHING, open_to_all=True),
            "responses": {
                "200": {
                    "description": "Yes",
                    "content": {"application/json": {"schema": _ANYTHING}},
                },
                "503": {
                    "description": "No",
                    "content": {"application/json": {"schema": _ANYTHING}},
                },
            },
        }
    },
}
