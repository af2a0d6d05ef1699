"""`keyaccount case event`, `approve`, `reject` and the like: what is sent to a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from keyaccount.cases.desk import Desk
from keyaccount.cli.arguments import read_facts
from keyaccount.cli.case_options import at_desk, moment_of, tell, with_actor, with_store
from keyaccount.cli.command import (
    Command,
    Decorator,
    option,
    with_format,
    with_language,
    with_policies,
)
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Text

Body = Callable[..., Mapping[str, object]]
"""From a command's own options to the data that it sends."""


def _command(
    name: str, words: Text, body: Body, *options: Decorator[click.Command]
) -> click.Command:
    @at_desk
    def send(
        desk: Desk,
        settings: Settings,
        case: str,
        by: str | None,
        key: str | None,
        now: str | None,
        **more: str | None,
    ) -> None:
        applied = desk.send(case, name, body(**more), by, moment_of(now), key)
        tell(applied, settings)

    decorated: Any = send
    common = (with_actor(), with_store(), with_format(), with_language(), with_policies())
    decorators: tuple[Any, ...] = (click.argument("case"), *options, *common)
    for each in reversed(decorators):
        decorated = each(decorated)
    made: click.Command = click.command(name, cls=Command, words=words)(decorated)
    return made


def _given(**data: str | None) -> Mapping[str, object]:
    return {name: value for name, value in data.items() if value is not None}


def _event(name: str, data: str | None) -> Mapping[str, object]:
    return {"event": name, "data": read_facts(data) if data else {}}


def _facts(facts: str) -> Mapping[str, object]:
    return {"facts": read_facts(facts)}


def _resubmit(facts: str | None) -> Mapping[str, object]:
    return {"facts": read_facts(facts)} if facts else {}


_DATA = option(
    "--data",
    metavar="JSON|@FILE|-",
    en="The event's fields; those named as facts are facts of the case from then on.",
    zh="事件数据；与事实同名的字段从此成为事项的事实。",
)
_OPINION = option("--opinion", metavar="TEXT", en="The opinion in writing.", zh="书面意见。")
_STEP = option(
    "--step",
    metavar="STEP",
    en="Which step, where several are open.",
    zh="有多个待审批环节时指明。",
)
_FACTS = option("--facts", metavar="JSON|@FILE|-", en="What is corrected.", zh="修改后的事实。")

COMMANDS = {
    "event": _command(
        "event",
        Text("Tell a case of an event.", "向事项报告事件。"),
        _event,
        click.argument("name"),
        _DATA,
    ),
    "facts": _command(
        "facts",
        Text("Tell a case facts.", "向事项补充事实。"),
        _facts,
        click.argument("facts", metavar="JSON|@FILE|-"),
    ),
    "approve": _command(
        "approve", Text("Approve what is open.", "批准。"), _given, _OPINION, _STEP
    ),
    "reject": _command("reject", Text("Reject what is open.", "否决。"), _given, _OPINION, _STEP),
    "return": _command(
        "return", Text("Return for correction.", "退回修改。"), _given, _OPINION, _STEP
    ),
    "resubmit": _command(
        "resubmit", Text("Hand in again what was returned.", "重新提交。"), _resubmit, _FACTS
    ),
    "withdraw": _command("withdraw", Text("Take a request back.", "撤回申请。"), _given),
    "delegate": _command(
        "delegate",
        Text("Let another act for you on a case.", "委托他人代办本事项。"),
        _given,
        click.argument("deputy"),
        option("--since", metavar="DATE", en="The first day.", zh="首日。"),
        option("--through", metavar="DATE", en="The last day.", zh="末日。"),
    ),
    "cancel": _command(
        "cancel",
        Text("Cancel a case.", "取消事项。"),
        _given,
        option("--reason", metavar="TEXT", en="Why.", zh="原因。"),
    ),
}
