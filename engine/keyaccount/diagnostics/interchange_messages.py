"""What a DMN model or a policy cannot carry of the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from keyaccount.diagnostics.diagnostic import Diagnostic, Severity, Text
from keyaccount.source import Span

LOOSENED = "interchange.loosened"


def rule_not_in_force(span: Span, rule: str, day: date) -> Diagnostic:
    """A rule that a table as of a date does not have."""
    return Diagnostic(
        "interchange.rule-not-in-force",
        Text(
            f"rule `{rule}` is not in force on {day}: the table goes without it",
            f"规则 `{rule}` 在 {day} 未生效：表中不含该规则",
        ),
        span,
        Text(
            "DMN has no dates of validity; the policy in the file keeps it",
            "DMN 没有有效期；文件中所附的策略仍保留该规则",
        ),
        Severity.WARNING,
    )


def parameter_not_in_force(span: Span, parameter: str, day: date) -> Diagnostic:
    """A parameter without a value as of a date."""
    return Diagnostic(
        "interchange.parameter-not-in-force",
        Text(
            f"parameter `{parameter}` has no value on {day}: it is null",
            f"参数 `{parameter}` 在 {day} 没有值：写为 null",
        ),
        span,
        Text("choose a date with `--as-of`", "用 `--as-of` 选择日期"),
        Severity.WARNING,
    )


def parameter_in_function(span: Span, parameter: str, function: str) -> Diagnostic:
    """A parameter that a function's body uses, where DMN lets it see none."""
    return Diagnostic(
        "interchange.parameter-in-function",
        Text(
            f"in function `{function}` the value stands for parameter `{parameter}`",
            f"函数 `{function}` 中以数值代替参数 `{parameter}`",
        ),
        span,
        Text(
            "a business knowledge model of DMN sees no decisions; hand it in as an argument",
            "DMN 的业务知识模型看不到决策；请作为参数传入",
        ),
        Severity.WARNING,
    )


def not_carried(span: Span, name: str, reason: Text) -> Diagnostic:
    """An element of a model that a policy cannot hold."""
    return Diagnostic(
        "interchange.not-carried",
        Text(f"`{name}` is left out: {reason.en}", f"略去 `{name}`：{reason.zh}"),
        span,
        None,
        Severity.WARNING,
    )


def loosened(span: Span, name: str, reason: Text) -> Diagnostic:
    """An element of a model that a policy holds without one of its traits."""
    return Diagnostic(
        LOOSENED,
        Text(f"`{name}`: {reason.en}", f"`{name}`：{reason.zh}"),
        span,
        None,
        Severity.WARNING,
    )


def nothing_carried(span: Span) -> Diagnostic:
    """A model of which no decision can be a policy's."""
    return Diagnostic(
        "interchange.nothing-carried",
        Text("no decision of the model can be put into a policy", "模型中没有可转入策略的决策"),
        span,
        Text("run it as it is: `keyaccount dmn run`", "可以直接运行：`keyaccount dmn run`"),
    )


def needs_what_is_left_out(names: Sequence[str]) -> Text:
    """Why a decision goes with those that it needs."""
    listed = ", ".join(f"`{each}`" for each in names)
    return Text(f"it needs {listed}, which is left out", f"它需要已略去的 {listed}")


def files_beside(names: Sequence[str]) -> Diagnostic:
    """A policy that comes with tables, printed alone."""
    listed = ", ".join(f"`{each}`" for each in names)
    return Diagnostic(
        "interchange.files-beside",
        Text(f"the policy needs {listed} beside it", f"策略旁边须有 {listed}"),
        None,
        Text("use `--output`: it writes all of them", "请用 `--output`，会一并写出"),
        Severity.WARNING,
    )


def not_a_model(path: Path) -> Diagnostic:
    """What would be written over is no DMN model."""
    return Diagnostic(
        "interchange.not-a-model",
        Text(
            f"`{path}` is there already, and is no DMN model; nothing was written",
            f"`{path}` 已存在且不是 DMN 模型，什么也没有写",
        ),
        None,
        Text("name another file, or move it away first", "换一个文件名，或先把它移走"),
    )


def another_file(path: Path) -> Diagnostic:
    """What would be written over is not the same policy."""
    return Diagnostic(
        "interchange.another-file",
        Text(
            f"`{path}` is there already, and is not this policy; nothing was written",
            f"`{path}` 已存在且不是该策略，什么也没有写",
        ),
        None,
        Text("name another file, or move it away first", "换一个文件名，或先把它移走"),
    )
