"""A value of a sensitive fact goes in, and comes out nowhere."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from keyaccount.service.app import make_app, routes
from keyaccount.service.settings import Bounds, Settings

POLICY = """
policy: p
facts:
  phone: {type: string, sensitive: true}
  amount: {type: number}
decisions:
  large: {type: boolean, value: amount > LIMIT}
  reachable: {type: boolean, value: 'string length(phone) > 0'}
"""
PHONE = "13800000000"
FACTS = {"phone": PHONE, "amount": 15}
KEPT_IN_CLEAR = {"subject_fact"}
"""Decisions that are made again need them."""


def test_a_sensitive_value_comes_out_of_no_route_and_no_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "p.yaml").write_text(POLICY.replace("LIMIT", "10"), "utf-8")
    database = f"sqlite:///{tmp_path / 's.db'}"
    app = make_app(Settings(str(tmp_path / "policies"), database, str(tmp_path), open_local=True))
    with TestClient(app, "http://localhost") as client:
        job = filled(client)
        for each in routes(Bounds()):
            if each.method != "GET" or each.path.endswith("/result"):
                continue  # a list's result is the list that was sent
            path = each.path.replace("/jobs/{id}", f"/jobs/{job}").replace("{id}", "A-1")
            answer = client.get(path.replace("{sequence}", "1"))
            assert answer.status_code == 200, path
            assert PHONE not in answer.text, path
    with app.service.engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in list(tables):
            rows = str(list(connection.exec_driver_sql(f"SELECT * FROM {table}")))
            assert (PHONE in rows) is (table in KEPT_IN_CLEAR), table
    assert PHONE not in caplog.text


def filled(client: TestClient) -> str:
    """Everything that takes facts has some; the list's job."""
    files = {"p.yaml": POLICY.replace("LIMIT", "20")}
    candidate = client.post("/v1/versions", json={"files": files}).json()["version"]
    assert client.put("/v1/shadow", json={"version": candidate}).status_code == 200
    asked = {"facts": FACTS, "explain": True}
    assert client.post("/v1/decisions/p", json=asked).status_code == 200
    assert client.post("/v1/decisions/p/batch", json=[asked]).status_code == 200
    assert client.post("/v1/accounts/A-1/facts", json={"facts": FACTS}).status_code == 200
    lines = f"phone,amount\n{PHONE},15\n{PHONE},x\n".encode()
    sent = client.post("/v1/lists/p", content=lines, headers={"Content-Type": "text/csv"})
    job: str = sent.json()["job"]
    for _ in range(200):
        if client.get(f"/v1/jobs/{job}").json()["state"] == "done":
            return job
        time.sleep(0.05)
    raise AssertionError(client.get(f"/v1/jobs/{job}").text)
