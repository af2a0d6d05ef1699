from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from keyaccount import PolicySet
from keyaccount.facts.check import MOST_TOLD
from keyaccount.service.access.callers import Role
from keyaccount.service.calls import JSON_LINES
from service.desk import POLICIES, Desk, codes, exact

REFUSED = YAML(typ="safe").load(Path(__file__).with_name("refused_requests.yaml"))


def test_an_answer_is_that_of_the_library(shared_desk: Desk) -> None:
    facts = {"monthly_tonnes": 20, "sector": "media"}
    answer = exact(shared_desk.decide("classification", facts, as_of="2026-01-31"))
    told = PolicySet.load(POLICIES).decide("classification", facts).to_json_dict()
    for name, decision in told["decisions"].items():  # type: ignore[attr-defined]
        mine = answer["decisions"][name]
        assert {key: mine[key] for key in ("value", "rules", "status", "missing")} == {
            key: decision[key] for key in ("value", "rules", "status", "missing")
        }


def test_numbers_stay_decimal_in_and_out(desk: Desk) -> None:
    facts = b'{"facts":{"account_status":"existing","annual_trade":5000000.10,"on_time_ratio":0.95,'
    facts += b'"max_overdue_days":15}}'
    answer = desk.ask("POST", "/v1/decisions/credit", facts)
    assert exact(answer)["decisions"]["credit_limit"]["value"] == Decimal("1250000.025")
    just_below = b'{"facts":{"monthly_tonnes":19.9999999999999999999999999999}}'
    answer = desk.ask("POST", "/v1/decisions/classification", just_below)
    assert exact(answer)["decisions"]["economic_account"]["value"] is None
    logged = desk.ask("GET", "/v1/log/2", role=Role.READ_LOG)
    assert b"19.9999999999999999999999999999" in logged.content


@pytest.mark.parametrize("case", REFUSED, ids=lambda each: each["name"])
def test_refused(shared_desk: Desk, case: dict[str, Any]) -> None:
    answer = shared_desk.ask("POST", "/v1/decisions/classification", case["body"].encode())
    assert (answer.status_code, set(codes(answer))) == (case["status"], {case["code"]})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0].get("pointer") == case.get("pointer")


def test_all_mistakes_come_at_once(shared_desk: Desk) -> None:
    answer = shared_desk.decide("classification", {"monthly_tonnes": "x", "sectr": 1})
    assert sorted(codes(answer)) == ["fact.unknown-name", "fact.wrong-type"]


def test_messages_come_in_chinese_where_it_is_asked_for(shared_desk: Desk) -> None:
    answer = shared_desk.ask(
        "POST", "/v1/decisions/nothing", {"facts": {}}, headers={"Accept-Language": "zh-CN"}
    )
    assert (answer.status_code, answer.json()["detail"]) == (404, "没有策略 `nothing`")


def test_a_refused_request_leaves_no_entry(desk: Desk) -> None:
    desk.decide("classification", {"monthly_tons": 20})
    assert exact(desk.ask("GET", "/v1/log", role=Role.READ_LOG)) == {"entries": [], "last": 0}


def test_an_explanation_tells_why(shared_desk: Desk) -> None:
    answer = shared_desk.decide("classification", {"monthly_tonnes": 19}, explain=True)
    assert answer.json()["explanation"]["economic_account"]["conditions"][0]["gap"] == 1


def test_an_array_is_answered_in_its_order_with_problems_in_place(desk: Desk) -> None:
    asked = [{"facts": {"monthly_tonnes": 20}}, {"facts": {"x": 1}}, {"facts": {}}]
    answer = desk.ask("POST", "/v1/decisions/classification/batch", asked)
    first, second, third = exact(answer)
    assert (first["entry"], third["entry"]) == (1, 2)
    assert second["problem"]["errors"][0]["code"] == "fact.unknown-name"


def test_json_lines_are_answered_line_by_line(shared_desk: Desk) -> None:
    lines = b'{"facts":{"monthly_tonnes":20}}\n\n{"facts":\n{"facts":{"monthly_tonnes":1}}'
    answer = shared_desk.ask(
        "POST",
        "/v1/decisions/classification/batch",
        lines,
        headers={"Content-Type": JSON_LINES},
    )
    told = [line for line in answer.text.split("\n") if line]
    assert ['"problem"' in each for each in told] == [False, True, False]


def test_a_body_of_another_type_is_refused(shared_desk: Desk) -> None:
    answer = shared_desk.ask(
        "POST", "/v1/decisions/classification", b"{}", headers={"Content-Type": "text/plain"}
    )
    assert (answer.status_code, codes(answer)) == (415, ["request.wrong-content-type"])


def test_a_body_past_the_limit_is_refused(shared_desk: Desk) -> None:
    limit = shared_desk.service.settings.bounds.body_bytes
    answer = shared_desk.ask("POST", "/v1/decisions/classification", b" " * (limit + 1))
    assert (answer.status_code, codes(answer)) == (413, ["request.too-large"])


def test_a_batch_past_the_limit_is_refused(shared_desk: Desk) -> None:
    most = shared_desk.service.settings.bounds.batch_cases
    body = b"[" + b",".join([b'{"facts":{}}'] * (most + 1)) + b"]"
    answer = shared_desk.ask("POST", "/v1/decisions/classification/batch", body)
    assert (answer.status_code, codes(answer)) == (413, ["request.too-many-cases"])


def test_a_busy_worker_sheds_what_is_too_much_and_nothing_that_is_open(desk: Desk) -> None:
    desk.service.waiting = desk.service.settings.bounds.waiting
    answer = desk.decide("classification", {"monthly_tonnes": 20})
    assert (answer.status_code, codes(answer)) == (503, ["service.overloaded"])
    assert "Retry-After" in answer.headers
    assert desk.client.get("/healthz").status_code == 200
    desk.service.waiting -= 1
    assert desk.decide("classification", {"monthly_tonnes": 20}).status_code == 200


def test_only_some_stream_lines_at_once(desk: Desk) -> None:
    announced = {"Content-Type": JSON_LINES}
    path = "/v1/decisions/classification/batch"
    assert desk.ask("POST", path, b'{"facts":{}}', headers=announced).status_code == 200
    assert desk.service.streams == 0
    desk.service.streams = desk.service.settings.bounds.streams
    answer = desk.ask("POST", path, b'{"facts":{}}', headers=announced)
    assert (answer.status_code, codes(answer)) == (503, ["service.overloaded"])
    assert desk.decide("classification", {"monthly_tonnes": 20}).status_code == 200


def test_an_answer_that_cannot_be_logged_is_not_given(desk: Desk) -> None:
    with desk.service.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE decision_log")
    answer = desk.decide("classification", {"monthly_tonnes": 20})
    assert (answer.status_code, codes(answer)) == (503, ["service.log-unavailable"])
    assert "Retry-After" in answer.headers


def test_of_many_unknown_names_some_are_told(shared_desk: Desk) -> None:
    """Each is held against all known names: thousands would keep the service busy for seconds."""
    answer = shared_desk.decide("classification", {f"f{number}": 1 for number in range(10_000)})
    assert (answer.status_code, len(codes(answer))) == (422, MOST_TOLD)


def test_bytes_that_are_no_text_name_no_account(shared_desk: Desk) -> None:
    answer = shared_desk.ask("GET", "/v1/accounts/%ff/facts")
    assert (answer.status_code, codes(answer)) == (422, ["request.bad-parameter"])
