"""A rehearsal gives what the desk and a worker give: the same log, line for line.

The same people say the same at the same instants, once to the rehearsal and once to a desk on
SQLite, beside which a worker looks whenever a deadline has passed. The desk knows nothing of the
rehearsal: what falls due, what is filed twice, what adds up and what opens is its own doing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from keyaccount.cases import proceedings, queries
from keyaccount.cases.desk import Desk, open_desk
from keyaccount.cases.effects.channels import Channels
from keyaccount.cases.opening import Opening
from keyaccount.cases.outbox import Outbox
from keyaccount.cases.plan.loading import plans_of
from keyaccount.cases.plan.openings import OPEN_CASE
from keyaccount.cases.protocol import Command, Entry
from keyaccount.cases.rehearsal import rehearse as module
from keyaccount.cases.rehearsal.arrivals import Arrival, generated, logged
from keyaccount.cases.rehearsal.behaviour import Behaviour
from keyaccount.cases.replay.event_log import LogEvent
from keyaccount.cases.tables import METADATA
from keyaccount.cases.worker import Worker
from keyaccount.diagnostics.diagnostic import KeyaccountError
from keyaccount.organisation import read_organisation
from keyaccount.policy_set import PolicySet
from keyaccount.result.json_text import to_json

POLICIES = Path(__file__).parents[3] / "policies"
PEOPLE = POLICIES / "examples" / "organisation.yaml"
SINCE = datetime(2025, 1, 6, tzinfo=UTC)
PLANS = plans_of(PolicySet.load(POLICIES), read_organisation(PEOPLE))
REQUEST = {
    "request_kind": "credit_limit",
    "growth_potential": False,
    "competitor_opening": False,
    "account_status": "existing",
    "annual_trade": Decimal(6_000_000),
    "on_time_ratio": Decimal("0.99"),
    "max_overdue_days": 0,
    "late_payments": 0,
}

Log = Mapping[str, Sequence[str]]
"""The lines of each case's log, in their order."""


@dataclass(frozen=True)
class Said:
    """What people said: `plan` where they opened a case."""

    at: datetime
    case: str
    command: Command
    plan: str | None = None


def lines(entries: Sequence[Entry]) -> list[str]:
    return [to_json([each.at.isoformat(), each.kind, each.step, each.data]) for each in entries]


def rehearsed(
    monkeypatch: pytest.MonkeyPatch,
    plan: str,
    arrivals: Sequence[Arrival],
    until: datetime,
    behaviour: Behaviour,
) -> tuple[Log, list[Said]]:
    """The log of each case, and all that people said, refused or not."""
    log: dict[str, list[str]] = {}
    said: list[Said] = []

    def open_case(shelf, plans, live, case_id, command, now):
        if not command.key.startswith("open:"):  # else a worker opens it
            said.append(Said(now, case_id, command, live.name))
        return proceedings.open_case(shelf, plans, live, case_id, command, now)

    def take(shelf, plans, case_id, command, now):
        said.append(Said(now, case_id, command))
        return proceedings.take(shelf, plans, case_id, command, now)

    def tell(case: str, entries: Sequence[Entry]) -> None:
        log.setdefault(case, []).extend(lines(entries))

    with monkeypatch.context() as watched:
        watched.setattr(module, "open_case", open_case)
        watched.setattr(module, "take", take)
        module.rehearse(PLANS, plan, arrivals, until, behaviour, tell)
    return log, said


def lived(desk: Desk, said: Sequence[Said], until: datetime) -> Log:
    """The same said to a desk, with a worker beside it that is never late."""
    now = [SINCE]
    worker = Worker(
        desk.store, Outbox(desk.engine), Channels({OPEN_CASE: Opening(desk)}), lambda: now[0]
    )

    def wait(end: datetime) -> None:
        """Let the worker look just after each deadline that passes before an instant."""
        while (due := desk.store.next_due()) is not None and due < end:
            now[0] = due + timedelta(microseconds=1)
            worker.run_until_idle()

    for each in said:
        wait(each.at)
        now[0] = each.at
        try:
            if each.plan is None:
                desk.store.apply(each.case, each.command, each.at)
            else:
                live = desk.current(each.plan)
                desk.store.open(live, each.case, each.command, each.at)
        except KeyaccountError:
            pass  # whether it is refused in both shows in the logs
        worker.run_until_idle()
    wait(until)
    found = queries.cases(desk.engine, status=None)
    return {each.id: lines(queries.show(desk.engine, each.id).entries) for each in found}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = open_desk(POLICIES, PEOPLE, f"sqlite:///{tmp_path_factory.mktemp('live')}/cases.db")
    yield opened
    opened.engine.dispose()


def emptied(desk: Desk) -> Desk:
    with desk.engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
    return desk


def same(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    plan: str,
    arrivals: Sequence[Arrival],
    until: datetime,
    behaviour: Behaviour,
) -> Log:
    """The log of a rehearsal, which is that of the desk."""
    log, said = rehearsed(monkeypatch, plan, arrivals, until, behaviour)
    assert log == lived(emptied(desk), said, until)
    return log


@pytest.mark.parametrize("plan", PLANS)
def test_every_plan_goes_as_it_would_live(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    behaviour = Behaviour(seed=2, again=0.3)
    until = SINCE + timedelta(days=40)
    same(desk, monkeypatch, plan, list(generated(behaviour, 6, SINCE, until)), until, behaviour)


def test_a_second_filing_is_handed_to_the_case_that_has_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour = Behaviour(seed=2, again=0.5, facts={"already_served": False})
    until = SINCE + timedelta(days=90)
    arrivals = list(generated(behaviour, 12, SINCE, until - timedelta(days=30)))
    log = same(desk, monkeypatch, "project_filing", arrivals, until, behaviour)
    assert len(log) < 12
    assert any("second filing" in line for case in log.values() for line in case)


def test_a_second_filing_is_refused_where_the_plan_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    behaviour = Behaviour(seed=2, again=0.5)
    until = SINCE + timedelta(days=60)
    arrivals = list(generated(behaviour, 8, SINCE, until))
    assert len(same(desk, monkeypatch, "leasing", arrivals, until, behaviour)) < 8


amounts = st.sampled_from([200_000, 490_000, 510_000, 1_000_000, 2_600_000])


@given(
    seed=st.integers(0, 1000),
    requests=st.lists(
        st.tuples(st.integers(0, 70 * 24), st.sampled_from("甲乙"), amounts),
        min_size=2,
        max_size=7,
    ),
)
@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_split_requests_add_up_and_move_each_other_as_live(
    desk: Desk, seed: int, requests: list[tuple[int, str, int]]
) -> None:
    rows = [
        LogEvent(
            f"request {number}",
            "filed",
            SINCE + timedelta(hours=hour),
            {"requested_amount": str(amount), "customer": customer},
            number,
        )
        for number, (hour, customer, amount) in enumerate(requests)
    ]
    behaviour = Behaviour(seed=seed, facts=REQUEST, approves=0.7, returns=0.2)
    until = SINCE + timedelta(days=90)
    with pytest.MonkeyPatch.context() as monkeypatch:
        same(desk, monkeypatch, "credit_request", logged(rows), until, behaviour)


def test_halves_are_moved_by_each_other_within_the_window_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"first": 0, "second": 0.01, "late": 31}
    rows = [
        LogEvent(name, "filed", SINCE + timedelta(days=day),
                 {"requested_amount": "510000", "customer": "甲"}, number)
        for number, (name, day) in enumerate(days.items())
    ]  # fmt: skip
    behaviour = Behaviour(facts=REQUEST)
    until = SINCE + timedelta(days=60)
    log = same(desk, monkeypatch, "credit_request", logged(rows), until, behaviour)
    reached = {case: any("executive_deputy" in line for line in log[case]) for case in days}
    assert reached == {"first": True, "second": True, "late": False}


def test_one_case_opens_another_as_live(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [
        ("A", "opened", 0, "-"), ("A", "bill_due", 1, "1"), ("A", "bill_paid", 20, "1"),
        ("A", "bill_due", 21, "2"), ("B", "opened", 22, "-"), ("B", "bill_due", 23, "3"),
        ("B", "bill_paid", 44, "3"),
    ]  # fmt: skip
    rows = [
        LogEvent(case, name, SINCE + timedelta(days=day), {"bill": bill}, number)
        for number, (case, name, day, bill) in enumerate(told)
    ]
    facts = {
        "customer": "甲",
        "account_status": "existing",
        "annual_trade": Decimal(6_000_000),
        "recorded_tier": "green",
    }
    until = SINCE + timedelta(days=200)
    log = same(desk, monkeypatch, "credit_watch", logged(rows), until, Behaviour(facts=facts))
    # B's late payment calls for one too, while that of A is open: the customer has one.
    assert sum(line.count('"opens"') for case in log.values() for line in case) > 1
    assert sum(case.startswith("credit_adjustment-") for case in log) == 1
