"""Messages of the SQL backend: what cannot be said in SQL with the same meaning."""

from __future__ import annotations

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.source import Span

_ELSEWHERE = Text(
    "the Python backend can decide this: leave the SQL backend out, or write the cell another way",
    "Python 后端能判定：不用 SQL 后端，或换一种写法",
)


def not_in_sql(span: Span, what: str, reason: Text) -> Diagnostic:
    """A node, operator or function that is refused, with the reason."""
    return Diagnostic(
        "sql.not-in-sql",
        Text(
            f"`{what}` has no equal in SQL: {reason.en}",
            f"`{what}` 在 SQL 里没有等价的写法：{reason.zh}",
        ),
        span,
        _ELSEWHERE,
    )


def no_operator(span: Span, operator: str, left: str, right: str) -> Diagnostic:
    """An operator on kinds of values that SQL does not compare or compute alike."""
    return Diagnostic(
        "sql.no-operator",
        Text(
            f"`{operator}` of {left} and {right} has no equal in SQL",
            f"{left} 与 {right} 的 `{operator}` 在 SQL 里没有等价的写法",
        ),
        span,
        _ELSEWHERE,
    )


def too_many_digits(span: Span, digits: int, limit: int) -> Diagnostic:
    """A number that the engine would round."""
    return Diagnostic(
        "sql.too-many-digits",
        Text(
            f"the exact result may have {counted(digits, 'digit')}; SQL can hold {limit} alike",
            f"精确结果可能有 {digits} 位数字，SQL 只能同样准确地保存 {limit} 位",
        ),
        span,
        Text(
            "give the columns narrower types, such as DECIMAL(18, 2), "
            "or round with `decimal(n, scale)`",
            "把列的类型收窄，例如 DECIMAL(18, 2)，或用 `decimal(n, scale)` 取舍",
        ),
    )


def open_division(span: Span) -> Diagnostic:
    """A quotient that is neither compared nor rounded."""
    return Diagnostic(
        "sql.open-division",
        Text(
            "a quotient can have endless digits, which each SQL engine cuts off its own way",
            "除法的商可能无限长，各 SQL 引擎截断的方式不同",
        ),
        span,
        Text(
            "compare it directly (`a / b >= 0.9`), or round it: `decimal(a / b, 4)`",
            "直接比较（`a / b >= 0.9`），或先取舍：`decimal(a / b, 4)`",
        ),
    )


def mixed_outputs(span: Span) -> Diagnostic:
    """Results that no one column can hold."""
    return Diagnostic(
        "sql.mixed-outputs",
        Text(
            "the results have different types, which one SQL column cannot hold",
            "结果的类型不同，一个 SQL 列放不下",
        ),
        span,
        _ELSEWHERE,
    )


def too_many_rules(span: Span, count: int, limit: int) -> Diagnostic:
    """A table with more rules than its form allows."""
    return Diagnostic(
        "sql.too-many-rules",
        Text(
            f"{counted(count, 'rule')}; the SQL backend takes {limit} in a table of this form",
            f"有 {count} 条规则；这种形式的表，SQL 后端最多 {limit} 条",
        ),
        span,
        Text(
            "with hit policy `first` or `unique`, and cells that compare inputs with constants, "
            "any number goes",
            "命中策略为 `first` 或 `unique`、单元格只与常量比较时，条数不限",
        ),
    )


def computed_output(span: Span, hit_policy: str) -> Diagnostic:
    """A hit policy that needs its results beforehand."""
    return Diagnostic(
        "sql.computed-output",
        Text(
            f"under hit policy `{hit_policy}` the SQL backend takes constant results only",
            f"命中策略 `{hit_policy}` 下，SQL 后端只接受常量结果",
        ),
        span,
        _ELSEWHERE,
    )


def wrong_column_type(span: Span, fact: str, wanted: str) -> Diagnostic:
    """A column that cannot hold its fact."""
    return Diagnostic(
        "sql.wrong-column-type",
        Text(
            f"the column of fact `{fact}` has a type that cannot hold a {wanted}",
            f"事实 `{fact}` 的列的类型放不下 {wanted}",
        ),
        span,
        Text(f"cast the column to the type of a {wanted}", f"把该列转换成 {wanted} 的类型"),
    )


def same_column(span: Span, fact: str, other: str) -> Diagnostic:
    """Two facts whose columns differ in case alone."""
    return Diagnostic(
        "sql.same-column",
        Text(
            f"the facts `{fact}` and `{other}` would share a column: SQL ignores case in names",
            f"事实 `{fact}` 与 `{other}` 会落在同一列：SQL 的列名不分大小写",
        ),
        span,
        Text("give one of the columns another name", "给其中一列另起名字"),
    )
