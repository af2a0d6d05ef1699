"""One case opens another: what is derived from late payments opens an adjustment of the tier."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from keyaccount.cases import queries
from keyaccount.cases.desk import Desk, open_desk
from keyaccount.cases.effects.channels import Channels
from keyaccount.cases.opening import Opening
from keyaccount.cases.outbox import Outbox
from keyaccount.cases.plan.openings import OPEN_CASE
from keyaccount.cases.worker import Worker

POLICIES = Path(__file__).parents[2] / "policies"

FACTS = {
    "customer": "ACME",
    "account_status": "existing",
    "annual_trade": 6_000_000,
    "recorded_tier": "green",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


def report(desk: Desk, when: str, event: str, bill: str) -> None:
    desk.send("W", "event", {"event": event, "data": {"bill": bill}}, None, at(when))


def test_late_payments_open_an_adjustment_once_with_ten_days(tmp_path: Path) -> None:
    desk = open_desk(POLICIES, None, f"sqlite:///{tmp_path}/cases.db")
    desk.open("credit_watch", FACTS, None, at("2026-01-02T09:00"), "W")
    report(desk, "2026-01-10T00:00", "bill_due", "A")
    report(desk, "2026-01-29T10:00", "bill_paid", "A")
    clock = [at("2026-01-29T10:01")]
    channels = Channels({OPEN_CASE: Opening(desk)})
    worker = Worker(desk.store, Outbox(desk.engine), channels, clock=lambda: clock[0])
    worker.run_until_idle()
    report(desk, "2026-02-01T10:00", "bill_due", "B")
    clock[0] = at("2026-02-03T00:00")
    worker.run_until_idle()
    opened = list(queries.cases(desk.engine, plan="credit_adjustment"))
    assert [each.standing.title for each in opened] == ["ACME"]
    record = queries.show(desk.engine, opened[0].id)
    facts = record.state["facts"]
    assert isinstance(facts, dict)
    assert facts["late_payments"] >= 1
    due = {each.key: each.due for each in record.deadlines}["case#1:due"]
    assert due == at("2026-02-08T10:00")
