"""A second tenant sees nothing of the first, and changes nothing: every route is tried."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import text

from keyaccount.service.access.callers import Role
from keyaccount.service.app import routes
from keyaccount.service.endpoint import Route
from keyaccount.service.settings import Bounds
from keyaccount.storage.engine import reading
from service.desk import TWO_POLICIES, Desk, codes

MARK = "first-tenants-own"
FACTS: dict[str, object] = {"monthly_tonnes": 20}
TABLES = ("decision_log", "subject_fact", "subject_event", "webhook", "api_key", "list_job")
OPERATORS = {
    "PUT /v1/shadow",
    "POST /v1/versions",
    "POST /v1/versions/{version}/serve",
    "GET /metrics",
}
OWN = {
    "POST /v1/decisions/{policy}",
    "POST /v1/decisions/{policy}/batch",
    "POST /v1/accounts/{id}/facts",
    "POST /v1/lists/{policy}",
    "POST /v1/webhooks",
    "POST /v1/keys",
}
"""What is written there is the second tenant's own."""


@dataclass
class First:
    """The first tenant's things, by the ids that a second one might guess."""

    desk: Desk
    job: str
    webhook: str
    key: str

    def path(self, route: Route) -> str:
        id_ = MARK
        for part, found in (("jobs", self.job), ("webhooks", self.webhook), ("keys", self.key)):
            id_ = found if f"/{part}/" in route.path else id_
        return (
            route.path.replace("{policy}", "classification")
            .replace("{sequence}", "1")
            .replace("{version}", self.desk.service.current.policies.version)
            .replace("{id}", id_)
        )

    def marks(self) -> tuple[str, ...]:
        return MARK, self.job, self.webhook, self.key

    def rows(self) -> dict[str, list[str]]:
        """All that is kept of the first tenant."""
        with reading(self.desk.service.engine) as connection:
            return {
                table: sorted(
                    map(
                        str,
                        connection.execute(text(f"SELECT * FROM {table} WHERE tenant = 'default'")),
                    )
                )
                for table in TABLES
            }


@pytest.fixture(scope="module")
def first(shared_desk: Desk) -> First:
    desk = shared_desk
    administers = Role.ADMINISTER
    candidate = {
        path.name: path.read_text("utf-8").replace("{2024-01-01: 20}", "{2024-01-01: 30}")
        for path in TWO_POLICIES.glob("*.*")
    }
    version = desk.ask("POST", "/v1/versions", {"files": candidate}, role=administers).json()
    desk.ask("PUT", "/v1/shadow", {"version": version["version"]}, role=administers)
    desk.decide("classification", FACTS, reference=MARK)
    desk.ask("POST", f"/v1/accounts/{MARK}/facts", {"facts": FACTS, "scope": MARK})
    url = f"https://example.com/{MARK}"
    hook = desk.ask("POST", "/v1/webhooks", {"url": url}, role=administers).json()["id"]
    made = desk.ask("POST", "/v1/keys", {"name": MARK, "roles": ["decide"]}, role=administers)
    lines = f"name,monthly_tonnes\n{MARK},20\nx,x\n".encode()
    csv = {"Content-Type": "text/csv"}
    path = "/v1/lists/classification?reference=name"
    job = desk.ask("POST", path, lines, headers=csv).json()["job"]
    for _ in range(200):
        if desk.ask("GET", f"/v1/jobs/{job}").json()["state"] == "done":
            break
        time.sleep(0.05)
    found = First(desk, job, hook, made.json()["key"].split("_")[1])
    assert all(found.rows().values())
    return found


def by_the_second(first: First, route: Route, role: Role) -> httpx.Response:
    bodies = {
        "/v1/decisions/{policy}": b'{"facts":{"monthly_tonnes":1}}',
        "/v1/decisions/{policy}/batch": b'[{"facts":{}}]',
        "/v1/accounts/{id}/facts": b'{"facts":{"monthly_tonnes":1}}',
        "/v1/webhooks": b'{"url":"https://example.com/x"}',
        "/v1/keys": b'{"name":"x","roles":["decide"]}',
        "/v1/shadow": b'{"version":null}',
        "/v1/versions": b'{"files":{"p.yaml":"policy: p"}}',
        "/v1/lists/{policy}": b"monthly_tonnes\n1\n",
    }
    body = bodies.get(route.path) if route.content_types else None
    sent = {"Content-Type": route.content_types[0]} if route.content_types else {}
    if route.path == "/v1/lists/{policy}":
        sent = {"Content-Type": "text/csv"}
    return first.desk.ask(
        route.method, first.path(route), body, role=role, tenant="other", headers=sent
    )


@pytest.mark.parametrize("route", routes(Bounds()), ids=lambda each: f"{each.method} {each.path}")
def test_a_second_tenant_sees_and_changes_nothing(first: First, route: Route) -> None:
    before = first.rows()
    name = f"{route.method} {route.path}"
    for role in sorted(route.roles or Role):
        answer = by_the_second(first, route, Role(role))
        given_back = [MARK] if "/accounts/" in route.path else []  # the name that it asked for
        for mark in first.marks():
            if mark not in given_back and answer.status_code == 200:
                assert mark not in answer.text, mark
        if "{id}" in route.path and "/accounts/" not in route.path:
            assert answer.status_code == 404
        if route.method != "GET" and name not in OWN | OPERATORS:
            assert answer.status_code == 404
        if name in OPERATORS:
            assert (answer.status_code, codes(answer)) == (403, ["access.not-the-operator"])
    assert first.rows() == before
