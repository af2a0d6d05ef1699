"""What can be wrong with a policy file's form: keys, kinds of values, dates, tables beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import did_you_mean, meant_or_listed
from keyaccount.source import Span

_KINDS = {
    "string": Text("text", "文本"),
    "number": Text("a number", "数字"),
    "boolean": Text("true or false", "true 或 false"),
    "null": Text("null", "null"),
    "object": Text("a mapping of `key: value` lines", "由 `键: 值` 组成的映射"),
    "array": Text("a list", "列表"),
}
"""JSON Schema's types as people call them."""

_FEEL = Text("a FEEL text", "FEEL 文本")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def unknown_key(span: Span, key: str, known: Sequence[str]) -> Diagnostic:
    """A key that has no meaning where it stands."""
    return Diagnostic(
        "schema.unknown-key",
        Text(f"unknown key `{key}`", f"未知的键 `{key}`"),
        span,
        meant_or_listed(key, known),
    )


def missing_key(span: Span, key: str) -> Diagnostic:
    """A key that must be there."""
    return Diagnostic(
        "schema.missing-key",
        Text(f"`{key}:` is missing here", f"此处缺少 `{key}:`"),
        span,
        Text(f"add `{key}:` to it", f"请添加 `{key}:`"),
    )


def no_logic(span: Span) -> Diagnostic:
    """A decision that does not say how it comes about."""
    return Diagnostic(
        "schema.missing-value",
        Text(
            "the decision has none of `value`, `context`, `rules`, `scorecard`",
            "该决策没有 `value`、`context`、`rules` 或 `scorecard`",
        ),
        span,
        Text(
            "add `value:` with a FEEL expression, or `rules:` with a decision table",
            "请添加带 FEEL 表达式的 `value:`，或带决策表的 `rules:`",
        ),
    )


def key_not_here(span: Span, key: str, beside: str) -> Diagnostic:
    """A key that does not go with another one. `beside`: the other."""
    return Diagnostic(
        "schema.key-not-here",
        Text(f"`{key}` does not go with `{beside}`", f"`{key}` 不能与 `{beside}` 同时使用"),
        span,
        Text(f"take out `{key}` or `{beside}`", f"请删除 `{key}` 或 `{beside}`"),
    )


def wrong_kind(span: Span, key: str, found: str, wanted: Sequence[str]) -> Diagnostic:
    """A value of another kind than its key wants. `found`, `wanted`: JSON Schema's types."""
    kinds = [_KINDS[each] for each in wanted]
    if {"string", "number"} <= set(wanted):
        # Whatever takes text and numbers alike takes FEEL.
        kinds = [_FEEL] + [_KINDS[each] for each in wanted if each in ("object", "array")]
    en = " or ".join(each.en for each in kinds)
    zh = "或".join(each.zh for each in kinds)
    return Diagnostic(
        "schema.wrong-kind",
        Text(
            f"`{key}` must be {en}, not {_KINDS[found].en}",
            f"`{key}` 必须是{zh}，而不是{_KINDS[found].zh}",
        ),
        span,
        _kind_help(span, key, found, wanted),
    )


def _kind_help(span: Span, key: str, found: str, wanted: Sequence[str]) -> Text:
    if found == "array" and key == "when":
        return Text(
            "join conditions by `and`, or test inputs one by one: `{INPUT: TESTS}`",
            "请用 `and` 连接各条件，或逐项测试：`{输入: 测试}`",
        )
    if found == "array" and "object" in wanted and "string" not in wanted:
        return Text(
            "give each entry a name of its own: `NAME: ...` in place of `- ...`",
            "请为每一项命名：用 `名称: ...` 代替 `- ...`",
        )
    if found == "object" and _DATE.fullmatch(key):
        return Text(
            "write the value alone; values that end are a list: "
            f"`- {{from: {key}, until: ..., value: ...}}`",
            f"请只写值；有截止日期的值请写成列表：`- {{from: {key}, until: ..., value: ...}}`",
        )
    written = " ".join(span.text.split())
    short = written if len(written) <= 40 and '"' not in written else "..."
    if "string" in wanted and found == "null":
        return Text("write the text after it", "请在其后写出文本")
    if "string" in wanted and (found != "object" or span.text[:1] == "{"):
        return Text(f'put it in quotes: `"{short}"`', f'请加引号：`"{short}"`')
    if "object" in wanted:
        return Text("write `key: value` lines below it, indented", "请在下方缩进编写 `键: 值` 各行")
    if "array" in wanted:
        return Text(f"write a list: `[{short}]`", f"请写成列表：`[{short}]`")
    if list(wanted) == ["boolean"]:
        return Text("write `true` or `false`", "请写 `true` 或 `false`")
    return Text(
        "write one FEEL text; several steps go under `context:`",
        "请写单个 FEEL 文本；多个步骤请放在 `context:` 之下",
    )


_CALLED_ELSEWHERE = {
    **dict.fromkeys(("int", "integer", "float", "double", "decimal", "money"), "number"),
    **dict.fromkeys(("text", "str", "varchar", "enum"), "string"),
    "timestamp": "date and time",
    "U": "unique",
    "F": "first",
    "A": "any",
    "P": "priority",
    "C": "collect",
    "C+": "collect sum",
    "C<": "collect min",
    "C>": "collect max",
    "C#": "collect count",
    "R": "rule order",
    "O": "output order",
}
"""Types as programs call them, hit policies as DMN abbreviates them (DMN 1.5, 8.2.10)."""


def wrong_choice(span: Span, key: str, value: str, choices: Sequence[str]) -> Diagnostic:
    """A value that is none of the few its key allows."""
    meant = re.sub(r"[^<>]+", lambda part: _CALLED_ELSEWHERE.get(part[0], part[0]), value)
    meant = _CALLED_ELSEWHERE.get(value, meant)
    return Diagnostic(
        "schema.wrong-choice",
        Text(f"`{key}` cannot be `{value}`", f"`{key}` 不能为 `{value}`"),
        span,
        meant_or_listed(meant, choices),
    )


def values_are_text(span: Span, type_: str) -> Diagnostic:
    """A type beside `values` that is not text."""
    return Diagnostic(
        "schema.wrong-choice",
        Text(
            f"`values` lists texts, so the type cannot be `{type_}`",
            f"`values` 列出的是文本，类型不能为 `{type_}`",
        ),
        span,
        Text(
            "write `type: string`, or use `allowed:` with FEEL unary tests instead of `values:`",
            "请写 `type: string`，或以 `allowed:`（FEEL 一元测试）代替 `values:`",
        ),
    )


def empty(span: Span, key: str) -> Diagnostic:
    """A mapping, list or text with nothing in it."""
    return Diagnostic(
        "schema.empty",
        Text(f"`{key}` is empty", f"`{key}` 为空"),
        span,
        Text(f"write something into `{key}`, or take it out", f"请填写 `{key}`，或将其删除"),
    )


def bad_name(span: Span, name: str) -> Diagnostic:
    """A declared name that FEEL could not tell from an expression."""
    return Diagnostic(
        "schema.bad-name",
        Text(f"`{name}` cannot be a name", f"`{name}` 不能作为名称"),
        span,
        Text(
            "begin with a letter or `_`, then letters, digits, `_` or spaces; "
            "no dots, quotes, brackets or comparison signs",
            "须以字母、汉字或 `_` 开头，可含字母、数字、`_` 与空格；不能含点、引号、括号或比较符号",
        ),
    )


def bad_rule_id(span: Span, name: str) -> Diagnostic:
    """A rule id that could not be told apart in a list of ids."""
    return Diagnostic(
        "schema.bad-rule-id",
        Text(f"`{name}` cannot be a rule's id", f"`{name}` 不能作为规则编号"),
        span,
        Text(
            "an id is not empty, and holds no `|` and no line break",
            "编号不能为空，且不能含 `|` 与换行",
        ),
    )


def bad_date(span: Span, text: str) -> Diagnostic:
    """Something that is no date of the calendar."""
    return Diagnostic(
        "schema.bad-date",
        Text(f"`{text}` is not a date", f"`{text}` 不是日期"),
        span,
        Text("write year, month and day: 2026-01-31", "请写年-月-日：2026-01-31"),
    )


def bad_time_of_day(span: Span, text: str) -> Diagnostic:
    """Something that is no time of day."""
    return Diagnostic(
        "schema.bad-time",
        Text(f"`{text}` is not a time of day", f"`{text}` 不是时刻"),
        span,
        Text('write hours and minutes: "09:15"', '请写时和分："09:15"'),
    )


def not_csv(span: Span, text: str) -> Diagnostic:
    """A table beside the policy in another format."""
    return Diagnostic(
        "schema.not-csv",
        Text(f"`{text}` is not a CSV file", f"`{text}` 不是 CSV 文件"),
        span,
        Text("name a file that ends in .csv", "请指定以 .csv 结尾的文件"),
    )


def other_mistake(span: Span, key: str) -> Diagnostic:
    """Anything else that the schema refuses."""
    return Diagnostic(
        "schema.mistake",
        Text(f"`{key}` is not as the schema says", f"`{key}` 不符合模式"),
        span,
        Text(
            "compare it with the schema; an editor shows its description",
            "请对照模式文件；编辑器中可查看说明",
        ),
    )


def full_width_comma(span: Span, comma: str) -> Diagnostic:
    """`[media，other]`, from a Chinese input method."""
    return Diagnostic(
        "policy.full-width-comma",
        Text(f"`{comma}` does not part values", f"`{comma}` 不能用来分隔各个值"),
        span,
        Text(
            "write `,`, typed with the input method off; a value that holds it goes in quotes",
            "请切换到英文输入法，写 `,`；值本身含有该符号时请加引号",
        ),
    )


def repeated_value(span: Span, value: str) -> Diagnostic:
    """A declared value or an alias that stands twice in its list."""
    return Diagnostic(
        "policy.repeated-value",
        Text(f"`{value}` stands in the list already", f"`{value}` 在列表中重复"),
        span,
        Text("take one of them out", "请删除其中一个"),
    )


def title_of_no_value(span: Span, value: str, values: Sequence[str]) -> Diagnostic:
    """A title for a value that is not declared."""
    return Diagnostic(
        "policy.undeclared-value",
        Text(f"`{value}` is not among the declared values", f"`{value}` 不在已声明的值之中"),
        span,
        meant_or_listed(value, values),
    )


def unknown_time_zone(span: Span, name: str, known: Sequence[str]) -> Diagnostic:
    """A time zone that the IANA database does not have."""
    return Diagnostic(
        "policy.unknown-time-zone",
        Text(f"there is no time zone `{name}`", f"时区 `{name}` 不存在"),
        span,
        did_you_mean(name, known)
        or Text(
            "write an IANA name such as `Asia/Shanghai`", "请写 IANA 时区名，例如 `Asia/Shanghai`"
        ),
    )


def ends_before_it_begins(span: Span, since: date, until: date) -> Diagnostic:
    """A validity in which no day lies."""
    return Diagnostic(
        "policy.empty-validity",
        Text(
            f"from {since} until {until} holds no day",
            f"自 {since} 至 {until} 之间没有任何一天",
        ),
        span,
        Text(
            "`until` is the first day no longer in force; it must lie after `from`",
            "`until` 是失效的第一天，必须晚于 `from`",
        ),
    )


def dates_not_ascending(span: Span, day: date, before: date) -> Diagnostic:
    """A parameter's value that begins before the one above it."""
    return Diagnostic(
        "policy.dates-not-ascending",
        Text(f"{day} stands below {before}", f"{day} 列在 {before} 之后"),
        span,
        Text("list the values by date, the oldest first", "请按日期从早到晚排列"),
    )


def overlapping_values(span: Span, since: date, until: date | None) -> Diagnostic:
    """A parameter's value that begins while the one above is in force. `until`: its end."""
    end = Text(f"until {until}", f"至 {until}") if until else Text("without an end", "无截止日")
    return Diagnostic(
        "policy.overlapping-validity",
        Text(
            f"a value begins on {since} while the one above is in force {end.en}",
            f"{since} 起的值与上一个值（{end.zh}）的有效期重叠",
        ),
        span,
        Text(f"end the one above with `until: {since}`", f"请将上一个值写为 `until: {since}`"),
    )


def gap_in_values(span: Span, until: date, since: date) -> Diagnostic:
    """Days on which a parameter has no value."""
    return Diagnostic(
        "policy.gap-in-validity",
        Text(
            f"there is no value from {until} until {since}",
            f"自 {until} 至 {since} 之间没有值",
        ),
        span,
        Text(
            f"begin this value on {until}, or let the one above end on {since}",
            f"请使此值自 {until} 起生效，或使上一个值至 {since} 止",
        ),
    )


def unknown_output(span: Span, name: str, outputs: Sequence[str]) -> Diagnostic:
    """A rule's result for an output that the decision does not declare."""
    return Diagnostic(
        "policy.unknown-output",
        Text(f"the decision has no output `{name}`", f"该决策没有输出 `{name}`"),
        span,
        meant_or_listed(name, outputs),
    )


def missing_output(span: Span, rule: str, name: str) -> Diagnostic:
    """A rule without a result for an output that the others have."""
    return Diagnostic(
        "policy.missing-output",
        Text(f"`{rule}` gives nothing for the output `{name}`", f"`{rule}` 没有给出输出 `{name}`"),
        span,
        Text(f"add `{name}:` to it; for null write `null`", f"请添加 `{name}:`；若为空请写 `null`"),
    )


def outputs_expected(span: Span, outputs: Sequence[str]) -> Diagnostic:
    """One value where the decision has several outputs."""
    en = ", ".join(f"{name}: ..." for name in outputs)
    return Diagnostic(
        "policy.outputs-expected",
        Text("a value for each output is needed here", "此处须给出每个输出的值"),
        span,
        Text(f"write `{{{en}}}`", f"请写 `{{{en}}}`"),
    )


def table_unreachable(span: Span, path: str) -> Diagnostic:
    """A table's file outside the policy's folder."""
    return Diagnostic(
        "policy.table-outside",
        Text(
            f"`{path}` lies outside the folder of the policy",
            f"`{path}` 不在策略所在的文件夹内",
        ),
        span,
        Text("put the file beside the policy", "请将该文件放在策略旁边"),
    )


def table_not_found(span: Span, path: str, beside: Sequence[str]) -> Diagnostic:
    """A table's file that is not there. `beside`: the files that are."""
    return Diagnostic(
        "policy.table-not-found",
        Text(f"there is no file `{path}` beside the policy", f"策略旁边没有文件 `{path}`"),
        span,
        did_you_mean(path, beside) or Text("check the name", "请检查文件名"),
    )


def table_needs_folder(span: Span) -> Diagnostic:
    """A table beside a policy that was not read from a file."""
    return Diagnostic(
        "policy.table-not-found",
        Text(
            "rules in a file of their own need a policy that is a file too",
            "引用规则文件的策略本身也须来自文件",
        ),
        span,
        Text("read the policy from its file", "请从文件读取策略"),
    )


def duplicate_policy(span: Span, name: str, file: str) -> Diagnostic:
    """Two files that hold a policy of the same name."""
    return Diagnostic(
        "policy.duplicate-policy",
        Text(f"`{file}` holds a policy `{name}` already", f"`{file}` 中已有策略 `{name}`"),
        span,
        Text("give one of the two another name", "请更改其中一个的名称"),
    )
