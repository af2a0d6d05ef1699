"""The decisions as tools of the Model Context Protocol; every one is logged, as over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Literal, cast

import anyio
import msgspec
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)
from sqlalchemy import Engine

from keyaccount.diagnostics.diagnostic import KeyaccountError, Language
from keyaccount.policy_set import PolicySet
from keyaccount.service.access.callers import Caller
from keyaccount.service.answers import encode
from keyaccount.service.bodies import read_question
from keyaccount.service.deciding import decide, with_receipt
from keyaccount.service.log.store import append
from keyaccount.service.openapi.document import deciding_policies
from keyaccount.service.openapi.facts import fact_schema
from keyaccount.service.refusal import RefusalError, problem, refusal_of
from keyaccount.service.settings import DEFAULT_TENANT
from keyaccount.service.subjects.deciding import facts_of
from keyaccount.service.versions.current import Current

_PREFIX = "decide_"
_EXACT = "exact"
"""Under this name the arguments go through the protocol's library, as JSON text."""
_INSTRUCTIONS = (
    "Each tool decides a case by a written policy. Give the facts that are known, numbers exactly "
    "as they stand in the source; never guess one that is not. What is undetermined names the "
    "facts that it waits for."
)
_CALLER = Caller("mcp", DEFAULT_TENANT, frozenset())


class _Arguments(msgspec.Struct):
    """The parameters of a call, as far as they are ours to read."""

    arguments: msgspec.Raw


class _Call(msgspec.Struct):
    """A message that calls a tool."""

    method: Literal["tools/call"]
    params: _Arguments


_CALL = msgspec.json.Decoder(_Call)


def make_server(current: Current, engine: Engine) -> Server[dict[str, object]]:
    """A server whose tools are the policies that serve."""

    async def list_tools(_: object, __: PaginatedRequestParams | None) -> ListToolsResult:
        await asyncio.to_thread(current.refresh)
        policies = current.policies
        return ListToolsResult(
            tools=[_tool(policies, each) for each in deciding_policies(policies)]
        )

    async def call_tool(_: object, asked: CallToolRequestParams) -> CallToolResult:
        facts = (asked.arguments or {}).get(_EXACT, "{}")
        given = b'{"facts":%b}' % str(facts).encode()
        return await asyncio.to_thread(_called, current, engine, asked.name, given)

    return Server(
        "keyaccount",
        version=version("keyaccount"),
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def run_on_stdio(current: Current, engine: Engine) -> None:
    """Serve whoever started this process, over its standard streams."""

    async def serve() -> None:
        server = make_server(current, engine)
        async with stdio_server(_lines()) as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(serve)


def _lines() -> anyio.AsyncFile[str]:
    """Standard input, the arguments of calls kept as they were sent."""
    source = anyio.wrap_file(open(0, encoding="utf-8", errors="replace", closefd=False))  # noqa: SIM115 -- to the end

    async def exact() -> AsyncIterator[str]:
        async for line in source:
            yield with_exact_arguments(line)

    return cast("anyio.AsyncFile[str]", exact())  # all that is asked of it are its lines


def with_exact_arguments(line: str) -> str:
    """A message of which the arguments are carried as a text of JSON.

    The protocol's library would make binary floats of their numbers, and keep
    the last of two arguments of one name; both are decided on by `read_question`.
    """
    try:
        raw = _CALL.decode(line.encode()).params.arguments
        message = json.loads(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return line  # no call of a tool: the library knows what to say
    if bytes(raw) == b"null":
        return line
    message["params"]["arguments"] = {_EXACT: bytes(raw).decode()}
    return json.dumps(message, ensure_ascii=False) + "\n"


def _tool(policies: PolicySet, name: str) -> Tool:
    policy = policies.policies[name]
    declared = policies.program.facts
    facts = {
        each: fact_schema(policies, name, declared[each])
        for each in sorted(facts_of(policies, name))
    }
    title = " · ".join(dict.fromkeys(policy.title.values())) or name
    decisions = ", ".join(policy.decisions)
    return Tool(
        name=_PREFIX + name,
        title=title,
        description=f"{title}. Decides: {decisions}. Leave out what is not known: the answer "
        "says what is missing. Each decision is logged.",
        input_schema=_floats({"type": "object", "properties": facts}),
    )


def _floats(schema: dict[str, object]) -> dict[str, object]:
    """The schema as the protocol's library can write it, which knows no decimals."""
    found: dict[str, object] = json.loads(encode(schema))
    return found


def _called(current: Current, engine: Engine, tool: str, given: bytes) -> CallToolResult:
    current.refresh()
    policies = current.policies
    policy = tool.removeprefix(_PREFIX)
    try:
        made = decide(policies, policy, read_question(given), datetime.now(UTC), _CALLER)
        [receipt] = append(engine, [made.entry])
    except KeyaccountError as error:
        return _told(encode(problem(refusal_of(error), Language.EN)), is_error=True)
    except RefusalError as refusal:
        return _told(encode(problem(refusal, Language.EN)), is_error=True)
    return _told(with_receipt(made.answer, receipt))


def _told(text: bytes, *, is_error: bool = False) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text.decode())], is_error=is_error)
