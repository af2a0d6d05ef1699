"""What can be wrong with calendars: as written, and when asked for an instant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import meant_or_listed
from keyaccount.source import Span


def year_not_published(calendar: str, table: str, day: date, years: Collection[int]) -> Diagnostic:
    """A day in a year whose holidays the table does not have."""
    known = f"{min(years)}-{max(years)}" if years else "-"
    return Diagnostic(
        "calendar.year-not-published",
        Text(
            f"the calendar `{calendar}` has the holidays of `{table}` for {known}, not for {day}",
            f"日历 `{calendar}` 只有 `{table}` {known} 年的节假日，没有 {day} 的",
        ),
        None,
        Text(
            f"put the holidays of {day.year} into a table beside the policy, once they are "
            "published, and name it: `holidays: {table: " + table + ", from: holidays.csv}`",
            f"{day.year} 年的放假安排公布后，请写入策略旁边的 CSV 文件，并注明："
            "`holidays: {table: " + table + ", from: holidays.csv}`",
        ),
    )


def declared_twice(span: Span, calendar: str, policy: str) -> Diagnostic:
    """A calendar of a name that another policy's has. `policy`: the one that has it."""
    return Diagnostic(
        "calendar.declared-twice",
        Text(
            f"the policy `{policy}` has a calendar `{calendar}` too",
            f"策略 `{policy}` 已有名为 `{calendar}` 的日历",
        ),
        span,
        Text(
            f"calendars are shared by all policies: take this one out and use that of `{policy}`, "
            "or give it another name",
            f"日历由所有策略共用：请删除此处，直接使用 `{policy}` 的日历，或另取名称",
        ),
    )


def before_first_hours(calendar: str, since: date, day: date) -> Diagnostic:
    """A day before the first date from which a calendar has hours."""
    return Diagnostic(
        "calendar.before-first-hours",
        Text(
            f"the hours of the calendar `{calendar}` begin on {since}: nothing is known of {day}",
            f"日历 `{calendar}` 的营业时间自 {since} 起，{day} 的情况未知",
        ),
        None,
        Text(
            "add hours with an earlier date to the calendar",
            "请在日历中添加更早日期起的营业时间",
        ),
    )


def never_open(calendar: str, years: int) -> Diagnostic:
    """A limit that never ends, as there is no business any more."""
    return Diagnostic(
        "calendar.never-open",
        Text(
            f"the calendar `{calendar}` is closed for {counted(years, 'year')} on end",
            f"日历 `{calendar}` 连续 {years} 年没有营业时间",
        ),
        None,
        Text("give its last hours some openings", "请为最后一段营业时间填写开门时间"),
    )


def beyond_calendar(start: datetime) -> Diagnostic:
    """A limit that ends after the year 9999."""
    return Diagnostic(
        "calendar.too-far",
        Text(f"the limit from {start} ends after 9999", f"自 {start} 起的时限超过公元 9999 年"),
        None,
        Text("shorten the limit", "请缩短时限"),
    )


def unknown_holidays(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """A table of holidays that does not come with the program."""
    return Diagnostic(
        "calendar.unknown-holidays",
        Text(f"there is no table of holidays `{name}`", f"没有名为 `{name}` 的节假日表"),
        span,
        meant_or_listed(name, known),
    )


def bad_hours(span: Span, text: str) -> Diagnostic:
    """Something that is no opening."""
    return Diagnostic(
        "calendar.bad-hours",
        Text(f"`{text}` is no opening", f"`{text}` 不是营业时段"),
        span,
        Text(
            'write it as "09:00-12:00"; the end of a day is 24:00',
            '请写作 "09:00-12:00"；一天的结束写 24:00',
        ),
    )


def hours_backward(span: Span, text: str) -> Diagnostic:
    """An opening that ends before it begins, or at once."""
    return Diagnostic(
        "calendar.hours-backward",
        Text(f"`{text}` ends before it begins", f"`{text}` 的结束不晚于开始"),
        span,
        Text(
            'over midnight, write two: "22:00-24:00", and "00:00-06:00" for the next day',
            '跨午夜请写成两段："22:00-24:00"，次日 "00:00-06:00"',
        ),
    )


def hours_overlap(span: Span, text: str) -> Diagnostic:
    """An opening that begins before the one above it has ended, or just as it ends."""
    return Diagnostic(
        "calendar.hours-overlap",
        Text(
            f"`{text}` begins before the opening above it has ended",
            f"`{text}` 在上一时段结束前（或结束时）开始",
        ),
        span,
        Text("write the openings in order, or join the two", "请按顺序书写，或合并这两段"),
    )


def bad_weekday(span: Span, text: str, known: Sequence[str]) -> Diagnostic:
    """A key under a week that names no day of it."""
    return Diagnostic(
        "calendar.bad-weekday",
        Text(f"`{text}` names no day of the week", f"`{text}` 不是星期几"),
        span,
        meant_or_listed(text, known)
        or Text(
            "write `monday`, `monday to friday`, `saturday, sunday`, `daily` or `make-up day`",
            "请写 `monday`、`monday to friday`、`saturday, sunday`、`daily` 或 `make-up day`",
        ),
    )


def weekday_twice(span: Span, day: str) -> Diagnostic:
    """A weekday that has hours already."""
    return Diagnostic(
        "calendar.weekday-twice",
        Text(f"`{day}` has its hours already", f"`{day}` 的营业时间已经写过"),
        span,
        Text("name each day once", "每一天只写一次"),
    )


def open_and_closed(span: Span, day: date) -> Diagnostic:
    """A day that is under `closed` and under `open`."""
    return Diagnostic(
        "calendar.open-and-closed",
        Text(f"{day} is under `closed` and under `open`", f"{day} 同时写在 `closed` 与 `open` 中"),
        span,
        Text("take it out of one of them", "请从其中一处删去"),
    )


def bad_days(span: Span, text: str) -> Diagnostic:
    """A key that is neither a day nor a stretch of days."""
    return Diagnostic(
        "calendar.bad-days",
        Text(f"`{text}` names no days", f"`{text}` 不是日期"),
        span,
        Text(
            "write `2026-02-10`, or `2026-02-10 to 2026-02-16`, the later day behind",
            "请写 `2026-02-10`，或 `2026-02-10 to 2026-02-16`（后一日期在后）",
        ),
    )


def no_openings(span: Span, name: str) -> Diagnostic:
    """A calendar whose last week has no opening: what waits for business would wait for ever."""
    return Diagnostic(
        "calendar.never-open",
        Text(f"the calendar `{name}` never opens", f"日历 `{name}` 没有任何营业时间"),
        span,
        Text(
            'give a day hours, such as `monday to friday: ["09:00-18:00"]`',
            '请填写营业时间，例如 `monday to friday: ["09:00-18:00"]`',
        ),
    )


def bad_holiday_line(span: Span, text: str) -> Diagnostic:
    """A line in a table of holidays that does not say what its day is."""
    return Diagnostic(
        "calendar.bad-holiday",
        Text(f"`{text}` says nothing of a day", f"`{text}` 未能说明该日的安排"),
        span,
        Text(
            "a line is a date and `holiday` or `working day`: 2026-10-01,holiday",
            "每行为日期与 `holiday` 或 `working day`：2026-10-01,holiday",
        ),
    )


def holiday_twice(span: Span, day: date) -> Diagnostic:
    """A day with two lines in a table of holidays."""
    return Diagnostic(
        "calendar.holiday-twice",
        Text(f"{day} stands in the table already", f"{day} 在表中重复"),
        span,
        Text("take one of the lines out", "请删除其中一行"),
    )
