from __future__ import annotations

import time
from typing import Any

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
    assert (verify(engine).findings, replay(engine).identical) == ((), 1)


def test_the_shipped_list(desk: Desk) -> None:
    data = (POLICIES / "examples" / "accounts.csv").read_bytes()
    sent = desk.ask("POST", "/v1/lists/classification", data, headers=CSV)
    assert ended(desk, sent.json()["job"])["state"] == "done"


def test_a_list_that_is_none_fails_with_the_reason(desk: Desk) -> None:
    sent = desk.ask("POST", "/v1/lists/classification", b"", headers=CSV)
    found = ended(desk, sent.json()["job"])
    assert found["state"] == "failed"
    assert found["told"]["errors"][0]["code"].startswith("batch.")
    job = sent.json()["job"]
    assert desk.ask("GET", f"/v1/jobs/{job}/result").status_code == 404


def test_an_unknown_policy_is_told_at_once(desk: Desk) -> None:
    sent = desk.ask("POST", "/v1/lists/classifikation", b"a\n", headers=CSV)
    assert (sent.status_code, codes(sent)) == (404, ["name.unknown-policy"])
