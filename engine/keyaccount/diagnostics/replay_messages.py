"""What can be wrong with an event log, or with what is asked of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError, Severity, Text
from keyaccount.diagnostics.suggest import did_you_mean, meant_or_listed


class LogError(KeyaccountError):
    """An event log can't be read, or does not fit the plan."""


def unknown_column(name: str, known: Iterable[str]) -> Diagnostic:
    """A column or attribute that the log does not have."""
    return Diagnostic(
        "log.unknown-column",
        Text(f"the log has no column `{name}`", f"日志中没有列 `{name}`"),
        None,
        _mapping(name, known),
    )


def _mapping(name: str, known: Iterable[str]) -> Text | None:
    """What to write: the columns there are, and how to name one."""
    found = meant_or_listed(name, known)
    return found and Text(
        f"{found.en}; say which by --map, as in --map case=COLUMN",
        f"{found.zh}；请用 --map 指明，例如 --map case=列名",
    )


def column_twice(name: str) -> Diagnostic:
    """A column that stands twice in the header: which of them is meant is not to be told."""
    return Diagnostic(
        "log.column-twice",
        Text(f"the log has the column `{name}` twice", f"日志中列 `{name}` 出现两次"),
        None,
        Text("rename one of them", "请给其中一列改名"),
    )


def incomplete_row(row: int, part: str) -> Diagnostic:
    """An event without a case or an instant. `part`: `case` or `time`."""
    return Diagnostic(
        f"log.no-{part}",
        Text(f"row {row} has no `{part}`", f"第 {row} 行缺少 `{part}`"),
        None,
        Text(
            f"say which column it is: --map {part}=COLUMN; or leave such rows out: --rejects FILE",
            f"请指明列：--map {part}=列名；或用 --rejects 文件 略过这些行",
        ),
    )


def bad_instant(row: int, text: str, column: str) -> Diagnostic:
    """An event at no instant."""
    return Diagnostic(
        "log.bad-instant",
        Text(
            f"row {row}: `{text}` in `{column}` is not an instant",
            f"第 {row} 行：`{column}` 中的 `{text}` 不是时间",
        ),
        None,
        Text(
            "use ISO 8601, or say how it is written: --time-format '%d.%m.%Y %H:%M'; "
            "or leave such rows out: --rejects FILE",
            "请用 ISO 8601，或说明格式：--time-format '%d.%m.%Y %H:%M'；"
            "或用 --rejects 文件 略过这些行",
        ),
    )


def in_case(case: str, found: Diagnostic) -> Diagnostic:
    """What is wrong with a case of the log."""
    words = found.message
    text = Text(f"case `{case}`: {words.en}", f"事项 `{case}`：{words.zh}")
    return replace(found, message=text)


def more_cases(number: int) -> Diagnostic:
    """How many more cases have errors than those that were told."""
    return Diagnostic(
        "log.more-cases",
        Text(f"the same or other errors in {number:,} more", f"另有 {number:,} 个事项出错"),
        None,
        Text(
            "`--out FILE` and `--format json` have all of them",
            "`--out 文件` 和 `--format json` 列出全部",
        ),
    )


def event_absent(name: str, names: Iterable[str]) -> Diagnostic:
    """An event of the plan that the log never has. `names`: those it has that the plan has not."""
    return Diagnostic(
        "log.event-absent",
        Text(f"the log never has the plan's event `{name}`", f"日志中从未出现流程事件 `{name}`"),
        None,
        did_you_mean(name, names),
        Severity.WARNING,
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
        Text(
            "say how the text is encoded, such as --encoding latin-1, or write it in UTF-8",
            "请说明编码，例如 --encoding gb18030，或另存为 UTF-8",
        ),
    )
