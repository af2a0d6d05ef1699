"""What can be wrong with events and event rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import did_you_mean, listed, meant_or_listed
from keyaccount.source import Span

NOT_THERE = Text(
    "what stands under `unless` is not there, so it has no value: take it from `when` or `collect`",
    "`unless` 中的事件并未出现，没有值可取：请使用 `when` 或 `collect` 中的名称",
)
AS_A_LIST_LATER = Text(
    "the lists of `collect` can be used under `if`, `with` and `value` alone",
    "`collect` 的列表只能用在 `if`、`with` 和 `value` 中",
)


def unknown_event(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """A pattern asks for a kind of event that the policy does not declare."""
    return Diagnostic(
        "events.unknown-event",
        Text(f"unknown event `{name}`", f"未知事件 `{name}`"),
        span,
        meant_or_listed(name, known)
        or Text(f"declare `{name}` under `events:`", f"请在 `events:` 中声明 `{name}`"),
    )


def unknown_derived(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """A rule derives what is neither an event nor a fact of the policy."""
    return Diagnostic(
        "events.unknown-derived",
        Text(
            f"`{name}` is neither an event nor a fact of this policy",
            f"`{name}` 既不是本策略的事件，也不是事实",
        ),
        span,
        did_you_mean(name, known)
        or Text(
            f"declare `{name}` under `events:` or `facts:`",
            f"请在 `events:` 或 `facts:` 中声明 `{name}`",
        ),
    )


def unknown_pattern(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`after` or `before` names no pattern in sight."""
    return Diagnostic(
        "events.unknown-pattern",
        Text(f"no pattern above is called `{name}`", f"前面没有名为 `{name}` 的模式"),
        span,
        meant_or_listed(name, known)
        or Text("name a pattern of `when` that stands above", "请写 `when` 中位于前面的名称"),
    )


def pattern_name_taken(span: Span, name: str) -> Diagnostic:
    """A pattern's name that means something else already."""
    return Diagnostic(
        "events.name-taken",
        Text(f"`{name}` has a meaning here already", f"`{name}` 在此处已有含义"),
        span,
        Text("give the pattern another name", "请给此模式换一个名称"),
    )


def reserved_field(span: Span) -> Diagnostic:
    """A field called as the instant that every event has."""
    return Diagnostic(
        "events.reserved-field",
        Text("every event has its instant as `at`", "每个事件都已有时间 `at`"),
        span,
        Text("take the field out, or give it another name", "请删除该字段，或另取名称"),
    )


def event_differs(span: Span, name: str, file: str) -> Diagnostic:
    """One name for two kinds of event; `file`: where the other is."""
    return Diagnostic(
        "events.event-differs",
        Text(
            f"`{file}` declares event `{name}` otherwise",
            f"`{file}` 对事件 `{name}` 的声明与此不同",
        ),
        span,
        Text(
            "give both the same fields, or one of them another name",
            "请使两处字段一致，或给其中一个另取名称",
        ),
    )


def nothing_to_look_for(span: Span) -> Diagnostic:
    """A rule without any condition."""
    return Diagnostic(
        "events.nothing-to-look-for",
        Text("the rule looks for nothing", "此规则没有任何条件"),
        span,
        Text(
            "say under `when` which events it needs, under `collect` what it counts, or `if`",
            "请用 `when` 写明所需事件，用 `collect` 写明要计数的事件，或写 `if`",
        ),
    )


def needs_when(span: Span, key: str) -> Diagnostic:
    """`unless` or `wait` without an event to which it refers."""
    return Diagnostic(
        "events.needs-when",
        Text(
            f"`{key}` has nothing to refer to without `when`",
            f"没有 `when`，`{key}` 无所参照",
        ),
        span,
        Text(
            "name the event that comes first under `when`; "
            "that nothing at all came is `collect` with `if: count(name) = 0`",
            "请在 `when` 中写出先发生的事件；从未发生请用 `collect` 加 `if: count(名称) = 0`",
        ),
    )


def fact_from_when(span: Span, fact: str) -> Diagnostic:
    """A fact has one value, `when` may match often."""
    return Diagnostic(
        "events.fact-from-when",
        Text(
            f"fact `{fact}` has one value, and `when` may hold several times",
            f"事实 `{fact}` 只有一个值，而 `when` 可能多次成立",
        ),
        span,
        Text(
            "gather the events under `collect`, and make the value of the list, as in "
            "`value: count(late)`",
            "请用 `collect` 汇集事件，再由列表得出值，如 `value: count(late)`",
        ),
    )


def fact_twice(span: Span, fact: str, other: str) -> Diagnostic:
    """Two rules for one fact."""
    return Diagnostic(
        "events.fact-twice",
        Text(
            f"rule `{other}` derives fact `{fact}` already", f"规则 `{other}` 已推出事实 `{fact}`"
        ),
        span,
        Text("make one rule of the two", "请合并为一条规则"),
    )


def missing_value(span: Span, fact: str) -> Diagnostic:
    """A rule derives a fact and does not say its value."""
    return Diagnostic(
        "events.missing-value",
        Text(f"the value of fact `{fact}` is missing", f"缺少事实 `{fact}` 的值"),
        span,
        Text("add `value:`", "请加上 `value:`"),
    )


def key_not_here(span: Span, key: str, derived: str, *, is_fact: bool) -> Diagnostic:
    """`with` beside a fact, or `value` beside an event."""
    kind, kind_zh = ("a fact", "事实") if is_fact else ("an event", "事件")
    wanted = "value" if is_fact else "with"
    return Diagnostic(
        "events.key-not-here",
        Text(
            f"`{derived}` is {kind}, which has no `{key}`",
            f"`{derived}` 是{kind_zh}，不用 `{key}`",
        ),
        span,
        Text(f"use `{wanted}`", f"请用 `{wanted}`"),
    )


def missing_fields(span: Span, event: str, names: Sequence[str]) -> Diagnostic:
    """A rule derives an event without all its fields."""
    shown = ", ".join(f"`{each}`" for each in names)
    return Diagnostic(
        "events.missing-field",
        Text(f"`{event}` also needs {shown}", f"`{event}` 还需要 {shown}"),
        span,
        Text("add it under `with:`", "请在 `with:` 中补上"),
    )


def unknown_field(span: Span, event: str, name: str, known: Sequence[str]) -> Diagnostic:
    """A rule gives a field that the event has not."""
    return Diagnostic(
        "events.unknown-field",
        Text(f"event `{event}` has no field `{name}`", f"事件 `{event}` 没有字段 `{name}`"),
        span,
        meant_or_listed(name, known) or Text("take it out", "请删除"),
    )


def no_duration(span: Span, found: str) -> Diagnostic:
    """A length of time that is none."""
    return Diagnostic(
        "events.no-duration",
        Text(f"this gives `{found}`, not a length of time", f"此处得到 `{found}`，不是时长"),
        span,
        Text(
            'write `P60D` for 60 days, `PT4H` for 4 hours; of a number, `days * duration("P1D")`',
            '60 天写作 `P60D`，4 小时写作 `PT4H`；由数字得出：`天数 * duration("P1D")`',
        ),
    )


def not_a_join(span: Span, name: str) -> Diagnostic:
    """A condition on several events at once, where only a comparison of two can be matched."""
    return Diagnostic(
        "events.not-a-join",
        Text(
            f"this is no comparison of something of `{name}` with something of one event above",
            f"这不是 `{name}` 的内容与前面某一事件内容的比较",
        ),
        span,
        Text(
            f"under `unless`, write comparisons joined by `and`, such as "
            f"`{name}.field = other.field`; conditions on the other events go to `if`",
            f"在 `unless` 中请写用 `and` 连接的比较，如 `{name}.字段 = 另一名称.字段`；"
            "对其他事件的条件请写在 `if` 中",
        ),
    )


def too_many(span: Span, what: str, what_zh: str, limit: int) -> Diagnostic:
    """More of something than rules may have."""
    return Diagnostic(
        "events.too-many",
        Text(f"more than {limit} {what}", f"{what_zh}超过 {limit} 个"),
        span,
        Text(
            "split it: let one rule derive an event, and another look for that",
            "请拆分：先由一条规则推出事件，再由另一条规则使用该事件",
        ),
    )


def circle(span: Span, names: Sequence[str]) -> Diagnostic:
    """Rules that need each other's results."""
    shown = " → ".join(f"`{each}`" for each in names)
    return Diagnostic(
        "events.circle",
        Text(f"rules that wait for each other: {shown}", f"规则互相依赖：{shown}"),
        span,
        Text(
            "a rule may not look for what follows from it, be it through other rules or decisions: "
            "let one of them look for the reported events instead",
            "规则不得以自身推出的结果为条件（包括经由其他规则或决策）：请让其中一条改用外部报告的事件",
        ),
    )


def reported_by_calendar(span: Span | None, event: str) -> Diagnostic:
    """An event derived or reported that its calendar reports."""
    return Diagnostic(
        "events.reported-by-calendar",
        Text(
            f"a calendar reports `{event}` itself",
            f"`{event}` 由日历自动产生",
        ),
        span,
        Text("take it out, or declare another event", "请删除，或另行声明事件"),
    )


def not_a_mapping(given: Text) -> Diagnostic:
    """An event's data that are no mapping of names to values."""
    return Diagnostic(
        "events.not-a-mapping",
        Text(
            f"the data of an event are {given.en}, not a mapping",
            f"事件的数据是{given.zh}，不是映射",
        ),
        None,
        Text("hand in `{field: value}`", "请传入 `{字段: 值}`"),
    )


def unknown_kind(name: str, known: Sequence[str]) -> Diagnostic:
    """An event is reported that the policies do not know."""
    return Diagnostic(
        "events.unknown-event",
        Text(f"there is no event `{name}`", f"没有事件 `{name}`"),
        None,
        meant_or_listed(name, known),
    )


def unknown_data(event: str, name: str, known: Sequence[str]) -> Diagnostic:
    """An event is reported with a field that it has not."""
    return Diagnostic(
        "events.unknown-field",
        Text(f"event `{event}` has no field `{name}`", f"事件 `{event}` 没有字段 `{name}`"),
        None,
        meant_or_listed(name, known) or listed(known) or Text("take it out", "请删除"),
    )


def missing_data(event: str, name: str) -> Diagnostic:
    """An event is reported without a field that it needs."""
    return Diagnostic(
        "events.missing-field",
        Text(f"event `{event}` needs `{name}`", f"事件 `{event}` 需要 `{name}`"),
        None,
        Text(
            f"hand it in, or declare `{name}` with `nullable: true`",
            f"请提供，或将 `{name}` 声明为 `nullable: true`",
        ),
    )


def no_instant(event: str) -> Diagnostic:
    """An event's instant that says no zone, or is none."""
    return Diagnostic(
        "events.no-instant",
        Text(
            f"event `{event}` has no instant with an offset from UTC",
            f"事件 `{event}` 没有带时区的时间",
        ),
        None,
        Text("write `at` as 2026-01-31T09:00:00+08:00", "请将 `at` 写作 2026-01-31T09:00:00+08:00"),
    )


def id_twice(id_: str) -> Diagnostic:
    """Two events under one id."""
    return Diagnostic(
        "events.id-twice",
        Text(f"two events have the id `{id_}`", f"两个事件的编号同为 `{id_}`"),
        None,
        Text("give each event an id of its own", "请为每个事件给出不同的编号"),
    )


def id_no_text(given: Text) -> Diagnostic:
    """An event's id that is no text, nor a number as a database counts."""
    return Diagnostic(
        "events.id-no-text",
        Text(f"an event's id is {given.en}", f"事件的编号为{given.zh}"),
        None,
        Text(
            "give each event a text as its id, or none at all", "请用文本作为事件编号，或不给编号"
        ),
    )


def too_many_events(count: int, limit: int) -> Diagnostic:
    """More events, reported and derived, than one evaluation takes."""
    return Diagnostic(
        "events.too-many-events",
        Text(
            f"{counted(count, 'event')}, at most {limit} go",
            f"事件共 {count} 个，上限为 {limit} 个",
        ),
        None,
        Text(
            "hand in those of one case, or of a shorter time",
            "请只传入单个案件的事件，或缩短时间范围",
        ),
    )


def too_many_matches(rule: str, limit: int) -> Diagnostic:
    """A rule that holds for more combinations of events than one evaluation takes."""
    return Diagnostic(
        "events.too-many-matches",
        Text(
            f"rule `{rule}` holds for more than {counted(limit, 'combination')} of events",
            f"规则 `{rule}` 成立的事件组合超过 {limit} 个",
        ),
        None,
        Text(
            "let `where` join its patterns by a field, as in `b.order = a.order`",
            "请用 `where` 以字段关联各模式，如 `b.order = a.order`",
        ),
    )


def unknown_engine(name: str, known: Sequence[str]) -> Diagnostic:
    """The setting names no engine."""
    return Diagnostic(
        "events.unknown-engine",
        Text(f"there is no event engine `{name}`", f"没有事件引擎 `{name}`"),
        None,
        meant_or_listed(name, known),
    )


def engine_not_installed() -> Diagnostic:
    """durable-rules is asked for, and not there."""
    return Diagnostic(
        "events.engine-not-installed",
        Text("durable-rules is not installed", "未安装 durable-rules"),
        None,
        Text(
            "`pip install durable-rules` (the README says how on Python 3.13), "
            "or set the engine to `plain`",
            "请运行 `pip install durable-rules`（Python 3.13 的装法见 README），"
            "或将引擎设为 `plain`",
        ),
    )
