"""The document describes every answer: schemathesis tries, within bounds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from keyaccount.service.app import routes
from keyaccount.service.openapi.page import SCRIPT
from keyaccount.service.settings import Bounds
from service.desk import POLICIES, Desk, exact
from service.server import Server

EXAMPLES = int(os.environ.get("KEYACCOUNT_SCHEMATHESIS", "5"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The document of a service that runs."""
    folder = tmp_path_factory.mktemp("openapi")
    server = Server(f"sqlite:///{folder / 'service.db'}", folder, policies=POLICIES)
    server.start()
    try:
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/v1/openapi.json")
    finally:
        server.stop()


def test_every_answer_is_documented(document: Any) -> None:
    tried = 0
    for found in document.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        )
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS)

        ask()
        tried += 1
    assert tried > len(routes(Bounds()))


def test_every_route_is_in_the_document(shared_desk: Desk) -> None:
    document = exact(shared_desk.ask("GET", "/v1/openapi.json"))
    told = {(method.upper(), path) for path, some in document["paths"].items() for method in some}
    for each in routes(Bounds()):
        if each.path.startswith("/docs"):
            continue
        for_policy = each.path.replace("{policy}", "classification")
        assert {(each.method, each.path), (each.method, for_policy)} & told, each.path


def test_facts_are_told_with_types_bounds_titles_and_examples(shared_desk: Desk) -> None:
    document: Any = shared_desk.ask("GET", "/v1/openapi.json").json()
    fact = document["components"]["schemas"]["classification.facts"]["properties"]["monthly_tonnes"]
    assert (fact["type"], fact["minimum"], fact["examples"]) == (["number", "null"], 0, [20])
    assert (fact["title"], "Unit · 单位: t" in fact["description"]) == (
        "Monthly volume · 月用量",
        True,
    )


def test_the_page_loads_nothing_from_other_hosts(shared_desk: Desk) -> None:
    page = shared_desk.ask("GET", "/docs")
    assert "//" not in page.text.replace("<!doctype", "")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert shared_desk.client.get("/docs/assets/swagger-ui-bundle.js").status_code == 200


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_the_page_lays_an_answer_out_to_the_last_digit() -> None:
    functions = SCRIPT.partition("const exactAnswers")[0]
    text = r'{"a":1250000.0250000000000000000025,"b":["x, {\"y\"}: [\\",{},[]],"c":{"d":1.10}}'
    program = f"{functions}\nprocess.stdout.write(laidOut({json.dumps(text)}));"
    shown = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    value = json.loads(text, parse_float=str)
    plain = json.dumps(value, indent=2).replace('"1250000.0250000000000000000025"', "NUMBER")
    expected = plain.replace("NUMBER", "1250000.0250000000000000000025").replace('"1.10"', "1.10")
    assert shown.stdout == expected


def test_only_policies_with_decisions_are_offered(document: Any) -> None:
    offered = {each for each in document.raw_schema["paths"] if each.startswith("/v1/decisions/")}
    assert "/v1/decisions/credit" in offered
    assert "/v1/decisions/lead_quota" not in offered  # it holds a plan alone
