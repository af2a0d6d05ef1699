"""What can be wrong with a decision table in a CSV file."""

from __future__ import annotations

from collections.abc import Sequence

from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import nearest
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
            f"this line has {found} cells, the header {wanted}",
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
