"""What can be wrong with a policy's meaning: names, types, tables, validity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Severity, Text
from keyaccount.diagnostics.suggest import did_you_mean, meant_or_listed
from keyaccount.source import Span

_CONSTANTS = {
    **dict.fromkeys(("true", "yes", "on", "是"), "true"),
    **dict.fromkeys(("false", "no", "off", "否"), "false"),
    **dict.fromkeys(("none", "nil", "空"), "null"),
}


def unknown_name(
    span: Span,
    name: str,
    known: Iterable[str],
    value_of: str | None = None,
    meant: str | None = None,
) -> Diagnostic:
    """A name in an expression that nothing declares.

    Args:
        span: of the name.
        name: as written.
        known: all names in sight.
        value_of: the fact or decision of which it is a declared value, if any.
        meant: the fact that has it for an alias or a title, if any.
    """
    help_ = did_you_mean(name, known)
    if name.casefold() in _CONSTANTS:
        constant = _CONSTANTS[name.casefold()]
        help_ = Text(f"write `{constant}`", f"请写 `{constant}`")
    elif meant is not None:
        help_ = did_you_mean(meant, [meant])
    elif value_of is not None:
        help_ = Text(
            f'for the value of `{value_of}` write `"{name}"`',
            f'表示 `{value_of}` 的值请写作 `"{name}"`',
        )
    elif " is " in name:
        help_ = Text("write `=` for `is`", "请用 `=` 代替 `is`")
    return Diagnostic(
        "feel.unknown-name",
        Text(f"unknown name `{name}`", f"未知名称 `{name}`"),
        span,
        help_
        or Text(
            f"declare `{name}` under facts, parameters, functions or decisions; "
            "text needs double quotes",
            f"请在 facts、parameters、functions 或 decisions 中声明 `{name}`；文本须加双引号",
        ),
    )


CONSTANTS_ONLY = Text(
    "`allowed`, defaults and dated values are made of constants: write the value itself",
    "`allowed`、默认值和 parameters 的值只能由常量组成：请写出具体的值",
)
HAND_IT_IN = Text(
    "a function sees its own parameters and the dated ones: hand the value in as a parameter",
    "函数只能看到自己的参数和 parameters 中的参数：请作为参数传入",
)
COMES_LATER = Text(
    "a step sees only the steps above it: move this one below",
    "每一步只能看到它上面的步骤：请把这一步移到下面",
)


def out_of_sight(span: Span, name: str, help_: Text) -> Diagnostic:
    """A name that is declared, but cannot be used where it stands. `help_`: why."""
    return Diagnostic(
        "policy.out-of-sight",
        Text(f"`{name}` cannot be used here", f"此处不能使用 `{name}`"),
        span,
        help_,
    )


def unknown_entry(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """A component that the value before the dot does not have."""
    return Diagnostic(
        "feel.unknown-entry",
        Text(f"there is no `{name}` in this value", f"该值中没有 `{name}`"),
        span,
        meant_or_listed(name, known)
        or Text(
            f"take `.{name}` away: the value has no parts", f"请删去 `.{name}`：该值没有组成部分"
        ),
    )


def undeclared_value(span: Span, value: str, declared: Sequence[str]) -> Diagnostic:
    """A text that is none of the values declared for what it is compared with or given as."""
    return Diagnostic(
        "policy.undeclared-value",
        Text(f"`{value}` is not a declared value", f"`{value}` 不是已声明的值"),
        span,
        meant_or_listed(value, declared),
    )


def ambiguous_value(span: Span, value: str) -> Diagnostic:
    """A bare declared value that is the name of a text besides."""
    return Diagnostic(
        "policy.ambiguous-name",
        Text(
            f"`{value}` is a declared value, and the name of something else too",
            f"`{value}` 既是已声明的值，又是其他内容的名称",
        ),
        span,
        Text(
            f'write `"{value}"` for the value, or give the other thing another name',
            f'表示值请写作 `"{value}"`，否则请更改另一个的名称',
        ),
    )


def operand_mismatch(span: Span, operator: str, left: str, right: str) -> Diagnostic:
    """An operator between types that it is not defined for."""
    return Diagnostic(
        "feel.type-mismatch",
        Text(
            f"`{operator}` cannot be used between `{left}` and `{right}`",
            f"`{operator}` 不能用于 `{left}` 与 `{right}` 之间",
        ),
        span,
        _mismatch_help(operator, left, right),
    )


def _mismatch_help(operator: str, left: str, right: str) -> Text:
    if {left, right} == {"number", "string"} and operator == "+":
        return Text(
            "to join texts, make the number a text by `string(...)`; a number has no quotes",
            "连接文本时请用 `string(...)` 把数字转为文本；数字不要加引号",
        )
    if {left, right} == {"number", "string"}:
        return Text(
            "write the number without quotes, or declare the fact with type number",
            "数字不要加引号，或将该事实的 type 声明为 number",
        )
    if {left, right} == {"boolean", "string"}:
        return Text("write `true` or `false` without quotes", "`true` 和 `false` 不要加引号")
    if "date" in (left, right) and {left, right} & {"number", "string"}:
        return Text(
            'write a date as @"2026-01-31", a length of time as @"P10D"',
            '日期写作 @"2026-01-31"，时间长度写作 @"P10D"',
        )
    return Text("bring both sides to the same type", "请使两边类型一致")


def wrong_type(span: Span, found: str, wanted: str) -> Diagnostic:
    """An expression of one type where another is needed."""
    return Diagnostic(
        "feel.type-mismatch",
        Text(
            f"this gives `{found}`, but `{wanted}` is needed here",
            f"此处需要 `{wanted}`，得到的是 `{found}`",
        ),
        span,
        Text(
            f"change the expression so that it gives `{wanted}`, or change the declared type",
            f"请修改表达式使其结果为 `{wanted}`，或修改声明的类型",
        ),
    )


def mixed_types(span: Span, found: str, before: str) -> Diagnostic:
    """A result or value of another type than those above it."""
    return Diagnostic(
        "policy.mixed-types",
        Text(
            f"this gives `{found}`, those above give `{before}`",
            f"此处为 `{found}`，上面的为 `{before}`",
        ),
        span,
        Text(
            "give all of them one type, or declare `type: Any` where that is meant",
            "请统一类型；确实需要不同类型时请声明 `type: Any`",
        ),
    )


def stray_brace(span: Span) -> Diagnostic:
    """A reason's text with a closing brace that was never opened."""
    return Diagnostic(
        "policy.stray-brace",
        Text("this `}` closes nothing", "此 `}` 没有对应的 `{`"),
        span,
        Text(
            "write `{` before the expression, or `}}` for a brace",
            "请在表达式前写 `{`；要写花括号本身请用 `}}`",
        ),
    )


def empty_range(span: Span) -> Diagnostic:
    """A range whose end lies before its beginning."""
    return Diagnostic(
        "feel.empty-range",
        Text("no value lies in this range", "此区间不包含任何值"),
        span,
        Text("write the smaller bound first", "请先写较小的边界"),
    )


def subtraction_for_range(span: Span) -> Diagnostic:
    """`20-50` in a cell, where FEEL takes it for -30."""
    low, _, high = (each.strip() for each in span.text.partition("-"))
    return Diagnostic(
        "feel.subtraction-for-range",
        Text("this is a subtraction, not a range", "这是减法，不是区间"),
        span,
        Text(f"write the range as `[{low}..{high}]`", f"区间请写作 `[{low}..{high}]`"),
    )


def bare_date(span: Span, year: int, month: int, day: int) -> Diagnostic:
    """`2026-01-01` without `@` and quotes, which FEEL works out."""
    is_minus = "-" in span.text
    return Diagnostic(
        "feel.bare-date",
        Text(
            f"`{span.text}` is a {'subtraction' if is_minus else 'division'}, not a date",
            f"`{span.text}` 是{'减法' if is_minus else '除法'}，不是日期",
        ),
        span,
        Text(
            f'write a date as @"{year:04}-{month:02}-{day:02}"',
            f'日期写作 @"{year:04}-{month:02}-{day:02}"',
        ),
    )


def chained_comparison(span: Span) -> Diagnostic:
    """`20 <= x <= 30`."""
    return Diagnostic(
        "feel.chained-comparison",
        Text("comparisons cannot be chained", "比较不能连写"),
        span,
        Text(
            "write a range, `x in [20..30]`, or `20 <= x and x <= 30`",
            "请写成区间 `x in [20..30]`，或 `20 <= x and x <= 30`",
        ),
    )


def joined_values(span: Span) -> Diagnostic:
    """Declared values in a cell, joined by `or`."""
    return Diagnostic(
        "feel.joined-values",
        Text("values are not joined by words", "各个值之间不用文字连接"),
        span,
        Text("part them by commas: `a, b`", "请用逗号分隔：`a, b`"),
    )


def wrong_arguments(span: Span, function: str, signatures: Sequence[str]) -> Diagnostic:
    """A call that fits none of a function's forms."""
    listed = ", ".join(f"`{each}`" for each in signatures)
    return Diagnostic(
        "feel.wrong-arguments",
        Text(
            f"the arguments do not fit the function `{function}`",
            f"参数与函数 `{function}` 不符",
        ),
        span,
        Text(f"it is called as {listed}", f"调用方式为 {listed}"),
    )


_FUNCTIONS_ELSEWHERE = {
    "average": "mean",
    "avg": "mean",
    "ceil": "ceiling",
    "concat": "string join",
    "includes": "contains",
    "len": "string length",
    "length": "string length",
    "lower": "lower case",
    "mod": "modulo",
    "round": "round half up",
    "size": "count",
    "str": "string",
    "trunc": "round down",
    "upper": "upper case",
}
"""What other languages call FEEL's functions."""


def unknown_function(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """A call of a function that does not exist."""
    name_here = _FUNCTIONS_ELSEWHERE.get(name.casefold(), name)
    return Diagnostic(
        "feel.unknown-function",
        Text(f"unknown function `{name}`", f"未知函数 `{name}`"),
        span,
        did_you_mean(name_here, known)
        or Text(f"declare `{name}` under functions", f"请在 functions 中声明 `{name}`"),
    )


def bad_literal(span: Span, text: str) -> Diagnostic:
    """`@"..."` whose text is no date, time or duration."""
    return Diagnostic(
        "feel.bad-literal",
        Text(
            f"`{text}` is no date, time or duration",
            f"`{text}` 不是有效的日期、时间或时长",
        ),
        span,
        Text(
            'write @"2026-01-31", @"09:15:00", @"2026-01-31T09:15:00", @"P10D" or @"PT48H"',
            '写作 @"2026-01-31"、@"09:15:00"、@"2026-01-31T09:15:00"、@"P10D" 或 @"PT48H"',
        ),
    )


def too_many_digits(span: Span, limit: int) -> Diagnostic:
    """A number with more digits than FEEL keeps (DMN 1.5, 10.3.2.3.1)."""
    return Diagnostic(
        "feel.too-many-digits",
        Text(f"a number has at most {counted(limit, 'digit')}", f"数字最多 {limit} 位"),
        span,
        Text("round it to what is meant", "请舍入到实际需要的位数"),
    )


def not_constant(span: Span) -> Diagnostic:
    """An expression where only a constant can stand."""
    return Diagnostic(
        "policy.not-constant",
        Text("a constant is needed here", "此处需要常量"),
        span,
        Text(
            'write a number, true or false, a text in double quotes, or a date as @"2026-01-31"',
            '请写数字、true 或 false、带双引号的文本，或日期 @"2026-01-31"',
        ),
    )


def too_deep(span: Span, limit: int) -> Diagnostic:
    """An expression that nests further than the limit."""
    return Diagnostic(
        "feel.too-deep",
        Text(f"the expression nests more than {limit} deep", f"表达式嵌套超过 {limit} 层"),
        span,
        Text("split it into steps of a context", "请用 context 拆分成多个步骤"),
    )


def too_large(span: Span) -> Diagnostic:
    """A function whose calls unfold beyond all measure."""
    return Diagnostic(
        "feel.too-large",
        Text("the calls in this expression unfold too far", "此表达式中的函数调用展开过多"),
        span,
        Text("let the functions call each other less often", "请减少函数之间的相互调用"),
    )


def cycle(span: Span, names: Sequence[str]) -> Diagnostic:
    """Decisions or functions that need each other in a circle."""
    path = " -> ".join(f"`{each}`" for each in names)
    if len(set(names)) == 1:
        message = Text(f"`{names[0]}` needs itself", f"`{names[0]}` 依赖自身")
    else:
        message = Text(f"{path} need each other in a circle", f"{path} 相互依赖，形成循环")
    return Diagnostic(
        "policy.cycle",
        message,
        span,
        Text(
            "take one of these references out: nothing can wait for itself",
            "请去掉其中一个引用：任何结果都不能依赖自身",
        ),
    )


def fact_differs(span: Span, name: str, policy: str) -> Diagnostic:
    """A fact that another policy declares otherwise."""
    return Diagnostic(
        "policy.fact-differs",
        Text(
            f"the fact `{name}` is declared otherwise in policy `{policy}`",
            f"事实 `{name}` 与策略 `{policy}` 中的声明不一致",
        ),
        span,
        Text(
            "one name is one fact: give both the same type, values, allowed, nullable and default",
            "同名即同一事实：请使 type、values、allowed、nullable 与 default 一致",
        ),
    )


def name_taken(span: Span, name: str, kind: Text) -> Diagnostic:
    """A name that something else in the policy, or FEEL, has already."""
    return Diagnostic(
        "policy.name-taken",
        Text(f"`{name}` is already the name of a {kind.en}", f"`{name}` 已是{kind.zh}的名称"),
        span,
        Text("give one of them another name", "请更改其中一个的名称"),
    )


def reserved_name(span: Span, name: str) -> Diagnostic:
    """A name that is a word of FEEL itself."""
    return Diagnostic(
        "policy.reserved-name",
        Text(f"`{name}` is a word of FEEL", f"`{name}` 是 FEEL 的保留字"),
        span,
        Text("choose another name, or one of several words", "请换一个名称，或使用多个词的名称"),
    )


def alias_taken(span: Span, fact: str, alias: str, other: str) -> Diagnostic:
    """A column header that two facts claim."""
    return Diagnostic(
        "policy.alias-taken",
        Text(
            f"the alias `{alias}` of `{fact}` is a name of `{other}` too",
            f"`{fact}` 的别名 `{alias}` 也是 `{other}` 的名称",
        ),
        span,
        Text(
            "a column can give one fact only: take the alias out of one of them",
            "一列只能对应一个事实：请从其中一个删去该别名",
        ),
    )


def parameter_not_in_force(span: Span, name: str, day: date) -> Diagnostic:
    """A parameter without a value on the date asked for."""
    return Diagnostic(
        "policy.not-in-force",
        Text(f"`{name}` has no value on {day}", f"`{name}` 在 {day} 没有有效值"),
        span,
        Text(
            "add a value that begins on or before that date, or ask for another date",
            "请添加在该日期或之前生效的值，或更换评估日期",
        ),
    )


def default_not_allowed(span: Span, fact: str) -> Diagnostic:
    """A fact's default that its own tests refuse."""
    return Diagnostic(
        "policy.default-not-allowed",
        Text(
            f"the default of `{fact}` is not among its allowed values",
            f"`{fact}` 的默认值不在其允许的值之内",
        ),
        span,
        Text("change the default, or widen `allowed`", "请修改默认值，或放宽 `allowed`"),
    )


def never_null(span: Span, fact: str) -> Diagnostic:
    """A test for null of a fact that is never null."""
    return Diagnostic(
        "policy.never-null",
        Text(
            f"`{fact}` is never null: while it is not given, it is unknown",
            f"`{fact}` 不会是 null：未给出时为“未知”",
        ),
        span,
        Text(
            "declare `nullable: true` where no value is an answer of its own; "
            "else take the test out",
            "若“没有值”本身是一种答案，请声明 `nullable: true`，否则请去掉这个判断",
        ),
        Severity.WARNING,
    )


def always_null(span: Span) -> Diagnostic:
    """A call of constants that gives null."""
    return Diagnostic(
        "feel.always-null",
        Text("this gives null, whatever the facts", "无论事实如何，此处都得到 null"),
        span,
        Text(
            "correct what it is called with, such as a day that does not exist; "
            "for null write `null`",
            "请改正调用的内容，例如不存在的日期；要表示 null 请写 `null`",
        ),
    )


def division_by_zero(span: Span) -> Diagnostic:
    """A division by a constant zero."""
    return Diagnostic(
        "feel.division-by-zero",
        Text("this divides by zero, which gives null", "此处除以零，结果为 null"),
        span,
        Text("divide by another number", "请除以其他数字"),
    )


def unused_name(span: Span, name: str, kind: str, kind_zh: str) -> Diagnostic:
    """Something declared that no decision uses."""
    return Diagnostic(
        "policy.unused",
        Text(f"the {kind} `{name}` is not used", f"{kind_zh} `{name}` 未被使用"),
        span,
        Text("use it in a decision, or take it out", "请在决策中使用它，或将其删除"),
        Severity.WARNING,
    )


def unclosed_brace(span: Span) -> Diagnostic:
    """A reason's text with an opening brace that never closes."""
    return Diagnostic(
        "policy.unclosed-brace",
        Text("this `{` is never closed", "此 `{` 未闭合"),
        span,
        Text(
            "close it with `}`, or write `{{` for a brace", "请用 `}` 闭合；要写花括号本身请用 `{{`"
        ),
    )
