from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keyaccount.service.access.callers import Role
from keyaccount.service.log.replay import replay
from keyaccount.service.log.verify import verify
from service.desk import POLICIES, Desk, codes, exact

CSV = {"Content-Type": "text/csv"}


def ended(desk: Desk, job: str) -> Any:
    for _ in range(300):
        found = exact(desk.ask("GET", f"/v1/jobs/{job}"))
        if found["state"] in {"done", "failed"}:
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_a_list_is_decided_and_fetched(desk: Desk) -> None:
    lines = b"customer,monthly_tonnes\na,20\nb,x\nc,1\n"
    sent = desk.ask("POST", "/v1/lists/classification", lines, headers=CSV)
    assert sent.status_code == 202
    job = sent.json()["job"]
    found = ended(desk, job)
    assert (found["state"], found["progress"]) == ("done", 1)
    told = found["told"]
    assert (told["rows_in"], told["rows_out"], told["rows_rejected"]) == (3, 2, 1)
    result = desk.ask("GET", f"/v1/jobs/{job}/result")
    assert result.headers["content-type"] == "text/csv"
    assert result.text.splitlines()[1].startswith("a,20,")
    assert desk.ask("GET", f"/v1/jobs/{job}/rejects").text.count("\n") >= 2
    assert desk.ask("GET", f"/v1/jobs/{job}", tenant="other").status_code == 404
    assert desk.ask("GET", f"/v1/jobs/{job}/result", tenant="other").status_code == 404
    logged = exact(desk.ask("GET", f"/v1/log?reference={job}", role=Role.READ_LOG))
    assert logged["entries"][0]["content"]["list"]["rows_in"] == 3
    engine = desk.service.engine
    assert (verify(engine).findings, replay(engine).identical) == ((), 3)


def test_the_shipped_list(desk: Desk) -> None:
    data = (POLICIES / "examples" / "accounts.csv").read_bytes()
    sent = desk.ask("POST", "/v1/lists/classification", data, headers=CSV)
    assert ended(desk, sent.json()["job"])["state"] == "done"


def test_a_list_that_fails_says_what_to_do(desk: Desk) -> None:
    sent = desk.ask("POST", "/v1/lists/classification?reference=nmae", b"name\n1\n", headers=CSV)
    [error] = ended(desk, sent.json()["job"])["told"]["errors"]
    assert error["code"] == "batch.unknown-header"
    assert set(error["help"]) == {"en", "zh"}


def test_a_list_that_is_none_fails_with_the_reason(desk: Desk) -> None:
    sent = desk.ask("POST", "/v1/lists/classification", b"", headers=CSV)
    found = ended(desk, sent.json()["job"])
    assert found["state"] == "failed"
    [error] = found["told"]["errors"]
    assert (error["code"], error["message"]["en"].startswith("`list.csv` is empty")) == (
        "batch.no-header",
        True,
    )
    job = sent.json()["job"]
    assert desk.ask("GET", f"/v1/jobs/{job}/result").status_code == 404


def test_an_unknown_policy_is_told_at_once(desk: Desk) -> None:
    sent = desk.ask("POST", "/v1/lists/classifikation", b"a\n", headers=CSV)
    assert (sent.status_code, codes(sent)) == (404, ["name.unknown-policy"])


def test_an_upload_says_how_it_is_to_be_decided(desk: Desk) -> None:
    lines = "名称,月用量\n甲,20\n".encode("gb18030")
    path = "/v1/lists/classification?as_of=2026-01-31&decisions=economic_account"
    path += "&encoding=gb18030&reference=%E5%90%8D%E7%A7%B0"
    job = desk.ask("POST", path, lines, headers=CSV).json()["job"]
    found = ended(desk, job)
    assert (found["state"], found["as_of"]) == ("done", "2026-01-31")
    [entry] = exact(desk.ask("GET", "/v1/log?reference=%E7%94%B2", role=Role.READ_LOG))["entries"]
    assert list(entry["content"]["decisions"]) == ["economic_account"]
    assert [each["job"] for each in desk.ask("GET", "/v1/jobs").json()["jobs"]] == [job]
    assert desk.ask("GET", "/v1/jobs", tenant="other").json() == {"jobs": []}
    path = f"/v1/jobs/{job}"
    assert desk.ask("DELETE", path, tenant="other").status_code == 404
    assert desk.ask("DELETE", path).status_code == 204
    assert codes(desk.ask("GET", f"{path}/result")) == ["lists.removed"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("as_of=tomorrow", 422, "request.bad-parameter"),
        ("version=0123456789abcdef", 404, "version.unknown"),
        ("decisions=nothing", 404, "name.unknown-decision"),
        ("encoding=utf-99", 422, "batch.unknown-encoding"),
        ("encoding=hex", 422, "batch.unknown-encoding"),
        ("encoding=%00", 422, "batch.unknown-encoding"),
    ],
)
def test_what_an_upload_cannot_have_is_told_at_once(
    shared_desk: Desk, query: str, status: int, code: str
) -> None:
    sent = shared_desk.ask("POST", f"/v1/lists/classification?{query}", b"a\n1\n", headers=CSV)
    assert (sent.status_code, codes(sent)) == (status, [code])


def test_a_list_past_the_limit_leaves_nothing(desk: Desk) -> None:
    bounds = replace(desk.service.settings.bounds, list_bytes=10)
    desk.service.settings = replace(desk.service.settings, bounds=bounds)
    sent = desk.ask("POST", "/v1/lists/classification", b"monthly_tonnes\n20\n", headers=CSV)
    assert (sent.status_code, codes(sent)) == (413, ["request.too-large"])
    assert list((Path(desk.service.settings.data) / "lists").iterdir()) == []
