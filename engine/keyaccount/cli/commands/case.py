"""`keyaccount case`: cases of a plan; each of its commands is loaded when it is asked for."""

from __future__ import annotations

import click

from keyaccount.cli.command import with_language, with_policies
from keyaccount.cli.lazy_group import LazyGroup
from keyaccount.diagnostics.diagnostic import Text

SUMMARIES = {
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
    match name:
        case "replay":
            from keyaccount.cli.commands.case_replay import replay as command
        case _:
            return None
    return command


@click.group(cls=LazyGroup, words=HELP, summaries=SUMMARIES, load=_load)
@with_language()
@with_policies()
def case() -> None:
    """Entry of the commands on cases; its options hold for each of them."""
