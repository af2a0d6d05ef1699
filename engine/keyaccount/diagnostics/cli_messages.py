"""Messages of the command line: wrong usage, files that cannot be had, facts that are no JSON."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from pathlib import Path

from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import did_you_mean, meant_or_listed
from keyaccount.source import Span


def unknown_option(name: str, known: Iterable[str], command: str) -> Diagnostic:
    """The command has no such option."""
    return Diagnostic(
        "cli.unknown-option",
        Text(f"there is no option `{name}`", f"没有选项 `{name}`"),
        None,
        did_you_mean(name, known) or _ask(command),
    )


def unknown_command(name: str, known: Iterable[str]) -> Diagnostic:
    """No command goes by this name."""
    return Diagnostic(
        "cli.unknown-command",
        Text(f"there is no command `{name}`", f"没有命令 `{name}`"),
        None,
        meant_or_listed(name, known),
    )


def unknown_limit(name: str, known: Iterable[str]) -> Diagnostic:
    """`--limit` names none of the limits."""
    return Diagnostic(
        "cli.unknown-limit",
        Text(f"there is no limit `{name}`", f"没有上限 `{name}`"),
        None,
        meant_or_listed(name, known),
    )


def bad_limit(name: str, number: str) -> Diagnostic:
    """`--limit` sets a limit to no whole number."""
    return Diagnostic(
        "cli.bad-limit",
        Text(
            f"the limit `{name}` must be a whole number, not `{number}`",
            f"上限 `{name}` 必须是整数，而不是 `{number}`",
        ),
        None,
        Text(f"write `--limit {name}=1000000`", f"请写成 `--limit {name}=1000000`"),
    )


def missing_argument(name: str, command: str) -> Diagnostic:
    """An option or argument that the command cannot do without is not there."""
    return Diagnostic(
        "cli.missing-argument",
        Text(f"`{name}` is missing", f"缺少 `{name}`"),
        None,
        _ask(command),
    )


def bad_value(name: str, found: str, wanted: str, command: str) -> Diagnostic:
    """The value of an option or argument will not do.

    Args:
        name: the option or argument.
        found: what is wrong with the value.
        wanted: what may be written, where it can be said in a few words.
        command: the command, with its parents.
    """
    found = found.rstrip(".")
    reason = found[:1].lower() + found[1:]
    return Diagnostic(
        "cli.bad-value",
        Text(f"`{name}` will not do: {reason}", f"`{name}` 的值不对：{reason}"),
        None,
        Text(f"write `{wanted}`", f"写成 `{wanted}`") if wanted else _ask(command),
    )


def wrong_usage(reason: str, command: str) -> Diagnostic:
    """Anything else about the command line."""
    reason = reason.rstrip(".")
    reason = reason[:1].lower() + reason[1:]
    return Diagnostic(
        "cli.wrong-usage",
        Text(reason, f"命令行有误：{reason}"),
        None,
        _ask(command),
    )


def _ask(command: str) -> Text:
    return Text(f"`{command} --help` tells more", f"`{command} --help` 有详细说明")


def no_tests(path: Path) -> Diagnostic:
    """There is nothing to run."""
    return Diagnostic(
        "cli.no-tests",
        Text(f"no policy tests in `{path}`", f"`{path}` 里没有策略测试"),
        None,
        Text(
            "write them as YAML into a folder `tests` beside the policies",
            "把测试写成 YAML，放在策略旁边的 `tests` 文件夹里",
        ),
    )


def facts_not_json(span: Span, reason: str) -> Diagnostic:
    """`--facts` is not JSON, or holds numbers that JSON does not have."""
    return Diagnostic(
        "cli.facts-not-json",
        Text(f"the facts are not JSON: {reason}", f"事实不是 JSON：{reason}"),
        span,
        Text(
            'write an object such as `{"NAME": 20}`, in single quotes for the shell',
            '写成对象，例如 `{"名称": 20}`，在命令行里外面用单引号',
        ),
    )


def facts_twice(span: Span, name: str) -> Diagnostic:
    """An object in `--facts` names a key twice."""
    return Diagnostic(
        "cli.fact-twice",
        Text(f"the fact `{name}` is given twice", f"事实 `{name}` 给了两次"),
        span,
        Text("leave one of them", "只留一个"),
    )


def facts_not_an_object(span: Span) -> Diagnostic:
    """`--facts` is JSON, but a list or a single value."""
    return Diagnostic(
        "cli.facts-not-an-object",
        Text("the facts are not an object", "事实不是对象"),
        span,
        Text("write `{NAME: VALUE, ...}`", "写成 `{名称: 值, ...}`"),
    )


def not_utf8(place: str, offset: int) -> Diagnostic:
    """A file of facts is not UTF-8; the offset is in bytes."""
    return Diagnostic(
        "cli.not-utf8",
        Text(
            f"`{place}` is not UTF-8 (byte {offset + 1})",
            f"`{place}` 不是 UTF-8（第 {offset + 1} 字节）",
        ),
        None,
        Text("save it as UTF-8", "请存成 UTF-8"),
    )


def bad_setting(text: str) -> Diagnostic:
    """An option of the form NAME=VALUE lacks its `=`."""
    return Diagnostic(
        "cli.bad-setting",
        Text(f"`{text}` has no `=`", f"`{text}` 里没有 `=`"),
        None,
        Text("write `NAME=VALUE`", "写成 `名称=值`"),
    )


def unknown_column(name: str, known: Iterable[str]) -> Diagnostic:
    """A column is described for a fact that the decisions do not use."""
    return Diagnostic(
        "cli.unknown-column",
        Text(
            f"the decisions use no fact `{name}`",
            f"这些决策没有用到事实 `{name}`",
        ),
        None,
        meant_or_listed(name, tuple(known)),
    )


def no_sql_type(name: str, type_name: str) -> Diagnostic:
    """A fact's column has a type that SQL cannot decide on exactly."""
    return Diagnostic(
        "cli.no-sql-type",
        Text(
            f"`{name}` cannot be read from a column of type `{type_name}`",
            f"`{name}` 不能从类型为 `{type_name}` 的列读取",
        ),
        None,
        Text(
            "say `--column FACT=TYPE` with DECIMAL(p,s), an integer type, DOUBLE, BOOLEAN, "
            "VARCHAR or DATE",
            "用 `--column 事实=类型` 指定 DECIMAL(p,s)、整数类型、DOUBLE、BOOLEAN、VARCHAR 或 DATE",
        ),
    )


def already_there(path: Path) -> Diagnostic:
    """What would be written exists."""
    return Diagnostic(
        "cli.already-there",
        Text(f"`{path}` is there already; nothing was written", f"`{path}` 已经存在，什么也没有写"),
        None,
        Text("name another folder, or move it away first", "换一个文件夹，或先把它移走"),
    )


def system_error(error: OSError) -> Diagnostic:
    """A file or stream that the operating system refuses."""
    name = error.filename if isinstance(error.filename, str) else None
    where = f"`{name}`: " if name else ""
    reason = error.strerror or str(error)
    return Diagnostic(
        "cli.system-error",
        Text(
            f"{where}{reason[:1].lower()}{reason[1:]}",
            f"{where}{_REASONS.get(error.errno or 0, reason)}",
        ),
        None,
    )


_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "这不是文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘是只读的",
    errno.EEXIST: "已经存在",
}


def not_an_instant(text: str) -> Diagnostic:
    """Something that is no instant."""
    return Diagnostic(
        "usage.not-an-instant",
        Text(f"`{text}` is not an instant", f"`{text}` 不是时间"),
        None,
        Text(
            "write date and time: 2026-03-02T09:00, with an offset where needed",
            "请写日期和时间：2026-03-02T09:00，必要时带时区偏移",
        ),
    )


def option_needs(option: str, value: str, needed: str) -> Diagnostic:
    """An option's value that is of use only with another option."""
    return Diagnostic(
        "usage.option-needs",
        Text(f"`{option} {value}` needs `{needed}`", f"`{option} {value}` 须同时给出 `{needed}`"),
        None,
        Text(f"add `{needed}`", f"请添加 `{needed}`"),
    )


def unknown_zone(name: str, known: Sequence[str]) -> Diagnostic:
    """A time zone that is none."""
    return Diagnostic(
        "usage.unknown-zone",
        Text(f"there is no time zone `{name}`", f"没有时区 `{name}`"),
        None,
        did_you_mean(name, known) or Text("write it as Asia/Shanghai", "请写作 Asia/Shanghai"),
    )
