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


_ASPECTS_ZH = {
    "value": "值",
    "status": "状态",
    "rules": "规则",
    "missing": "缺少的事实",
    "possible": "可能的结果",
}
