"""`keyaccount case`: cases of a plan; each of its commands is loaded when it is asked for."""

from __future__ import annotations

import click

from keyaccount.cli.command import with_language, with_policies
from keyaccount.cli.lazy_group import LazyGroup
from keyaccount.diagnostics.diagnostic import Text

SUMMARIES = {
    "open": Text("Open a case of a plan.", "按流程立案。"),
    "event": Text("Tell a case of an event.", "向事项报告事件。"),
    "facts": Text("Tell a case facts.", "向事项补充事实。"),
    "approve": Text("Approve what is open.", "批准。"),
    "reject": Text("Reject what is open.", "否决。"),
    "return": Text("Return for correction.", "退回修改。"),
    "resubmit": Text("Hand in again what was returned.", "重新提交。"),
    "withdraw": Text("Take a request back.", "撤回申请。"),
    "delegate": Text("Let another act for you on a case.", "委托他人代办。"),
    "cancel": Text("Cancel a case.", "取消事项。"),
    "list": Text("List cases, the most urgent first.", "列出事项，紧急的在前。"),
    "due": Text(
        "What is overdue: whose, since when, next rung.", "哪些已超时：责任人、起始、下次升级。"
    ),
    "show": Text("One case: its facts, steps and deadlines.", "一个事项：事实、环节与时限。"),
    "timeline": Text("One case as a picture of time.", "一个事项的时间线。"),
    "rehearse": Text(
        "Rehearse a plan in virtual time: what would be due, escalated, approved.",
        "在虚拟时间中演练流程：到期、升级与审批情况。",
    ),
    "work": Text("Let deadlines fall due and effects go out.", "处理到期时限并发出通知。"),
    "stuck": Text(
        "What could not be done: deadlines that wait, notices given up.",
        "未能完成的：等待重试的时限、已放弃的通知。",
    ),
    "amend": Text(
        "What a changed policy or calendar does to open cases; do it.",
        "策略或日历变更对进行中事项的影响，并可执行。",
    ),
    "organisation": Text(
        "People and roles in the database: import, show, log.",
        "数据库中的人员与角色：导入、查看、变更记录。",
    ),
    "replay": Text(
        "Replay an event log: each deadline that a plan would have set.",
        "回放事件日志：流程会设定的每个时限及其结果。",
    ),
}

HELP = Text(
    "Cases of a plan: facts come in, deadlines run, approvals climb, overdue steps escalate.",
    "按流程办理的事项：事实录入、时限推进、逐级审批、超时升级。",
)


def _load(name: str) -> click.Command | None:
    """Each import waits until its command is asked for."""
    command: click.Command | None
    match name:
        case "open":
            from keyaccount.cli.commands.case_open import open_case as command
        case "list":
            from keyaccount.cli.commands.case_lists import list_cases as command
        case "due":
            from keyaccount.cli.commands.case_lists import due as command
        case "show":
            from keyaccount.cli.commands.case_show import show as command
        case "rehearse":
            from keyaccount.cli.commands.case_rehearse import rehearse as command
        case "timeline":
            from keyaccount.cli.commands.case_timeline import timeline as command
        case "work" | "stuck" | "amend" | "organisation":
            return _load_operation(name)
        case "replay":
            from keyaccount.cli.commands.case_replay import replay as command
        case _:
            from keyaccount.cli.commands.case_send import COMMANDS

            command = COMMANDS.get(name)
    return command


def _load_operation(name: str) -> click.Command:
    """What an operator does, likewise."""
    command: click.Command
    match name:
        case "work":
            from keyaccount.cli.commands.case_work import work as command
        case "stuck":
            from keyaccount.cli.commands.case_stuck import stuck as command
        case "organisation":
            from keyaccount.cli.commands.case_organisation import organisation as command
        case _:
            from keyaccount.cli.commands.case_amend import amend as command
    return command


@click.group(cls=LazyGroup, words=HELP, summaries=SUMMARIES, load=_load)
@with_language()
@with_policies()
def case() -> None:
    """Entry of the commands on cases; its options hold for each of them."""
