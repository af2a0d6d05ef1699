"""`keyaccount case organisation`: people and roles in the database: imported, shown, traced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Table

from keyaccount.cases import editions
from keyaccount.cases.desk import Desk
from keyaccount.cli import console, streams
from keyaccount.cli.case_options import at_desk, local, moment_of, with_store
from keyaccount.cli.command import Command, option, with_format, with_language, with_policies
from keyaccount.cli.groups import Group
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Language, Text
from keyaccount.organisation import Deputy, Holding, read_organisation
from keyaccount.organisation.people import Days


@click.group(
    cls=Group,
    words=Text(
        en="People, roles, superiors, regions and deputies in the database of the cases; used "
        "wherever no --organisation is given. Cases that are open go on with the people they were "
        "opened under, until `case amend` lets them go over.",
        zh="数据库中的人员、角色、上级、区域与代理人；未给 --organisation 时使用。"
        "进行中的事项沿用立案时的人员，经 `case amend` 后改用新版。",
    ),
)
@with_language()
@with_policies()
def organisation() -> None:
    """Entry of the commands on the organisation."""


@organisation.command(
    "import",
    cls=Command,
    words=Text(
        en="Check a file of people and keep it as the newest edition; tell what is another.",
        zh="检查人员文件并存为最新版本，列出变化。",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option("--by", metavar="PERSON", en="Who does it.", zh="由谁操作。")
@option("--now", metavar="INSTANT", en="The instant it happens; without it, now.", zh="发生时间。")
@with_store()
@with_format()
@with_language()
@with_policies()
@at_desk
def import_file(
    desk: Desk, settings: Settings, file: Path, by: str | None, now: str | None
) -> None:
    """Read, compare, keep."""
    people = read_organisation(file)
    number, found = editions.import_organisation(desk.engine, people, file.name, by, moment_of(now))
    if settings.json:
        streams.print_json(
            {
                "edition": number,
                "version": people.version,
                "people": len(people.people),
                "joined": list(found.joined),
                "left": list(found.left),
                "changed": list(found.changed),
            }
        )
        return
    language = settings.language
    click.echo(_edition(number, len(people.people)).in_language(language))
    for words, names in ((_JOINED, found.joined), (_LEFT, found.left), (_CHANGED, found.changed)):
        if names:
            click.echo(words.in_language(language).format(len(names), _some(names)))


_JOINED = Text("{} joined: {}", "新增 {} 人：{}")
_LEFT = Text("{} left: {}", "离开 {} 人：{}")
_CHANGED = Text("{} changed: {}", "变更 {} 人：{}")
_MOST_NAMED = 20


def _edition(number: int, people: int) -> Text:
    return Text(
        f"edition {number} of the organisation: {counted(people, 'person', 'people')}",
        f"组织数据第 {number} 版：{people} 人",
    )


def _some(names: Sequence[str]) -> str:
    more = ", …" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


@organisation.command(
    "show",
    cls=Command,
    words=Text(
        en="The people of an edition: the newest, one by its number, or that of an instant.",
        zh="显示某版人员：最新版、指定版次或某时刻的版本。",
    ),
)
@option("--edition", type=int, metavar="N", en="By its number.", zh="版次。")
@option("--at", "moment", metavar="INSTANT", en="As of this instant.", zh="该时刻有效的版本。")
@with_store()
@with_format()
@with_language()
@with_policies()
@at_desk
def show(desk: Desk, settings: Settings, edition: int | None, moment: str | None) -> None:
    """A line a person."""
    number = edition
    if number is None and moment is not None:
        number = editions.edition_at(desk.engine, moment_of(moment)) or 0
    found, shown = editions.organisation_of(desk.engine, number)
    deputies: dict[str, list[Deputy]] = {}
    for each in found.deputies:
        deputies.setdefault(each.person, []).append(each)
    rows = [
        {
            "id": each.id,
            "name": each.name,
            "superior": each.superior,
            "roles": [_role(held) for held in each.roles],
            "email": each.email,
            "deputies": [f"{d.deputy}{_days(d.days)}" for d in deputies.get(each.id, ())],
        }
        for each in found.people.values()
    ]
    if settings.json:
        streams.print_json({"edition": shown, "version": found.version, "people": rows})
        return
    table = _table(_PEOPLE, settings.language)
    for row in rows:
        table.add_row(
            *("\n".join(each) if isinstance(each, list) else each or "" for each in row.values())
        )
    console.show(console.output(), table)


def _role(held: Holding) -> str:
    return held.role + (f"@{held.region}" if held.region else "") + _days(held.days)


def _days(days: Days) -> str:
    if days.since is None and days.through is None:
        return ""
    return f" {days.since or ''}…{days.through or ''}"


@organisation.command(
    "log",
    cls=Command,
    words=Text(en="Every edition: when it was imported, by whom.", zh="各版本：导入时间与操作人。"),
)
@with_store()
@with_format()
@with_language()
@with_policies()
@at_desk
def log(desk: Desk, settings: Settings) -> None:
    """A line an edition, the newest first."""
    found = editions.editions(desk.engine)
    if settings.json:
        plain = [
            {
                "edition": each.number,
                "version": each.version,
                "source": each.source,
                "by": each.imported_by,
                "at": each.imported_at.isoformat(),
            }
            for each in found
        ]
        streams.print_json({"editions": plain})
        return
    table = _table(_LOG, settings.language)
    for each in found:
        at, by = local(each.imported_at), each.imported_by or ""
        table.add_row(str(each.number), at, by, each.source, each.version)
    console.show(console.output(), table)


_PEOPLE = (
    Text("id", "编号"),
    Text("name", "姓名"),
    Text("superior", "上级"),
    Text("roles", "角色"),
    Text("e-mail", "邮箱"),
    Text("deputies", "代理人"),
)
_LOG = (
    Text("edition", "版次"),
    Text("imported", "导入时间"),
    Text("by", "操作人"),
    Text("file", "文件"),
    Text("version", "版本"),
)


def _table(headings: Sequence[Text], language: Language) -> Table:
    table = Table(box=None, pad_edge=False)
    for each in headings:
        table.add_column(each.in_language(language), overflow="fold")
    return table
