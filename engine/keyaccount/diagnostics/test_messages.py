"""What a policy's own test finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import nearest
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


_ASPECTS_ZH = {
    "value": "值",
    "status": "状态",
    "rules": "规则",
    "missing": "缺少的事实",
    "possible": "可能的结果",
}


def unknown_decision(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """A case that expects something of a decision that the policy does not have."""
    near = nearest(name, known)
    return Diagnostic(
        "test.unknown-decision",
        Text(f"the policy has no decision `{name}`", f"策略中没有决策 `{name}`"),
        span,
        None if near is None else Text(f"did you mean `{near}`?", f"是否想写 `{near}`？"),
    )


def unknown_policy(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """Tests of a policy that is not there."""
    near = nearest(name, known)
    return Diagnostic(
        "test.unknown-policy",
        Text(f"there is no policy `{name}`", f"没有策略 `{name}`"),
        span,
        None if near is None else Text(f"did you mean `{near}`?", f"是否想写 `{near}`？"),
    )


def at(problem: Diagnostic, span: Span) -> Diagnostic:
    """A problem that has no place of its own, at the case it came up in."""
    return problem if problem.span is not None else replace(problem, span=span)
