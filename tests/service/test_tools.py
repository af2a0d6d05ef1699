from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from keyaccount.service.log.reading import entries
from keyaccount.service.log.verify import verify
from keyaccount.service.tools import with_exact_arguments
from keyaccount.storage.engine import open_engine
from service.desk import TWO_POLICIES

CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"n","arguments":%s}}'


@pytest.mark.parametrize(
    "arguments",
    [
        '{"a":19.9999999999999999999999999999}',
        '{"a":1,"a":2}',
        '{"a":1e400,"b":"甲"}',
        "[]",
    ],
)
def test_arguments_go_through_the_library_as_they_were_sent(arguments: str) -> None:
    message = json.loads(with_exact_arguments(CALL % arguments + "\n"))
    assert (message["id"], message["params"]) == (
        1,
        {"name": "n", "arguments": {"exact": arguments}},
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[1]",
        '{"method":"tools/list","params":{"arguments":{}}}',
        '{"method":"tools/call"}',
    ],
)
def test_other_messages_are_left_alone(line: str) -> None:
    assert with_exact_arguments(line) == line


KEYACCOUNT = Path(sys.executable).with_name("keyaccount")


def test_decisions_as_tools_are_logged(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'service.db'}"
    command = ["--policies", str(TWO_POLICIES), "serve", "mcp", "--database", url]
    parameters = StdioServerParameters(command=str(KEYACCOUNT), args=command)

    async def ask() -> tuple[Any, Any, Any]:
        async with (
            stdio_client(parameters) as (incoming, outgoing),
            ClientSession(incoming, outgoing) as session,
        ):
            await session.initialize()
            tools = await session.list_tools()
            good = await session.call_tool("decide_classification", {"monthly_tonnes": 20})
            bad = await session.call_tool("decide_classification", {"monthly_tons": 20})
            await session.call_tool("decide_classification", {})
            return tools, good, bad

    tools, good, bad = asyncio.run(asyncio.wait_for(ask(), 60))
    [tool] = [each for each in tools.tools if each.name == "decide_classification"]
    assert tool.input_schema["properties"]["monthly_tonnes"]["minimum"] == 0
    told = json.loads(good.content[0].text)
    assert told["decisions"]["economic_account"]["value"] is True
    assert bad.is_error
    assert json.loads(bad.content[0].text)["errors"][0]["code"] == "fact.unknown-name"
    engine = open_engine(url)
    assert verify(engine).findings == ()
    assert [each.sequence for each in entries(engine, "default")] == [told["entry"], 2]
