"""The store: one transaction a command, each key once, deadlines in order; on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from cases.ladder import (
    PLAN,
    QUICK,
    SHARED,
    SLOW,
    SPLIT,
    UNIQUE,
    event,
    opening,
    plans,
)
from keyaccount.cases import queries, rows
from keyaccount.cases.protocol import Command
from keyaccount.cases.store import CaseStore, Fired
from keyaccount.cases.tables import COMMANDS, DEADLINES, EFFECTS, ENTRIES
from keyaccount.cases.work import CaseWork, StoreError
from keyaccount.storage.engine import SQLITE, StorageError, open_engine, reading
from keyaccount.storage.migration import migrate

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def store(database_url: str) -> Iterator[CaseStore]:
    engine = open_engine(database_url, connections=10)
    migrate(engine)
    yield CaseStore(engine, plans)
    engine.dispose()


def count(store: CaseStore, table: Any) -> int:
    with reading(store.engine) as connection:
        found: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
        return found


def replayed(store: CaseStore, case_id: str) -> object:
    """The state that the stored commands make, by the versions that they were taken under."""
    record = queries.show(store.engine, case_id)
    state = None
    for each in record.commands:
        plan = plans(record.summary.plan, each.version)
        state = plan.transition(state, each.command, each.at).state
    return state


def test_an_opened_case_has_its_snapshot_deadlines_and_log(store: CaseStore) -> None:
    applied = store.open(PLAN, "c1", opening(rungs=[60, 120], title="项目"), NOON)
    record = queries.show(store.engine, "c1")
    assert (applied.case_id, applied.number, applied.repeated) == ("c1", 1, False)
    assert record.summary.standing.title == "项目"
    assert record.summary.due == after(60)
    assert [(each.key, each.due) for each in record.deadlines] == [
        ("rung 1", after(60)),
        ("rung 2", after(120)),
    ]
    assert replayed(store, "c1") == record.state


def test_the_same_opening_again_is_the_same_case(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    again = store.open(PLAN, "c1", opening(rungs=[60]), after(5))
    assert again.repeated
    assert count(store, COMMANDS) == 1


def test_an_id_is_one_case_s_for_ever(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening("first"), NOON)
    with pytest.raises(StoreError) as refused:
        store.open(PLAN, "c1", opening("second"), NOON)
    assert [each.code for each in refused.value.diagnostics] == ["store.id-taken"]


def test_the_same_command_again_changes_nothing(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    first = store.apply("c1", event("seen"), after(1))
    again = store.apply("c1", event("seen"), after(2))
    assert (first.number, again.number, again.repeated) == (2, 2, True)
    assert queries.show(store.engine, "c1").state["events"] == ["seen"]


def test_a_command_to_no_case_is_refused(store: CaseStore) -> None:
    with pytest.raises(StoreError) as refused:
        store.apply("none", event("seen"), NOON)
    assert [each.code for each in refused.value.diagnostics] == ["store.unknown-case"]


def test_a_refused_command_leaves_no_trace(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    before = queries.show(store.engine, "c1")
    with pytest.raises(StoreError):
        store.apply("c1", event("refused"), after(1))
    assert queries.show(store.engine, "c1") == before


@pytest.mark.parametrize(
    "data",
    [
        {"event": "x", "amount": 0.1},
        {"event": "x", "at": NOON},
        {"event": "x", "amount": Decimal("NaN")},
        {"event": "x", 5: "five"},
        {"event": "x", "half": "\ud800"},
        {"event": "x" * 2_000_000},
    ],
)
def test_data_that_would_not_come_back_as_they_went_in_are_refused(
    store: CaseStore, data: dict[str, object]
) -> None:
    store.open(PLAN, "c1", opening(), NOON)
    with pytest.raises(StoreError) as refused:
        store.apply("c1", Command("event", data, None, "k"), NOON)
    assert [each.code for each in refused.value.diagnostics] == ["store.unfit-data"]


def test_data_nested_beyond_the_limit_are_refused(store: CaseStore) -> None:
    deep: object = "bottom"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(StoreError) as refused:
        store.open(PLAN, "c1", opening(deep=deep), NOON)
    assert [each.code for each in refused.value.diagnostics] == ["store.unfit-data"]


@pytest.mark.parametrize("key", ["", "a\x00b", "a\nb", "x" * 501])
def test_a_key_that_is_no_name_is_refused(store: CaseStore, key: str) -> None:
    with pytest.raises(StoreError) as refused:
        store.open(PLAN, "c1", opening(key), NOON)
    assert [each.code for each in refused.value.diagnostics] == ["store.unfit-data"]


def test_numbers_and_texts_come_back_exactly(store: CaseStore) -> None:
    title = "大客户 \x00 \U0001f600 'quoted' \\ end"
    store.open(PLAN, "c1", opening(title=title.replace("\x00", ""), amount=Decimal("0.10")), NOON)
    (command,) = queries.show(store.engine, "c1").commands
    assert str(command.command.data["amount"]) == "0.10"
    assert command.command.data["title"] == title.replace("\x00", "")


def test_a_deadline_falls_due_after_its_instant_and_not_at_it(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    assert store.fire(after(60)).deadlines == 0
    assert store.fire(after(60.000001)).deadlines == 1


def test_a_command_at_the_very_instant_of_a_deadline_is_on_time(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    store.apply("c1", event("completed"), after(60))
    assert store.fire(after(3600)).deadlines == 0
    assert count(store, DEADLINES) == 0
    assert queries.show(store.engine, "c1").state["fired"] == []


def test_a_late_command_comes_after_the_deadlines_that_passed_without_a_worker(
    store: CaseStore,
) -> None:
    store.open(PLAN, "c1", opening(rungs=[60, 120, 180]), NOON)
    store.apply("c1", event("completed"), after(150))
    record = queries.show(store.engine, "c1")
    assert [each["key"] for each in record.state["fired"]] == ["rung 1", "rung 2"]
    assert [each.command.kind for each in record.commands] == ["open", "due", "due", "event"]
    assert record.summary.standing.status == "completed"
    assert count(store, EFFECTS) == 2


def test_with_or_without_workers_a_case_comes_to_the_same(store: CaseStore) -> None:
    for name in ("watched", "left alone"):
        store.open(PLAN, name, opening(rungs=[60, 120], repeat=45), NOON)
    for seconds in (61, 91, 121, 181):
        store.apply("watched", event(f"e{seconds}", f"k{seconds}"), after(seconds))
    store.apply("watched", event("completed"), after(200))
    store.apply("left alone", event("completed"), after(200))
    fired = [queries.show(store.engine, each).state["fired"] for each in ("watched", "left alone")]
    assert fired[0] == fired[1]
    assert len(fired[0]) == 6


def test_deadlines_of_a_case_fall_due_in_order_however_late(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[120, 60], repeat=50), NOON)
    assert store.fire(after(130)).deadlines == 4
    state = queries.show(store.engine, "c1").state
    assert [each["key"] for each in state["fired"]] == ["repeat 1", "rung 2", "repeat 2", "rung 1"]


def test_a_deadline_that_fell_due_never_does_again_even_if_the_plan_says_so(
    store: CaseStore,
) -> None:
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    store.fire(after(61))
    store.apply("c1", event("pushed"), after(62))
    assert count(store, DEADLINES) == 0
    assert store.fire(after(5000)).deadlines == 0
    assert count(store, EFFECTS) == 1


def test_deadlines_that_move_are_moved(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60, 120]), NOON)
    store.apply("c1", event("pushed"), after(1))
    assert store.next_due() == after(1060)
    assert store.fire(after(130)).deadlines == 0


def test_commands_never_go_back_in_time(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(), NOON)
    store.apply("c1", event("a"), after(10))
    store.apply("c1", event("b"), after(5))
    commands = queries.show(store.engine, "c1").commands
    assert [each.at for each in commands] == [NOON, after(10), after(10)]


def test_one_batch_takes_only_so_many_cases(store: CaseStore) -> None:
    for number in range(5):
        store.open(PLAN, f"c{number}", opening(rungs=[60]), NOON)
    assert [store.fire(after(61), most=2).cases for _ in range(4)] == [2, 2, 1, 0]


def test_the_log_has_every_entry_in_order(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    store.fire(after(61))
    store.apply("c1", event("seen"), after(70))
    entries = queries.show(store.engine, "c1").entries
    assert [(each.kind, each.at) for each in entries] == [
        ("reminded", after(61)),
        ("event", after(70)),
    ]
    assert count(store, ENTRIES) == 2


def test_a_case_whose_plan_fails_waits_longer_each_time_and_stops_no_other(
    store: CaseStore,
) -> None:
    store.open(PLAN, "broken", opening(rungs=[10], broken="at due"), NOON)
    store.open(PLAN, "well", opening(rungs=[20]), NOON)
    fired = store.fire(after(60))
    assert (fired.deadlines, fired.failed) == (1, 1)
    (trouble,) = queries.troubles(store.engine)
    assert (trouble.case_id, trouble.failures, trouble.next_try) == ("broken", 1, after(90))
    assert "this plan is broken" in trouble.error
    assert store.fire(after(89)).failed == 0
    assert store.fire(after(91)).failed == 1
    assert queries.troubles(store.engine)[0].next_try == after(91 + 60)


def test_a_case_that_the_database_refuses_stops_no_other(store: CaseStore) -> None:
    for name, broken in (("a", None), ("b", "effect"), ("c", None)):
        store.open(PLAN, name, opening(rungs=[10], broken=broken), NOON)
    fired = store.fire(after(60))
    assert (fired.deadlines, fired.failed) == (2, 1)
    assert [each.case_id for each in queries.troubles(store.engine)] == ["b"]
    assert queries.show(store.engine, "b").state["fired"] == []


def test_a_connection_that_is_lost_is_told_and_blames_no_case(
    store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.engine.dialect.name == SQLITE:
        pytest.skip("a file does not hang up")
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    flush = rows.flush

    def hang_up(connection: Connection, works: Sequence[CaseWork]) -> None:
        own = connection.execute(select(func.pg_backend_pid())).scalar_one()
        with reading(store.engine) as another:
            another.execute(select(func.pg_terminate_backend(own)))
        flush(connection, works)

    monkeypatch.setattr(rows, "flush", hang_up)
    with pytest.raises(StorageError):
        store.fire(after(61))
    monkeypatch.undo()
    assert store.fire(after(61)) == Fired(1, 1, 0)


def test_an_instant_without_a_zone_is_refused(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(), NOON)
    with pytest.raises(ValueError, match="needs its zone"):
        store.apply("c1", event("seen"), NOON.replace(tzinfo=None))


def test_a_plan_that_sets_deadlines_in_the_past_without_end_is_stopped(
    store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyaccount.cases.work._MOST_AT_ONCE", 50)
    store.open(QUICK, "c2", opening(repeat=1), NOON)
    with pytest.raises(StoreError) as refused:
        store.apply("c2", event("seen"), after(1))
    assert [each.code for each in refused.value.diagnostics] == ["store.endless-deadlines"]


def test_a_second_filing_is_refused_naming_the_first(store: CaseStore) -> None:
    store.open(UNIQUE, "c1", opening(customer="长江"), NOON)
    with pytest.raises(StoreError) as refused:
        store.open(UNIQUE, "c2", opening(customer="长江"), NOON)
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "store.second-filing"
    assert "`c1`" in diagnostic.message.en


def test_a_second_filing_may_be_recorded_on_the_first(store: CaseStore) -> None:
    store.open(SHARED, "c1", opening(customer="长江"), NOON)
    applied = store.open(SHARED, "c2", opening(customer="长江", note="mine"), after(1))
    assert applied.case_id == "c1"
    told = queries.show(store.engine, "c1").commands[-1].command
    assert told.data == {
        "event": "second filing",
        "data": {"customer": "长江", "note": "mine"},
    }
    assert store.open(SHARED, "c2", opening(customer="长江", note="mine"), after(2)).repeated


def test_what_was_closed_may_be_filed_again(store: CaseStore) -> None:
    store.open(UNIQUE, "c1", opening(customer="长江"), NOON)
    store.apply("c1", event("completed"), NOON)
    assert store.open(UNIQUE, "c2", opening(customer="长江"), NOON).case_id == "c2"


def test_of_many_filings_at_once_one_is_taken(store: CaseStore) -> None:
    def file(number: int) -> bool:
        try:
            store.open(UNIQUE, f"c{number}", opening(customer="长江"), NOON)
        except StoreError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(file, range(16))) == 1


def test_two_halves_filed_at_once_see_each_other(store: CaseStore) -> None:
    def file(number: int) -> None:
        data = {"group": "长江", "amount": Decimal(49)}
        store.open(SPLIT, f"c{number}", opening(**data), NOON)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(file, range(8)))
    totals = [queries.show(store.engine, f"c{each}").state["totals"]["review"] for each in range(8)]
    assert totals == [49 * 7] * 8  # each has heard of all the others


def test_a_total_counts_its_window_and_its_group_and_nothing_that_was_turned_down(
    store: CaseStore,
) -> None:
    def file(number: int, group: str, at: datetime) -> object:
        data = {"group": group, "amount": Decimal("0.10")}
        store.open(SPLIT, f"c{number}", opening(**data), at)
        return queries.show(store.engine, f"c{number}").state["totals"]["review"]

    assert file(1, "a", NOON) == 0
    assert file(2, "b", NOON) == 0
    assert file(3, "a", NOON + timedelta(days=30)) == Decimal("0.10")
    assert file(4, "a", NOON + timedelta(days=30, seconds=1)) == Decimal("0.10")
    assert str(file(5, "a", NOON + timedelta(days=31))) == "0.20"


def test_another_version_moves_pending_deadlines_and_says_so_in_the_log(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60, 120]), NOON)
    store.fire(after(61))
    (change,) = store.amend_all(SLOW, {"choice": "switch"}, "ann", after(70))
    assert (change.before, change.after) == ({"rung 2": after(120)}, {"rung 2": after(240)})
    record = queries.show(store.engine, "c1")
    assert record.entries[-1].kind == "rescheduled"
    assert record.entries[-1].data == {
        "from": "1",
        "to": "2",
        "moved": [
            {"deadline": "rung 2", "from": after(120).isoformat(), "to": after(240).isoformat()}
        ],
    }
    assert store.fire(after(130)).deadlines == 0
    assert store.fire(after(241)).deadlines == 1
    assert replayed(store, "c1") == queries.show(store.engine, "c1").state


def test_a_preview_tells_the_same_and_writes_nothing(store: CaseStore) -> None:
    for number in range(3):
        store.open(PLAN, f"c{number}", opening(rungs=[60 + number]), NOON)
    before = [queries.show(store.engine, f"c{each}") for each in range(3)]
    shown = list(store.preview(SLOW, {}, None, after(1)))
    assert [queries.show(store.engine, f"c{each}") for each in range(3)] == before
    assert list(store.amend_all(SLOW, {}, None, after(1))) == shown


def test_cases_go_over_once_and_back_again(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    for plan in (SLOW, SLOW, PLAN, SLOW):
        list(store.amend_all(plan, {}, None, after(1)))
    assert len(queries.show(store.engine, "c1").commands) == 4
    assert store.next_due() == after(120)


def test_a_case_that_its_plan_cannot_work_off_is_mended_by_another_version(
    store: CaseStore,
) -> None:
    store.open(PLAN, "c1", opening(rungs=[10], broken="at due"), NOON)
    store.fire(after(11))
    with pytest.raises(RuntimeError):
        store.apply("c1", event("seen"), after(12))
    store.amend("c1", SLOW, {}, None, after(13))
    assert store.apply("c1", event("seen"), after(14)).number == 3


def test_closed_cases_stay_under_their_version(store: CaseStore) -> None:
    store.open(PLAN, "c1", opening(rungs=[60]), NOON)
    store.apply("c1", event("completed"), NOON)
    assert list(store.amend_all(SLOW, {}, None, NOON)) == []


def test_the_definition_of_a_version_is_kept(store: CaseStore) -> None:
    store.keep_plan("ladder", "1", "text", NOON)
    store.keep_plan("ladder", "1", "text", NOON)
    assert store.definition("ladder", "1") == "text"
    with pytest.raises(StoreError) as refused:
        store.definition("ladder", "9")
    assert [each.code for each in refused.value.diagnostics] == ["store.unknown-plan-version"]


def test_lists_show_the_most_urgent_first(store: CaseStore) -> None:
    for name, rungs in (("later", [120]), ("never", []), ("soon", [60])):
        store.open(PLAN, name, opening(rungs=rungs), NOON)
    store.open(UNIQUE, "other", opening(customer="长江", rungs=[1]), NOON)
    store.open(PLAN, "over", opening(rungs=[1]), NOON)
    store.apply("over", event("completed"), NOON)

    def ids(**wanted: Any) -> list[str]:
        return [each.id for each in queries.cases(store.engine, **wanted)]

    assert ids() == ["other", "soon", "later", "never"]
    assert ids(plan="ladder", due_before=after(100)) == ["soon"]
    assert ids(status="completed") == ["over"]
    assert ids(owner="nobody") == []
    assert len(ids(owner="owner")) == 4
