"""What can be wrong with a decision table, in its file or in what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Severity, Text
from keyaccount.diagnostics.suggest import did_you_mean, nearest
from keyaccount.source import Span


def no_header(span: Span) -> Diagnostic:
    """A file without a line."""
    return Diagnostic(
        "table.no-header",
        Text("the table is empty", "表格为空"),
        span,
        Text(
            "begin with a header: `id`, the inputs, `then`",
            "第一行须为表头：`id`、各输入、`then`",
        ),
    )


def missing_column(span: Span, column: str, columns: Sequence[str]) -> Diagnostic:
    """A header without a column that must be there."""
    near = nearest(column, columns)
    return Diagnostic(
        "table.missing-column",
        Text(f"the header has no column `{column}`", f"表头缺少列 `{column}`"),
        span,
        Text(f"did you mean `{near}` to be `{column}`?", f"`{near}` 是否应为 `{column}`？")
        if near
        else Text(f"add a column `{column}`", f"请添加列 `{column}`"),
    )


def repeated_column(span: Span, column: str) -> Diagnostic:
    """A column that stands twice in the header."""
    return Diagnostic(
        "table.repeated-column",
        Text(f"the column `{column}` stands in the header already", f"表头中的列 `{column}` 重复"),
        span,
        Text("take one of them out", "请删除其中一列"),
    )


def unnamed_column(span: Span) -> Diagnostic:
    """A column without a header."""
    return Diagnostic(
        "table.unnamed-column",
        Text("this column has no header", "此列没有表头"),
        span,
        Text(
            "name the input in the header, or take the column out", "请在表头写输入名称，或删除此列"
        ),
    )


def wrong_cell_count(span: Span, found: int, wanted: int) -> Diagnostic:
    """A line with more or fewer cells than the header."""
    return Diagnostic(
        "table.wrong-cell-count",
        Text(
            f"this line has {counted(found, 'cell')}, the header {wanted}",
            f"此行有 {found} 个单元格，表头有 {wanted} 个",
        ),
        span,
        Text(
            'a cell with a comma in it goes in double quotes: `"red, yellow"`',
            '含逗号的单元格须加双引号：`"red, yellow"`',
        ),
    )


def missing_id(span: Span) -> Diagnostic:
    """A rule without an id."""
    return Diagnostic(
        "table.missing-id",
        Text("this rule has no id", "此规则没有编号"),
        span,
        Text(
            "give every rule a stable id of its own",
            "请为每条规则写唯一且不变的编号",
        ),
    )


def repeated_id(span: Span, rule: str, first_line: int) -> Diagnostic:
    """A rule id that a rule above has."""
    return Diagnostic(
        "table.duplicate-rule",
        Text(
            f"the rule `{rule}` stands in line {first_line} already",
            f"规则 `{rule}` 重复，第 {first_line} 行已有",
        ),
        span,
        Text("give one of the two another id", "请更改其中一个的编号"),
    )


def missing_result(span: Span, rule: str, column: str) -> Diagnostic:
    """A rule with an empty result."""
    return Diagnostic(
        "table.missing-result",
        Text(
            f"the rule `{rule}` has nothing under `{column}`", f"规则 `{rule}` 的 `{column}` 为空"
        ),
        span,
        Text("write the result; for null write `null`", "请写出结果；若为空请写 `null`"),
    )


def unclosed_quote(span: Span) -> Diagnostic:
    """A quoted cell that runs to the end of the file."""
    return Diagnostic(
        "table.unclosed-quote",
        Text("this quoted cell is never closed", "此带引号的单元格没有闭合"),
        span,
        Text('close it with "; inside it a " is written ""', '请用 " 闭合；其中的 " 写作 ""'),
    )


def text_after_quote(span: Span) -> Diagnostic:
    """Text between the closing quote of a cell and the next comma."""
    return Diagnostic(
        "table.text-after-quote",
        Text("text stands after the closing quote of this cell", "此单元格的闭合引号之后还有文本"),
        span,
        Text('a " inside a quoted cell is written ""', '带引号的单元格内的 " 须写作 ""'),
    )


def overlap(span: Span, rule: str, other: str, example: str) -> Diagnostic:
    """Two rules of a `unique` table that match the same facts."""
    return Diagnostic(
        "table.overlap",
        Text(
            f"rules `{rule}` and `{other}` both match {example}",
            f"规则 `{rule}` 与 `{other}` 同时匹配 {example}",
        ),
        span,
        Text(
            "narrow one of them, or choose the hit policy `first` or `priority`",
            "请收窄其中一条规则，或将 hit policy 改为 `first` 或 `priority`",
        ),
    )


def overlapping_validity(span: Span, rule: str, other: str) -> Diagnostic:
    """Two versions of the same rule in force at once."""
    return Diagnostic(
        "policy.overlapping-validity",
        Text(
            f"`{rule}` and `{other}` are in force at the same time",
            f"`{rule}` 与 `{other}` 的有效期重叠",
        ),
        span,
        Text("end one where the other begins", "请使一条在另一条生效时失效"),
    )


def priority_without_order(span: Span) -> Diagnostic:
    """A hit policy that ranks results which have no declared order."""
    return Diagnostic(
        "table.no-order",
        Text(
            "this hit policy ranks the results, but no `values` give their order",
            "此 hit policy 按结果优先级取舍，但未用 `values` 声明顺序",
        ),
        span,
        Text(
            "list the results under `values`, the highest first",
            "请在 `values` 中按优先级从高到低列出结果",
        ),
    )


def different_results(span: Span, rule: str, other: str, example: str) -> Diagnostic:
    """Two rules of an `any` table that match the same facts and give different results."""
    return Diagnostic(
        "table.different-results",
        Text(
            f"rules `{rule}` and `{other}` both match {example}, with different results",
            f"规则 `{rule}` 与 `{other}` 同时匹配 {example}，但结果不同",
        ),
        span,
        Text(
            "under `any` they must agree: narrow one of them, or choose `first` or `priority`",
            "`any` 要求结果一致：请收窄其中一条规则，或改用 `first` 或 `priority`",
        ),
    )


def gap_between_rules(span: Span, rule: str, other: str, since: date, until: date) -> Diagnostic:
    """Two versions of the same rule with days between them on which neither is in force."""
    return Diagnostic(
        "policy.gap-in-validity",
        Text(
            f"from {since} until {until} neither `{other}` nor `{rule}` is in force",
            f"从 {since} 到 {until}，`{other}` 与 `{rule}` 均未生效",
        ),
        span,
        Text(
            f"begin `{rule}` on {since}, or let `{other}` end on {until}; where nothing "
            "is to match in between, let a rule say so",
            f"请使 `{rule}` 从 {since} 起生效，或使 `{other}` 到 {until} 失效；"
            "若其间确实不应匹配，请用一条规则写明",
        ),
    )


def never_matches(span: Span, rule: str) -> Diagnostic:
    """A rule whose tests cannot all hold."""
    return Diagnostic(
        "table.never-matches",
        Text(f"rule `{rule}` can never match", f"规则 `{rule}` 永远不会匹配"),
        span,
        Text(
            "its tests contradict each other, or what is allowed: correct one of them",
            "其条件相互矛盾，或与允许的值矛盾：请改正其中之一",
        ),
        Severity.WARNING,
    )


def no_rules(span: Span) -> Diagnostic:
    """A file with a header alone."""
    return Diagnostic(
        "table.no-rules",
        Text("the table has no rules", "表格中没有规则"),
        span,
        Text("add a line for each rule", "请为每条规则添加一行"),
    )


def wrong_separator(span: Span, separator: str) -> Diagnostic:
    """A header whose columns are parted by something else than commas."""
    return Diagnostic(
        "table.wrong-separator",
        Text(
            f"columns are parted by commas, not by {separator}",
            f"列须以逗号分隔，而不是{separator}",
        ),
        span,
        Text("save the table as comma-separated CSV", "请将表格另存为以逗号分隔的 CSV"),
    )


def unknown_column(span: Span, name: str, meant: str) -> Diagnostic:
    """A column that is probably meant to be one of those with a fixed name."""
    return Diagnostic(
        "table.unknown-column",
        Text(f"unknown column `{name}`", f"未知的列 `{name}`"),
        span,
        did_you_mean(name, [meant]),
    )
