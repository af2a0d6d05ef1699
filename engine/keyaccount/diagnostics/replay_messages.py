"""What can be wrong with an event log, or with what is asked of it."""

from __future__ import annotations

from collections.abc import Iterable

from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError, Text
from keyaccount.diagnostics.suggest import meant_or_listed


class LogError(KeyaccountError):
    """An event log can't be read, or does not fit the plan."""


def unknown_column(name: str, known: Iterable[str]) -> Diagnostic:
    """A column or attribute that the log does not have."""
    return Diagnostic(
        "log.unknown-column",
        Text(f"the log has no column `{name}`", f"日志中没有列 `{name}`"),
        None,
        meant_or_listed(name, known),
    )


def bad_row(row: int, text: str, column: str) -> Diagnostic:
    """An event without a case or an instant."""
    if not text:
        return Diagnostic(
            "log.no-case",
            Text(f"row {row} names no case or no instant", f"第 {row} 行没有事项编号或时间"),
            None,
            Text("say which columns these are: --map case=...", "请指明列：--map case=..."),
        )
    return Diagnostic(
        "log.bad-instant",
        Text(
            f"row {row}: `{text}` in `{column}` is not an instant",
            f"第 {row} 行：`{column}` 中的 `{text}` 不是时间",
        ),
        None,
        Text(
            "use ISO 8601, or say how it is written: --time-format '%d.%m.%Y %H:%M'",
            "请用 ISO 8601，或说明格式：--time-format '%d.%m.%Y %H:%M'",
        ),
    )


def not_xes(file: str, reason: str) -> Diagnostic:
    """A file that is no XML."""
    return Diagnostic(
        "log.not-xes",
        Text(f"`{file}` can't be read as XES: {reason}", f"`{file}` 不是有效的 XES：{reason}"),
        None,
        Text("write the log out as CSV", "请把日志导出为 CSV"),
    )


def nothing_heard(events: Iterable[str], names: Iterable[str]) -> Diagnostic:
    """A log in which the plan finds none of its events. `names`: those of the log."""
    wanted = ", ".join(f"`{each}`" for each in list(events)[:6])
    return Diagnostic(
        "log.nothing-heard",
        Text(
            f"the log has none of the plan's events: {wanted}",
            f"日志中没有流程所用的事件：{wanted}",
        ),
        None,
        meant_or_listed(next(iter(events), ""), names),
    )


def unreadable(file: str, reason: str) -> Diagnostic:
    """A file that is no text, or no table."""
    return Diagnostic(
        "log.unreadable",
        Text(f"`{file}` can't be read: {reason}", f"`{file}` 无法读取：{reason}"),
        None,
        Text("write it as CSV in UTF-8, or as XES", "请保存为 UTF-8 编码的 CSV 或 XES"),
    )
