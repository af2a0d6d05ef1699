"""`keyaccount case stuck`: deadlines that could not be worked off, effects that were given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import click
from rich.table import Table

from keyaccount.cases import queries
from keyaccount.cases.desk import Desk
from keyaccount.cases.outbox import Outbox
from keyaccount.cli import console, streams
from keyaccount.cli.case_options import at_desk, local, moment_of, with_store
from keyaccount.cli.command import Command, option, with_format, with_language, with_policies
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Text


@dataclass(frozen=True, slots=True)
class Stuck:
    """Something that does not go on: a deadline (tried again by itself) or an effect (given up)."""

    case_id: str
    what: str
    kind: str
    tries: int
    error: str
    next_try: datetime | None


@click.command(
    "stuck",
    cls=Command,
    words=Text(
        en="What could not be done: deadlines that wait for another try, since the plan or the "
        "calendar fails on them, and notices that were given up.",
        zh="未能完成的：因流程或日历出错而等待重试的时限，以及已放弃的通知。",
    ),
)
@option(
    "--try-again",
    is_flag=True,
    en="Let the workers try the notices that were given up once more.",
    zh="让已放弃的通知重新尝试。",
)
@with_store()
@with_format()
@with_language()
@with_policies()
@at_desk
def stuck(desk: Desk, settings: Settings, try_again: bool) -> None:
    """A line for each."""
    outbox = Outbox(desk.engine)
    found = list(_stuck(desk, outbox))
    if try_again:
        for each in found:
            if each.next_try is None:
                outbox.try_again(each.case_id, each.what, moment_of(None))
    if settings.json:
        streams.print_json({"stuck": [_plain(each) for each in found]})
        return
    table = Table(box=None, pad_edge=False)
    for words in _HEADINGS:
        table.add_column(words.in_language(settings.language), overflow="fold")
    for each in found:
        next_try = local(each.next_try) if each.next_try else ""
        table.add_row(each.case_id, each.what, each.kind, str(each.tries), next_try, each.error)
    console.show(console.output(), table)


_HEADINGS = (
    Text("case", "事项"),
    Text("what", "内容"),
    Text("kind", "类别"),
    Text("tries", "次数"),
    Text("next try", "下次尝试"),
    Text("error", "错误"),
)


def _stuck(desk: Desk, outbox: Outbox) -> Iterator[Stuck]:
    for each in queries.troubles(desk.engine):
        yield Stuck(
            each.case_id, each.deadline, "deadline", each.failures, each.error, each.next_try
        )
    for letter in outbox.dead_letters():
        yield Stuck(letter.case_id, letter.effect, letter.kind, letter.attempts, letter.error, None)


def _plain(each: Stuck) -> dict[str, object]:
    return {
        "case": each.case_id,
        "what": each.what,
        "kind": each.kind,
        "tries": each.tries,
        "next_try": each.next_try and each.next_try.isoformat(),
        "error": each.error,
    }
