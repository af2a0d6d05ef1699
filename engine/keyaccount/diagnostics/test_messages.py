"""What a policy's own test finds."""

from __future__ import annotations

from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.source import Span


def differs(span: Span, decision: str, aspect: str, wanted: str, found: str) -> Diagnostic:
    """A decision that came out otherwise than expected; both as FEEL text."""
    return Diagnostic(
        "test.differs",
        Text(
            f"`{decision}`: expected {aspect} {wanted}, found {found}",
            f"`{decision}`：{_ASPECTS_ZH[aspect]}应为 {wanted}，实为 {found}",
        ),
        span,
        Text(
            "mend the policy, or the expectation where the policy is right",
            "请修改策略；若策略正确，请修改期望值",
        ),
    )


def derived_otherwise(span: Span, kind: str, wanted: str, found: str) -> Diagnostic:
    """Events of a kind that do not follow as expected; both as FEEL text."""
    return Diagnostic(
        "test.derived-otherwise",
        Text(
            f"`{kind}`: expected {wanted}, found {found}",
            f"`{kind}`：应推出 {wanted}，实为 {found}",
        ),
        span,
        Text(
            "mend the policy, or the expectation where the policy is right",
            "请修改策略；若策略正确，请修改期望值",
        ),
    )


def bad_moment(span: Span, text: str) -> Diagnostic:
    """`now` that is no instant."""
    return Diagnostic(
        "test.bad-moment",
        Text(f"`{text}` is no instant with an offset", f"`{text}` 不是带时区的时间"),
        span,
        Text("write it as 2026-01-31T09:00:00+08:00", "请写作 2026-01-31T09:00:00+08:00"),
    )


def events_without_now(span: Span) -> Diagnostic:
    """A case with events that does not say when it is."""
    return Diagnostic(
        "test.events-without-now",
        Text("a case with events says when it is", "带事件的案例须写明时间"),
        span,
        Text("add `now: 2026-01-31T09:00:00+08:00`", "请加上 `now: 2026-01-31T09:00:00+08:00`"),
    )


_ASPECTS_ZH = {
    "value": "值",
    "status": "状态",
    "rules": "规则",
    "missing": "缺少的事实",
    "possible": "可能的结果",
}


def plan_differs(span: Span, aspect: str, wanted: str, found: str) -> Diagnostic:
    """A case of a plan that stands otherwise than expected."""
    return Diagnostic(
        "test.plan-differs",
        Text(
            f"expected {aspect} {wanted}, found {found}",
            f"{_PLAN_ASPECTS_ZH[aspect]}应为 {wanted}，实为 {found}",
        ),
        span,
        Text(
            "mend the plan, or the expectation where the plan is right",
            "请修改流程；若流程正确，请修改期望值",
        ),
    )


_PLAN_ASPECTS_ZH = {
    "status": "状态",
    "outcome": "结果",
    "open": "进行中的环节",
    "done": "已完成的环节",
    "waiting": "等待中的环节",
    "skipped": "跳过的环节",
    "overdue": "超时的环节",
    "due": "到期时间",
    "owner": "负责人",
    "chain": "审批链",
    "told": "已通知的人员",
}


def not_refused(span: Span, code: str) -> Diagnostic:
    """A command that was taken where it should have been refused."""
    return Diagnostic(
        "test.not-refused",
        Text(f"expected to be refused with `{code}`", f"应以 `{code}` 拒绝"),
        span,
        Text("mend the plan, or take `refused` out", "请修改流程，或删除 `refused`"),
    )


def refused(span: Span, problem: Diagnostic) -> Diagnostic:
    """A command that was refused where it should have been taken; `problem`: why."""
    code, words = problem.code, problem.message
    mend = Text("mend the line, or expect it: `refused:`", "请修改该行，或写 `refused:`")
    why = problem.help
    return Diagnostic(
        "test.refused",
        Text(f"refused: {words.en} [{code}]", f"被拒绝：{words.zh} [{code}]"),
        span,
        mend if why is None else Text(f"{why.en}; else {mend.en}", f"{why.zh}；否则{mend.zh}"),
    )


def not_a_moment(span: Span, text: str) -> Diagnostic:
    """A line of a case at no moment."""
    return Diagnostic(
        "test.not-a-moment",
        Text(f"`{text}` is not a date and a time", f"`{text}` 不是日期和时间"),
        span,
        Text("write 2026-03-02 09:00", "请写作 2026-03-02 09:00"),
    )
