"""Options of the commands that work on stored cases; how a case is shown after a command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from keyaccount.cases.desk import Desk, open_desk
from keyaccount.cases.work import Applied
from keyaccount.cli import streams
from keyaccount.cli.cases import to_instant
from keyaccount.cli.command import Decorator, option, settings_of
from keyaccount.cli.opening import policies_folder
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Language, Text

STORE_VARIABLE = "KEYACCOUNT_STORE"
ORGANISATION_VARIABLE = "KEYACCOUNT_ORGANISATION"
DEFAULT_STORE = "sqlite:///cases.db"


def with_store() -> Decorator[Any]:
    """`--store` and `--organisation`."""

    def decorate(command: Any) -> Any:
        store = option(
            "--store",
            metavar="URL",
            envvar=STORE_VARIABLE,
            default=DEFAULT_STORE,
            show_envvar=True,
            en="Where the cases are: sqlite:///FILE or postgresql://...; without it ./cases.db.",
            zh="事项所在的数据库：sqlite:///文件 或 postgresql://...；不给时用 ./cases.db。",
        )
        people = option(
            "--organisation",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            envvar=ORGANISATION_VARIABLE,
            show_envvar=True,
            en="People and their roles, YAML or CSV; without it those in the database; without "
            "any, roles stand for themselves.",
            zh="人员及角色（YAML 或 CSV）；不给时用数据库中的，也没有时以角色本身代表。",
        )
        return store(people(command))

    return decorate


def with_actor() -> Decorator[Any]:
    """`--by`, `--key` and `--now`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        options = (
            option("--by", metavar="PERSON", en="Who does it.", zh="由谁操作。"),
            option(
                "--key",
                metavar="KEY",
                en="Idempotency key: the same key again changes nothing.",
                zh="幂等键：同一键再次提交不产生变化。",
            ),
            option(
                "--now",
                metavar="INSTANT",
                en="The instant it happens; without it, now.",
                zh="发生时间；不给时为现在。",
            ),
        )
        for each in reversed(options):
            command = each(command)
        return command

    return decorate


def at_desk(command: Callable[..., None]) -> Callable[..., None]:
    """Hand a command its desk and settings in place of `--store` and `--organisation`."""

    @wraps(command)
    def run(*, store: str, organisation: Path | None, **more: Any) -> None:
        context = click.get_current_context()
        settings = settings_of(context)
        desk = desk_of(settings, store, organisation)
        zones = {each.zone for each in desk.plans.values()}
        context.meta[_ZONE] = zones.pop() if len(zones) == 1 else None
        command(desk, settings, **more)

    return run


def desk_of(settings: Settings, store: str, organisation: Path | None) -> Desk:
    """The desk that the options name. Raises KeyaccountError."""
    return open_desk(policies_folder(settings), organisation, store)


def moment_of(text: str | None) -> datetime:
    """`--now`, else the clock's; without an offset in the zone of the plans, of several in UTC."""
    if text is None:
        return datetime.now(UTC)
    return to_instant(text, _zone() or UTC)


_ZONE = "keyaccount.zone"


def _zone() -> ZoneInfo | None:
    """The zone of the plans at hand; None where they have several."""
    context = click.get_current_context(silent=True)
    found = context.meta.get(_ZONE) if context is not None else None
    return found if isinstance(found, ZoneInfo) else None


def tell(applied: Applied, settings: Settings) -> None:
    """Show how a case stands after a command."""
    standing = applied.standing
    if settings.json:
        streams.print_json(
            {
                "case": applied.case_id,
                "command": applied.number,
                "repeated": applied.repeated,
                "status": standing.status,
                "title": standing.title,
                "open_steps": [
                    {
                        "step": each.step,
                        "owner": each.owner,
                        "since": each.since.isoformat(),
                        "due": each.due and each.due.isoformat(),
                        "next_rung": each.next_rung and each.next_rung.isoformat(),
                    }
                    for each in standing.open_steps
                ],
            }
        )
        return
    status = status_words(standing.status).in_language(settings.language)
    click.echo(f"{applied.case_id}  {standing.title}  {status}")
    for each in standing.open_steps:
        due = local(each.due) if each.due else ""
        click.echo(f"  {each.step}  {each.owner or ''}  {due}".rstrip())


_STATUS = {
    "open": Text("open", "进行中"),
    "completed": Text("completed", "已完成"),
    "cancelled": Text("cancelled", "已取消"),
    "rejected": Text("rejected", "已否决"),
}


def status_words(status: str) -> Text:
    """A status in words."""
    return _STATUS[status]


def local(moment: datetime) -> str:
    """An instant as people read it: in the zone of the plans; of several zones, in UTC.

    Never in this machine's: two people at two desks read the same.
    """
    zone = _zone()
    shown = moment.astimezone(zone or UTC).strftime("%Y-%m-%d %H:%M")
    return shown if zone is not None else f"{shown} UTC"


def in_words(span_seconds: float, language: Language) -> str:
    """A length of time in its largest units."""
    minutes = int(abs(span_seconds)) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    units = Text("d", "天"), Text("h", "小时"), Text("min", "分")
    parts = [
        f"{number} {unit.in_language(language)}"
        for number, unit in zip((days, hours, rest), units, strict=True)
        if number
    ]
    return " ".join(parts[:2]) or f"0 {units[2].in_language(language)}"
