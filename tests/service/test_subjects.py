from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.policy_set import PolicySet
from keyaccount.service.access.callers import LOCAL, Role
from keyaccount.service.log.verify import verify
from keyaccount.service.subjects.deciding import Change
from keyaccount.service.subjects.facts import Known, Subject, at
from keyaccount.service.subjects.recording import decide_due, events, record
from keyaccount.service.webhooks.sending import add, send_due, webhooks
from keyaccount.storage.engine import open_engine
from keyaccount.storage.migration import migrate
from service.desk import TWO_POLICIES, Desk, codes, exact

SUBJECT = Subject("default", "A-17")
NOW = datetime(2026, 1, 31, 4, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = {
    "account_status": "existing",
    "annual_trade": 6_000_000,
    "on_time_ratio": 1,
    "max_overdue_days": 0,
}


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return PolicySet.load(TWO_POLICIES)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = open_engine(database_url)
    migrate(made)
    yield made
    made.dispose()


class Keeper:
    """Makes facts known, at whatever time the test says."""

    def __init__(self, engine: Engine, policies: PolicySet) -> None:
        self.engine = engine
        self.policies = policies

    def know(
        self,
        facts: dict[str, object],
        now: datetime = NOW,
        valid_from: datetime | None = None,
        scope: str = "",
    ) -> list[Change]:
        return record(
            self.engine, self.policies, SUBJECT, scope, facts, valid_from or now, now, LOCAL
        )

    def tiers(self, changes: list[Change]) -> list[tuple[str, str | None, str]]:
        return [
            (each.scope, before(each.before), before(each.after) or "")
            for each in changes
            if each.decision == "credit_tier"
        ]


def before(outcome: str | None) -> str | None:
    return None if outcome is None else json.loads(outcome)["value"]


@pytest.fixture
def keeper(engine: Engine, policies: PolicySet) -> Keeper:
    return Keeper(engine, policies)


def test_a_change_of_tier_is_an_event(keeper: Keeper) -> None:
    assert keeper.tiers(keeper.know(GOOD)) == [("", None, "green")]
    later = keeper.know({"max_overdue_days": 30}, NOW + DAY)
    assert keeper.tiers(later) == [("", "green", "yellow")]
    told = [json.loads(event) for _, event in events(keeper.engine, SUBJECT, 0, 100)]
    change = [each for each in told if each["data"]["decision"] == "credit_tier"][-1]
    assert (change["specversion"], change["subject"]) == ("1.0", "A-17")
    assert change["data"]["after"]["rules"]
    assert verify(keeper.engine).findings == ()


def test_what_changes_nothing_is_no_event(keeper: Keeper) -> None:
    keeper.know(GOOD)
    assert keeper.know({"max_overdue_days": 1}, NOW + DAY) == []


def test_a_tier_is_recorded_for_each_scope(keeper: Keeper) -> None:
    keeper.know({**GOOD, "max_overdue_days": 0}, scope="east")
    keeper.know({**GOOD, "max_overdue_days": 0}, scope="west")
    changes = keeper.know({"max_overdue_days": 30}, NOW + DAY, scope="west")
    assert keeper.tiers(changes) == [("west", "green", "yellow")]
    everywhere = keeper.know({"annual_trade": 1}, NOW + 2 * DAY)
    assert keeper.tiers(everywhere) == []  # what a scope itself says goes before


def test_facts_valid_later_decide_when_their_time_comes(keeper: Keeper) -> None:
    keeper.know(GOOD)
    assert keeper.know({"max_overdue_days": 30}, NOW, NOW + DAY) == []
    assert decide_due(keeper.engine, keeper.policies, NOW + DAY / 2) == 0
    assert decide_due(keeper.engine, keeper.policies, NOW + DAY) == 1
    assert decide_due(keeper.engine, keeper.policies, NOW + DAY) == 0
    told = [json.loads(event)["data"] for _, event in events(keeper.engine, SUBJECT, 0, 100)]
    last = [each for each in told if each["decision"] == "credit_tier"][-1]
    assert (last["before"]["value"], last["after"]["value"]) == ("green", "yellow")


def test_facts_that_newer_policies_do_not_take_hold_up_nobody(
    keeper: Keeper, tmp_path: Path
) -> None:
    later = NOW + DAY
    keeper.know({"sector": "media"}, valid_from=later)
    other = Subject("other", "B-1")
    record(keeper.engine, keeper.policies, other, "", {"monthly_tonnes": 30}, later, NOW, LOCAL)
    for each in TWO_POLICIES.glob("*.yaml"):
        (tmp_path / each.name).write_text(each.read_text("utf-8").replace("media", "press"))
    newer = PolicySet.load(tmp_path)
    assert decide_due(keeper.engine, newer, later) == 2
    assert events(keeper.engine, SUBJECT, 0, 100) == []
    assert events(keeper.engine, other, 0, 100)
    assert decide_due(keeper.engine, newer, later) == 0
    assert decide_due(keeper.engine, keeper.policies, later + DAY) == 1
    assert events(keeper.engine, SUBJECT, 0, 100)


def test_facts_that_will_not_do_leave_nothing(keeper: Keeper) -> None:
    for wrong in ({"on_time_ratio": 2}, {"on_time": 1}):
        with pytest.raises(FactError):
            keeper.know({**GOOD, **wrong})
    assert events(keeper.engine, SUBJECT, 0, 100) == []
    assert verify(keeper.engine).entries == 0


def test_what_was_known_when_can_be_told_later() -> None:
    def known(value: object, valid: int, since: int, scope: str = "") -> Known:
        return Known(scope, "n", value, NOW + valid * DAY, NOW + since * DAY)

    told = [known(1, 0, 0), known(2, 5, 1), known(3, 0, 8), known(4, 0, 9, "east")]
    cases = [
        ("", 4, 4, {"n": 1}),  # valid at, by what was known at
        ("", 5, 4, {"n": 2}),
        ("", 4, 8, {"n": 3}),  # known later of the same time: a correction
        ("", 5, 8, {"n": 2}),
        ("", -1, 9, {}),
        ("east", 5, 9, {"n": 4}),
        ("west", 5, 9, {"n": 2}),
    ]
    for scope, valid, by, expected in cases:
        assert at(told, scope, NOW + valid * DAY, NOW + by * DAY) == expected


def test_a_null_takes_a_fact_back() -> None:
    told = [Known("", "n", 1, NOW, NOW), Known("", "n", None, NOW + DAY, NOW)]
    assert at(told, "", NOW + DAY, NOW + DAY) == {}


class Receiver:
    """A receiver of webhooks on loopback, that fails as often as it is told to."""

    def __init__(self, failures: int, failure: int = 500) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.failures = failures
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append((dict(self.headers), body))
                failing = len(outer.received) <= outer.failures
                self.send_response(failure if failing else 204)
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.mark.parametrize("failure", [500, 302, 401, 404])
def test_a_webhook_gets_every_event_signed_and_again_until_it_takes_it(
    keeper: Keeper, failure: int
) -> None:
    receiver = Receiver(failures=1, failure=failure)
    try:
        _, secret = add(keeper.engine, "default", receiver.url, NOW)
        add(keeper.engine, "other", receiver.url, NOW)
        keeper.know(GOOD)
        count = len(events(keeper.engine, SUBJECT, 0, 100))
        for hour in range(4):
            while send_due(keeper.engine, NOW + timedelta(hours=hour), {"127.0.0.1"}):
                pass
    finally:
        receiver.close()
    ids = [headers["webhook-id"] for headers, _ in receiver.received]
    assert len(ids) == count + 1
    assert len(set(ids)) == count
    for headers, body in receiver.received:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        mac = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        assert headers["webhook-signature"] == f"v1,{mac}"
        assert headers["Idempotency-Key"] == headers["webhook-id"] == json.loads(body)["id"]


def test_a_webhook_never_goes_to_a_private_address(keeper: Keeper) -> None:
    receiver = Receiver(failures=0)
    try:
        add(keeper.engine, "default", receiver.url, NOW)
        keeper.know(GOOD)
        while send_due(keeper.engine, NOW, ()):
            pass
    finally:
        receiver.close()
    assert receiver.received == []
    [listed] = webhooks(keeper.engine, "default")
    assert (listed.waiting, listed.given_up > 0) == (0, True)
    assert listed.error is not None
    assert "is not public" in listed.error


def test_a_receiver_that_fails_is_left_alone_while_others_get_theirs(keeper: Keeper) -> None:
    bad, good = Receiver(failures=99), Receiver(failures=0)
    try:
        for each in (bad, good):
            add(keeper.engine, "default", each.url, NOW)
        keeper.know(GOOD)
        count = len(events(keeper.engine, SUBJECT, 0, 100))
        while send_due(keeper.engine, NOW, {"127.0.0.1"}):
            pass
    finally:
        bad.close()
        good.close()
    assert (len(bad.received), len(good.received)) == (1, count)
    [one, other] = webhooks(keeper.engine, "default")
    assert {one.waiting, other.waiting} == {0, count}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://localhost/x",
        "http://10.0.0.1/x",
        "http://[::1]/x",
        "http://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]/x",
        "http://[::127.0.0.1]/x",
        "http://[::ffff:0:127.0.0.1]/x",
        "http://[64:ff9b:1::127.0.0.1]/x",
        "http://[fec0::1]/x",
        "ftp://example.com/x",
        "http:///x",
        "http://example.com:99999/x",
    ],
)
def test_a_private_url_is_refused_at_once(shared_desk: Desk, url: str) -> None:
    answer = shared_desk.ask("POST", "/v1/webhooks", {"url": url}, role=Role.ADMINISTER)
    assert answer.status_code == 422


def test_over_http(desk: Desk) -> None:
    path = "/v1/accounts/A-17"
    made = desk.ask("POST", f"{path}/facts", {"facts": GOOD, "scope": "east"})
    assert "credit_tier" in [each["decision"] for each in exact(made)["changes"]]
    facts = exact(desk.ask("GET", f"{path}/facts?scope=east"))["facts"]
    assert facts == GOOD
    told = exact(desk.ask("GET", f"{path}/history"))
    assert {each["data"]["scope"] for each in told["events"]} == {"east"}
    theirs = desk.ask("GET", f"{path}/history", tenant="other")
    assert exact(theirs) == {"events": [], "last": 0}
    wrong = desk.ask("POST", f"{path}/facts", {"facts": {"nothing": 1}})
    assert (wrong.status_code, codes(wrong)) == (422, ["fact.unknown-name"])
