"""What event rules mean, on the plain matcher."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from backends.events.worlds import NOW, event, rules_of, run, told
from keyaccount.backends.events import Derived, Event, derive_plainly
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.policy_set import PolicySet
from keyaccount.source import Source

TYPES = """
events:
  order: {fields: {number: string, amount: {type: number, nullable: true}}}
  shipped: {fields: {number: string}}
  alarm: {fields: {number: {type: string, nullable: true}, count: {type: number, nullable: true}}}
  second_alarm: {fields: {number: string}}
event rules:
"""


def alarms(rules: str, *events: Event, **given: object) -> list[dict[str, object]]:
    return told(run(rules_of(TYPES + rules), *events, **given), "alarm")  # type: ignore[arg-type]


def numbers(found: list[dict[str, object]]) -> list[object]:
    return [each["number"] for each in found]


TOGETHER = """
  together:
    when: {placed: order, sent: {event: shipped, where: sent.number = placed.number}}
    derive: alarm
    with: {number: sent.number}
"""


def test_events_are_joined_by_their_fields() -> None:
    found = alarms(
        TOGETHER,
        event("order", "04-01", number="A"),
        event("order", "04-02", number="B"),
        event("shipped", "04-03", number="B"),
        event("shipped", "04-03", number="C"),
    )
    assert numbers(found) == ["B"]


def test_one_event_does_not_stand_in_two_places() -> None:
    rule = """
  two:
    when: {one: order, other: {event: order, where: other.number = one.number}}
    derive: alarm
    with: {number: one.number}
"""
    assert alarms(rule, event("order", "04-01", number="A")) == []
    twice = [event("order", "04-01", number="A"), event("order", "04-02", number="A")]
    assert numbers(alarms(rule, *twice)) == ["A", "A"]
    ordered = rule.replace("event: order,", "event: order, after: one,")
    assert numbers(alarms(ordered, *twice)) == ["A"]


def test_after_is_the_order_of_the_log_within_one_instant() -> None:
    rule = """
  shipped_later:
    when: {placed: order, sent: {event: shipped, after: placed}}
    derive: alarm
    with: {number: sent.number}
"""
    first, second = event("order", "04-01", number="A"), event("shipped", "04-01", number="A")
    assert numbers(alarms(rule, first, second)) == ["A"]
    assert numbers(alarms(rule, second, first)) == []


MISSING = """
  missing:
    when: {placed: order}
    wait: PT48H
    unless: {sent: {event: shipped, where: sent.number = placed.number}}
    derive: alarm
    with: {number: placed.number}
"""


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-04-03T11:59:59+08:00", []), ("2026-04-03T12:00:00+08:00", ["A"])],
)
def test_what_does_not_come_is_told_when_the_wait_is_over(now: str, expected: list[str]) -> None:
    events = [event("order", "04-01", number="A")]
    assert numbers(alarms(MISSING, *events, now=datetime.fromisoformat(now))) == expected


def test_what_comes_at_the_end_of_the_wait_is_in_time_and_what_comes_later_is_not() -> None:
    late = Event("shipped", "2026-04-03T12:00:00.000001+08:00", {"number": "A"})
    exact = Event("shipped", "2026-04-03T12:00:00+08:00", {"number": "A"})
    assert numbers(alarms(MISSING, event("order", "04-01", number="A"), late)) == ["A"]
    assert numbers(alarms(MISSING, event("order", "04-01", number="A"), exact)) == []


def test_what_follows_from_a_wait_happened_at_its_end() -> None:
    derived = run(rules_of(TYPES + MISSING), event("order", "04-01", "one", number="A"))
    (alarm,) = derived.events
    assert alarm.at == datetime(2026, 4, 3, 4, tzinfo=UTC)
    assert (alarm.rule, alarm.sources, alarm.origins) == ("sample.missing", ("one",), ("one",))


MONTHS = MISSING.replace("PT48H", "P1M")


def test_months_end_on_the_last_day_in_the_zone_of_the_policy() -> None:
    derived = run(rules_of(TYPES + MONTHS), event("order", "01-31", number="A"))
    assert derived.events[0].at == datetime(2026, 2, 28, 4, tzinfo=UTC)


WINDOW = """
  many:
    when: {last: order}
    collect: {recent: {event: order, where: recent.number = last.number, within: P7D}}
    if: count(recent) = 3
    derive: alarm
    with: {number: last.number, count: sum(recent.amount)}
"""


def test_so_many_within_a_time() -> None:
    days = ["04-01 12:00", "04-05 12:00", "04-08 11:59", "04-12 12:01"]
    events = [event("order", day, number="A", amount=1) for day in days]
    assert alarms(WINDOW, *events) == [{"number": "A", "count": Decimal(3)}]


def test_the_beginning_of_the_time_is_not_in_it() -> None:
    days = ["04-01 12:00", "04-05 12:00", "04-08 12:00"]
    events = [event("order", day, number="A", amount=1) for day in days]
    assert alarms(WINDOW, *events) == []


def test_others_do_not_count() -> None:
    events = [event("order", "04-01", number=each, amount=1) for each in "AABBC"]
    assert alarms(WINDOW, *events) == []


ROW = """
  in_a_row:
    when: {last: order}
    collect: {big: {event: order, in a row: big.amount >= 10}}
    if: count(big) = 3
    derive: alarm
    with: {number: last.number}
"""


def test_so_often_in_a_row() -> None:
    amounts = [10, 11, 9, 12, 13, 14, 15]
    events = [
        event("order", f"04-0{place}", number=str(place), amount=amount)
        for place, amount in enumerate(amounts, 1)
    ]
    assert numbers(alarms(ROW, *events)) == ["6"]


def test_a_missing_value_breaks_a_row_and_joins_nothing() -> None:
    amounts = [10, None, 11, 12]
    events = [
        event("order", f"04-0{place}", number=str(place), amount=amount)
        for place, amount in enumerate(amounts, 1)
    ]
    assert alarms(ROW, *events) == []
    same = """
  same:
    when: {one: order, other: {event: order, after: one, where: other.amount = one.amount}}
    derive: alarm
"""
    unknown = [event("order", "04-01", number="A"), event("order", "04-02", number="B")]
    assert alarms(same, *unknown) == []


def test_what_follows_feeds_further_rules_with_all_that_it_came_from() -> None:
    rules = rules_of(
        TYPES
        + TOGETHER
        + """
  again:
    when: {alarm: alarm, placed: {event: order, where: placed.number = alarm.number}}
    derive: second_alarm
    with: {number: alarm.number}
"""
    )
    derived = run(
        rules,
        event("order", "04-01", "first", number="A"),
        event("shipped", "04-02", "second", number="A"),
    )
    alarm, second = derived.events
    assert second.sources == (alarm.id, "first")
    assert second.origins == ("first", "second")


FACTS = "late_orders: {type: number}\ngrade: {type: string, nullable: true}"
DECISIONS = "often_late: {value: late_orders >= 2}"
COUNTED = """
  late_orders:
    collect: {late: {event: order, where: late.amount > 5}}
    derive: late_orders
    value: count(late)
  often:
    if: often_late and grade = "A"
    derive: alarm
    with: {count: late_orders}
"""


def test_facts_feed_decisions_and_decisions_feed_rules() -> None:
    rules = rules_of(TYPES + COUNTED, FACTS, DECISIONS)
    events = [event("order", "04-01", f"o{each}", number="A", amount=each) for each in (5, 6, 7)]
    derived = run(rules, *events, grade="A")
    assert derived.values == {"late_orders": Decimal(2)}
    assert derived.facts["late_orders"].sources == ("o6", "o7")
    assert told(derived, "alarm") == [{"number": None, "count": Decimal(2)}]
    assert derived.events[0].origins == ("o6", "o7")
    assert run(rules, *events, grade="B").events == ()
    assert run(rules, *events[:2], grade="A").events == ()


def test_a_derived_fact_takes_the_place_of_a_given_one() -> None:
    rules = rules_of(TYPES + COUNTED, FACTS, DECISIONS)
    assert run(rules, grade="A", late_orders=9).values == {"late_orders": Decimal(0)}
    assert run(rules, grade="A", late_orders=9).events == ()


def test_conditions_on_several_events_may_say_anything_under_when() -> None:
    rule = """
  sum:
    when: {one: order, other: {event: order, after: one, where: one.amount + other.amount > 10}}
    derive: alarm
    with: {number: other.number}
"""
    events = [event("order", f"04-0{n}", number=str(n), amount=n) for n in (3, 5, 6)]
    assert numbers(alarms(rule, *events)) == ["6"]


def test_ids_are_the_same_whenever_the_same_follows_from_the_same() -> None:
    rules = rules_of(TYPES + MISSING)
    events = [
        event("order", "04-01", "one", number="A"),
        event("order", "04-02", "two", number="B"),
    ]
    first = run(rules, *events)
    later = run(rules, *events[::-1], now=NOW + timedelta(days=9))
    assert [each.id for each in first.events] == [each.id for each in later.events]
    assert len({each.id for each in first.events}) == 2


def test_what_lies_ahead_has_not_happened() -> None:
    assert (
        alarms(TOGETHER, event("order", "04-01", number="A"), event("shipped", "07-01", number="A"))
        == []
    )


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (Event("ordr", NOW, {}), "events.unknown-event"),
        (Event("order", NOW, {}), "events.missing-field"),
        (Event("order", NOW, {"number": None}), "events.missing-field"),
        (Event("order", NOW, {"number": 5}), "fact.wrong-type"),
        (Event("order", NOW, {"number": "A", "amont": 5}), "events.unknown-field"),
        (Event("order", NOW, {"number": "A", "amount": float("nan")}), "fact.not-finite"),
        (Event("order", NOW, "A"), "events.not-a-mapping"),  # type: ignore[arg-type]
        (Event("order", "2026-04-01T09:00:00", {"number": "A"}), "events.no-instant"),
        (Event("order", "soon", {"number": "A"}), "events.no-instant"),
        (Event("order", NOW, {"number": "A"}, 10**5000), "events.id-no-text"),  # type: ignore[arg-type]
        (Event("order", NOW, {"number": "A"}, ["A"]), "events.id-no-text"),  # type: ignore[arg-type]
    ],
)
def test_events_that_do_not_fit_are_refused(made: Event, code: str) -> None:
    with pytest.raises(FactError) as caught:
        run(rules_of(TYPES + TOGETHER), made)
    assert [each.code for each in caught.value.diagnostics] == [code]


def test_a_policy_may_have_event_rules_and_nothing_else() -> None:
    policy = read_policy(Source("sample.yaml", f"policy: sample{TYPES}{TOGETHER}"))
    placed, sent = (Event(each, NOW, {"number": "A"}) for each in ("order", "shipped"))
    rules = PolicySet({"sample": policy}).event_rules("sample")
    assert numbers(told(derive_plainly(rules, {}, [placed, sent], NOW), "alarm")) == ["A"]


def test_two_events_of_one_id_are_refused() -> None:
    with pytest.raises(FactError) as caught:
        run(rules_of(TYPES + TOGETHER), *[event("order", "04-01", "x", number="A")] * 2)
    assert [each.code for each in caught.value.diagnostics] == ["events.id-twice"]


def test_a_rule_that_holds_too_often_is_named() -> None:
    rule = TOGETHER.replace("sent.number = placed.number", "sent.number != placed.number")
    events = [event("order", "04-01", number=str(each)) for each in range(150)]
    events += [event("shipped", "04-02", number=str(each)) for each in range(150)]
    with pytest.raises(FactError) as caught:
        run(rules_of(TYPES + rule), *events)
    (found,) = caught.value.diagnostics
    assert found.code == "events.too-many-matches"
    assert "`sample.together`" in found.message.en


CALENDAR = """
calendars:
  shop: {hours: {2024-01-01: {monday to friday: ["09:00-12:00", "13:00-18:00"]}}}
events:
  order: {fields: {number: string}}
  day_over: {each working day of: shop}
  alarm: {fields: {day: date, count: number}}
event rules:
  counted:
    when: {over: day_over}
    collect: {placed: {event: order, where: date(placed.at) = over.day}}
    derive: alarm
    with: {day: over.day, count: count(placed)}
"""


def test_a_calendar_reports_each_working_day_at_its_end() -> None:
    rules = rules_of(CALENDAR)
    events = [  # a Friday at closing time, and a Monday
        event("order", "04-03 18:00", number="A"),
        event("order", "04-06 09:00", number="B"),
        event("order", "04-06 18:00", number="C"),
    ]
    derived = run(rules, *events, now=datetime.fromisoformat("2026-04-06T18:00:00+08:00"))
    assert told(derived, "alarm") == [{"day": date(2026, 4, 6), "count": Decimal(2)}]
    assert derived.events[0].sources == ("day_over 2026-04-06", "#2", "#3")
    assert derived.wake == datetime(2026, 4, 7, 10, tzinfo=UTC)


def test_before_anything_is_reported_no_day_is_over() -> None:
    assert run(rules_of(CALENDAR)) == Derived((), {})


def test_what_a_calendar_reports_nobody_else_does() -> None:
    with pytest.raises(FactError) as caught:
        run(rules_of(CALENDAR), Event("day_over", NOW, {"day": date(2026, 4, 1)}))
    assert [each.code for each in caught.value.diagnostics] == ["events.reported-by-calendar"]


def test_the_end_of_a_wait_is_an_instant_to_wake_at() -> None:
    rules = rules_of(TYPES + MISSING)
    orders = [event("order", "04-01", number="A"), event("order", "04-02", number="B")]

    def wake(now: str) -> datetime | None:
        return run(rules, *orders, now=datetime.fromisoformat(now)).wake

    assert wake("2026-04-02T12:00:00+08:00") == datetime(2026, 4, 3, 4, tzinfo=UTC)
    assert wake("2026-04-03T12:00:00+08:00") == datetime(2026, 4, 4, 4, tzinfo=UTC)
    assert wake("2026-04-04T12:00:00+08:00") is None


OLD = COUNTED.replace("late: {event: order,", "late: {event: order, within: P1M,")


def test_the_instant_at_which_an_event_counts_no_more_is_one_to_wake_at() -> None:
    rules = rules_of(TYPES + OLD, FACTS, DECISIONS)
    late = event("order", "01-31", number="A", amount=9)
    now = datetime.fromisoformat("2026-01-31T12:00:00+08:00")
    wakes = 0
    while (derived := run(rules, late, now=now)).wake is not None:
        assert derived.values == {"late_orders": Decimal(1)}
        assert derived.wake > now
        now, wakes = derived.wake, wakes + 1
    assert derived.values == {"late_orders": Decimal(0)}
    assert now <= datetime.fromisoformat("2026-03-02T12:00:00+08:00")
    assert wakes < 5
