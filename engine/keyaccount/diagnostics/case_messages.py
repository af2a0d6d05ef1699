"""Why a command to a case is refused."""

from __future__ import annotations

from collections.abc import Iterable

from keyaccount.diagnostics.diagnostic import Diagnostic, KeyaccountError, Text
from keyaccount.diagnostics.suggest import listed, meant_or_listed


class CaseError(KeyaccountError):
    """A command that the case, as it stands, does not allow; nothing was changed."""


def closed(status: str) -> Diagnostic:
    """A command to a case that is over."""
    return Diagnostic(
        "case.closed",
        Text(f"the case is {status}", f"该事项已结束（{status}）"),
        None,
        Text("open another one", "请另行立案"),
    )


def unknown_event(name: str, known: Iterable[str]) -> Diagnostic:
    """An event that no step of the plan waits for."""
    return Diagnostic(
        "case.unknown-event",
        Text(f"the plan knows no event `{name}`", f"流程中没有事件 `{name}`"),
        None,
        meant_or_listed(name, sorted(known)),
    )


def unknown_step(name: str, known: Iterable[str]) -> Diagnostic:
    """A step that the plan does not have."""
    return Diagnostic(
        "case.unknown-step",
        Text(f"the plan has no step `{name}`", f"流程中没有环节 `{name}`"),
        None,
        meant_or_listed(name, known),
    )


def no_approval_open() -> Diagnostic:
    """Nothing to approve."""
    return Diagnostic(
        "case.no-approval-open",
        Text("no approval is open", "当前没有待审批的环节"),
        None,
        Text("look at the case with `case show`", "请用 `case show` 查看该事项"),
    )


def several_approvals(steps: Iterable[str]) -> Diagnostic:
    """Which one?"""
    return Diagnostic(
        "case.several-approvals",
        Text("several approvals are open", "有多个待审批的环节"),
        None,
        listed(steps),
    )


def nobody_acts() -> Diagnostic:
    """A verdict without a person."""
    return Diagnostic(
        "case.nobody-acts",
        Text("it must be said who decides", "须写明由谁决定"),
        None,
        Text("name the person", "请指明人员"),
    )


def own_request(person: str) -> Diagnostic:
    """A verdict on one's own request."""
    return Diagnostic(
        "case.own-request",
        Text(f"`{person}` made the request", f"申请人为 `{person}` 本人"),
        None,
        Text("nobody decides on their own request", "任何人不得审批本人的申请"),
    )


def decided_already(person: str) -> Diagnostic:
    """A second verdict of the same person."""
    return Diagnostic(
        "case.decided-already",
        Text(f"`{person}` has decided on this request", f"`{person}` 已对该申请作出决定"),
        None,
        Text("another person decides next", "须由其他人继续审批"),
    )


def not_theirs(person: str, assigned: Iterable[str]) -> Diagnostic:
    """A verdict of somebody whose turn it is not."""
    return Diagnostic(
        "case.not-theirs",
        Text(f"it is not for `{person}` to decide", f"不应由 `{person}` 决定"),
        None,
        listed(assigned),
    )


def opinion_missing() -> Diagnostic:
    """A verdict without the written opinion that the plan asks for."""
    return Diagnostic(
        "case.opinion-missing",
        Text("an opinion in writing is required", "须签署书面意见"),
        None,
        Text("add the opinion: `--opinion TEXT`", "请填写意见：`--opinion TEXT`"),
    )


def not_initiator(person: str | None, initiator: str | None) -> Diagnostic:
    """Something that only the initiator may do."""
    return Diagnostic(
        "case.not-initiator",
        Text(
            f"only `{initiator}` may do this, not `{person}`",
            f"只有申请人 `{initiator}` 可以操作，`{person}` 不可以",
        ),
        None,
        Text("let the initiator do it", "请由申请人操作"),
    )


def nothing_returned() -> Diagnostic:
    """A resubmission of what was not returned."""
    return Diagnostic(
        "case.nothing-returned",
        Text("nothing was returned for correction", "没有被退回修改的申请"),
        None,
        Text("resubmit after an approver has returned it", "请在审批人退回后再提交"),
    )


def missing_data(name: str, kind: str) -> Diagnostic:
    """A command without something that it must have."""
    return Diagnostic(
        "case.missing-data",
        Text(f"`{kind}` needs `{name}`", f"`{kind}` 须给出 `{name}`"),
        None,
        Text(f"add `{name}`", f"请添加 `{name}`"),
    )


def bad_amount(step: str) -> Diagnostic:
    """A limit that came to no amount."""
    return Diagnostic(
        "case.no-limit",
        Text(f"the limit of `{step}` came to nothing", f"`{step}` 的时限无法计算"),
        None,
        Text("give the facts that it depends on", "请给出时限所依据的事实"),
    )


def negative_limit(step: str) -> Diagnostic:
    """A limit that would end before it begins."""
    return Diagnostic(
        "case.negative-limit",
        Text(f"the limit of `{step}` came to less than nothing", f"`{step}` 的时限计算结果小于零"),
        None,
        Text("mend the facts or the parameters that it depends on", "请更正时限所依据的事实或参数"),
    )


def unknown_plan(name: str, known: Iterable[str]) -> Diagnostic:
    """No policy has such a plan."""
    return Diagnostic(
        "case.unknown-plan",
        Text(f"there is no plan `{name}`", f"没有流程 `{name}`"),
        None,
        meant_or_listed(name, known),
    )


def which_plan(known: Iterable[str]) -> Diagnostic:
    """No plan was named, and there is not just one."""
    return Diagnostic(
        "case.which-plan",
        Text("it must be said which plan", "须指明流程"),
        None,
        listed(known) or Text("the policies have no plans", "策略中没有流程"),
    )
