"""What can be wrong with a case plan: names of steps, roles and ladders, its order, its limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keyaccount.diagnostics.diagnostic import Diagnostic, Severity, Text
from keyaccount.diagnostics.suggest import meant_or_listed
from keyaccount.source import Span


def unknown_step(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """A step that the plan does not have."""
    return Diagnostic(
        "plan.unknown-step",
        Text(f"the plan has no step `{name}`", f"流程中没有环节 `{name}`"),
        span,
        meant_or_listed(name, known),
    )


def unknown_role(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """Neither a role nor a fact that names a person."""
    return Diagnostic(
        "plan.unknown-role",
        Text(f"there is no role `{name}`", f"没有角色 `{name}`"),
        span,
        meant_or_listed(name, known)
        or Text(f"declare `{name}` under `roles:`", f"请在 `roles:` 中声明 `{name}`"),
    )


def unknown_ladder(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """A ladder that the plan does not have."""
    return Diagnostic(
        "plan.unknown-ladder",
        Text(f"the plan has no ladder `{name}`", f"流程中没有升级阶梯 `{name}`"),
        span,
        meant_or_listed(name, known)
        or Text(f"declare `{name}` under `ladders:`", f"请在 `ladders:` 中声明 `{name}`"),
    )


def unknown_calendar(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """A calendar that no policy declares."""
    return Diagnostic(
        "plan.unknown-calendar",
        Text(f"there is no calendar `{name}`", f"没有日历 `{name}`"),
        span,
        meant_or_listed(name, known)
        or Text(f"declare `{name}` under `calendars:`", f"请在 `calendars:` 中声明 `{name}`"),
    )


def no_calendar(span: Span) -> Diagnostic:
    """Business time without a calendar."""
    return Diagnostic(
        "plan.no-calendar",
        Text("business time needs a calendar", "工作时间须指定日历"),
        span,
        Text(
            "add `calendar:` to the limit or to the plan",
            "请在时限或流程中添加 `calendar:`",
        ),
    )


def unknown_fact(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """A plan's subject or region that is no fact of its policy."""
    return Diagnostic(
        "plan.unknown-fact",
        Text(f"there is no fact `{name}`", f"没有事实 `{name}`"),
        span,
        meant_or_listed(name, known)
        or Text(f"declare `{name}` under `facts:`", f"请在 `facts:` 中声明 `{name}`"),
    )


def unknown_event(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """An event that is not declared, and much like one that is."""
    return Diagnostic(
        "plan.unknown-event",
        Text(f"there is no event `{name}`", f"没有事件 `{name}`"),
        span,
        meant_or_listed(name, known),
    )


def undeclared_event(span: Span, name: str, near: str | None) -> Diagnostic:
    """An event that no policy declares; `near`: the one that was perhaps meant."""
    declare = Text(
        f"declare `{name}` under `events:`: then a slip in its name is found",
        f"请在 `events:` 中声明 `{name}`，以便发现名称笔误",
    )
    meant = Text(
        f"did you mean `{near}`? else {declare.en}", f"是否想写 `{near}`？若不是，{declare.zh}"
    )
    return Diagnostic(
        "plan.undeclared-event",
        Text(f"no policy declares the event `{name}`", f"没有策略声明事件 `{name}`"),
        span,
        declare if near is None else meant,
        Severity.WARNING,
    )


def no_events_declared(span: Span, plan: str, names: Sequence[str]) -> Diagnostic:
    """A plan waits for events, and its policy declares none."""
    listed = ", ".join(f"{each}: ..." for each in names)
    return Diagnostic(
        "plan.no-events-declared",
        Text(
            f"no policy declares the events that `{plan}` waits for: a slip in a name goes unseen",
            f"没有策略声明流程 `{plan}` 所等待的事件：名称笔误无从发现",
        ),
        span,
        Text(
            f"declare each with a few words: `events: {{{listed}}}`",
            f"请逐一声明并说明含义：`events: {{{listed}}}`",
        ),
        Severity.WARNING,
    )


def circle(span: Span, steps: Sequence[str]) -> Diagnostic:
    """Steps that each wait for the next. `steps`: the first again at the end."""
    way = " → ".join(steps)
    return Diagnostic(
        "plan.circle",
        Text(f"these steps wait for each other: {way}", f"这些环节互相等待：{way}"),
        span,
        Text(
            "take one `after:` out; to go back to an earlier step use `goes back:`",
            "请删除其中一个 `after:`；退回先前的环节请用 `goes back:`",
        ),
    )


def unreachable(span: Span, name: str, blocked: str) -> Diagnostic:
    """A step behind others that can never be done."""
    return Diagnostic(
        "plan.unreachable-step",
        Text(
            f"`{name}` is never opened: it comes after `{blocked}`",
            f"`{name}` 永远不会开始：它排在 `{blocked}` 之后",
        ),
        span,
        Text(
            f"let it come after a step that can be done, not `{blocked}`",
            f"请改为排在可完成的环节之后，而不是 `{blocked}`",
        ),
    )


def never_completed(span: Span, name: str) -> Diagnostic:
    """A step with a limit that nothing completes."""
    return Diagnostic(
        "plan.never-completed",
        Text(f"nothing completes `{name}`", f"`{name}` 没有完成的条件"),
        span,
        Text(
            "add `completed by:` with an event, or `approval:`",
            "请添加 `completed by:`（事件）或 `approval:`",
        ),
    )


def endless_repetition(span: Span, name: str) -> Diagnostic:
    """A repeated step that nothing ends."""
    return Diagnostic(
        "plan.endless-repetition",
        Text(f"nothing ends the repetition of `{name}`", f"`{name}` 的重复没有终止条件"),
        span,
        Text("add `until:` with an event", "请添加 `until:`（事件）"),
    )


def ladder_without_limit(span: Span, name: str) -> Diagnostic:
    """A ladder on a step that has no limit."""
    return Diagnostic(
        "plan.ladder-without-limit",
        Text(f"`{name}` has a ladder and no limit", f"`{name}` 有升级阶梯而没有时限"),
        span,
        Text("add `limit:`", "请添加 `limit:`"),
    )


def bad_duration(span: Span, text: str) -> Diagnostic:
    """A duration that is none, or not longer than nothing."""
    return Diagnostic(
        "plan.bad-duration",
        Text(f"`{text}` is not a duration longer than zero", f"`{text}` 不是大于零的时长"),
        span,
        Text("write it as PT4H, P10D or P1DT12H", "请写作 PT4H、P10D 或 P1DT12H"),
    )


def negative_days(span: Span, text: str) -> Diagnostic:
    """A limit that would end before it begins."""
    return Diagnostic(
        "plan.negative-days",
        Text(f"`{text}` days end before they begin", f"`{text}` 天会在起算之前到期"),
        span,
        Text(
            "write 0 or more; for a reminder before the limit, `before:` in a ladder",
            "请写 0 或更大的数；如需提前提醒，请在升级阶梯中用 `before:`",
        ),
    )


def duration_in_days(span: Span, text: str) -> Diagnostic:
    """A duration where a number of days belongs."""
    return Diagnostic(
        "plan.duration-in-days",
        Text(f"`{text}` is not a number of days", f"`{text}` 不是天数"),
        span,
        Text("write the number alone: `days: 10`", "请只写数字：`days: 10`"),
    )


def bad_quorum(span: Span) -> Diagnostic:
    """A quorum that is not a whole number of at least 1."""
    return Diagnostic(
        "plan.bad-quorum",
        Text("a quorum is a whole number of at least 1", "法定人数须为不小于 1 的整数"),
        span,
        Text("write `quorum: 2`", "请写作 `quorum: 2`"),
    )


def no_subject(span: Span) -> Diagnostic:
    """A second case of which subject?"""
    return Diagnostic(
        "plan.no-subject",
        Text(
            "`second filing` needs the plan's `subject`",
            "`second filing` 须与流程的 `subject` 同用",
        ),
        span,
        Text(
            "add `subject:` with the fact that tells whose case it is",
            "请添加 `subject:`，写明用于查重的事实",
        ),
    )


def reserved_step(span: Span, name: str) -> Diagnostic:
    """A step by the name that the whole case goes by."""
    return Diagnostic(
        "plan.reserved-step",
        Text(f"`{name}` stands for the whole case", f"`{name}` 表示整个流程"),
        span,
        Text("give the step another name", "请为该环节另取名称"),
    )


def never_resumed(span: Span, name: str) -> Diagnostic:
    """A pause without an end."""
    return Diagnostic(
        "plan.never-resumed",
        Text(f"`{name}` is paused and never resumed", f"`{name}` 暂停后不会恢复"),
        span,
        Text("add `resumed by:` with an event", "请添加 `resumed by:`（事件）"),
        Severity.WARNING,
    )


def unused_ladder(span: Span, name: str) -> Diagnostic:
    """A ladder that no step uses."""
    return Diagnostic(
        "plan.unused-ladder",
        Text(f"no step uses the ladder `{name}`", f"没有环节使用升级阶梯 `{name}`"),
        span,
        Text("take it out, or name it under `ladder:`", "请删除，或在 `ladder:` 中引用"),
        Severity.WARNING,
    )
