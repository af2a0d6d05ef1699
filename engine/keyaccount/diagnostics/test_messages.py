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
