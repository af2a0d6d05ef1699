"""What can be wrong with an organisation's file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import did_you_mean, meant_or_listed
from keyaccount.source import Span


def unknown_person(span: Span | None, name: str, known: Iterable[str]) -> Diagnostic:
    """A superior or deputy who is not among the people."""
    return Diagnostic(
        "organisation.unknown-person",
        Text(f"there is nobody with the id `{name}`", f"没有编号为 `{name}` 的人员"),
        span,
        did_you_mean(name, known)
        or Text(f"list `{name}` among the people", f"请把 `{name}` 列入人员表"),
    )


def duplicate_person(span: Span | None, name: str) -> Diagnostic:
    """Two people with one id."""
    return Diagnostic(
        "organisation.duplicate-person",
        Text(f"the id `{name}` is taken", f"编号 `{name}` 已被使用"),
        span,
        Text("give each person an id of their own", "请为每个人使用不同的编号"),
    )


def circle(span: Span | None, people: Sequence[str]) -> Diagnostic:
    """Superiors that run in a circle. `people`: the first again at the end."""
    way = " → ".join(people)
    return Diagnostic(
        "organisation.circle",
        Text(f"these people are each other's superiors: {way}", f"这些人互为上级：{way}"),
        span,
        Text("leave `superior` out for who stands at the top", "最高层的人不写 `superior`"),
    )


def own_deputy(span: Span | None, name: str) -> Diagnostic:
    """Somebody who acts for themselves while away."""
    return Diagnostic(
        "organisation.own-deputy",
        Text(f"`{name}` cannot be their own deputy", f"`{name}` 不能是自己的代理人"),
        span,
        Text("name another person", "请指定其他人"),
    )


def backward_days(span: Span | None, since: date, through: date) -> Diagnostic:
    """A range of dates that ends before it begins."""
    return Diagnostic(
        "organisation.backward-days",
        Text(f"{through} comes before {since}", f"{through} 早于 {since}"),
        span,
        Text("`from` is the first day, `through` the last", "`from` 为首日，`through` 为末日"),
    )


def unknown_column(span: Span | None, name: str, known: Sequence[str]) -> Diagnostic:
    """A column of a CSV file that has no meaning."""
    return Diagnostic(
        "organisation.unknown-column",
        Text(f"unknown column `{name}`", f"未知的列 `{name}`"),
        span,
        meant_or_listed(name, known),
    )


def missing_column(span: Span | None, name: str) -> Diagnostic:
    """A column of a CSV file that must be there."""
    return Diagnostic(
        "organisation.missing-column",
        Text(f"the column `{name}` is missing", f"缺少列 `{name}`"),
        span,
        Text(f"add a column `{name}`", f"请添加列 `{name}`"),
    )


def bad_date(span: Span | None, text: str) -> Diagnostic:
    """Something that is no date of the calendar."""
    return Diagnostic(
        "organisation.bad-date",
        Text(f"`{text}` is not a date", f"`{text}` 不是日期"),
        span,
        Text("write year, month and day: 2026-01-31", "请写年-月-日：2026-01-31"),
    )
