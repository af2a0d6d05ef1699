"""`keyaccount log`: audit the decision log."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from keyaccount.cli import streams
from keyaccount.cli.command import (
    DATA_ERROR,
    Command,
    Decorator,
    option,
    settings_of,
    with_format,
    with_language,
)
from keyaccount.cli.databases import opened, with_database
from keyaccount.cli.failures import WrongUsageError
from keyaccount.cli.groups import Group
from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.service.log.chain import Head
from keyaccount.service.log.reading import known_tenant
from keyaccount.service.log.replay import Replayed
from keyaccount.service.log.replay import replay as replay_log
from keyaccount.service.log.retention import erase as erase_log
from keyaccount.service.log.verify import Fault, Verified
from keyaccount.service.log.verify import verify as verify_log

_FAULTS_ZH = {
    Fault.GAP: "之前缺少条目",
    Fault.CHANGED: "内容与当初写入的不同",
    Fault.MISSING: "未经清除而内容缺失",
    Fault.COLUMNS: "各列与内容不一致",
    Fault.BROKEN_LINK: "与前一条目不衔接",
    Fault.WRONG_END: "链的末端与记录不符",
    Fault.UNTOLD_ERASURE: "到此为止的内容被清除，但日志中没有清除记录",
    Fault.NOT_EXPECTED: "链中没有所给的回执",
}
_MOST_SHOWN = 50
_COMMAND_LINE = "command line"
_RECEIPT_FORM = Text("ENTRY:RECEIPT", "条目号:回执")


@click.group(cls=Group, words=Text(en="Audit the decision log.", zh="审计决策日志。"))
def log() -> None:
    """Verify, replay, export, erase."""


def with_tenant() -> Decorator[Any]:
    """`--tenant`."""
    return option("--tenant", en="Only this tenant's entries.", zh="只看这个租户的条目。")


@log.command(
    cls=Command,
    words=Text(
        en="Check the chain of hashes: an entry changed, removed, added or moved is found.",
        zh="核对哈希链：条目被改动、删除、添加或移动都会被发现。",
    ),
)
@option(
    "--expect",
    metavar="ENTRY:RECEIPT",
    en="A receipt that an answer carried: the log must hold it. Needs --tenant.",
    zh="某次答复带有的回执：日志必须包含它。需要 --tenant。",
)
@with_tenant()
@with_database()
@with_format()
@with_language()
@click.pass_context
def verify(
    ctx: click.Context, expect: str | None, tenant: str | None, database: str | None
) -> None:
    """Check, show, exit 1 where anything is wrong."""
    expected = None if expect is None else _receipt(expect)
    if expected is not None and tenant is None:
        tenant = "default"
    found = verify_log(_opened(database, tenant), expected, tenant)
    settings = settings_of(ctx)
    if settings.json:
        streams.print_json(_plain(found))
    else:
        for each in found.findings[:_MOST_SHOWN]:
            told = Text(each.fault.value, _FAULTS_ZH[each.fault]).in_language(settings.language)
            click.echo(f"{each.tenant} {each.sequence}: {told}")
        click.echo(_summary(found).in_language(settings.language))
    ctx.exit(DATA_ERROR if found.findings else 0)


@log.command(
    cls=Command,
    words=Text(
        en="Decide the logged cases again, each by the version that decided it, and compare.",
        zh="用当时的版本重新决策每个条目并比较。",
    ),
)
@option(
    "--version",
    "version",
    metavar="HASH",
    en="Decide by this stored version instead: what would have come out otherwise.",
    zh="改用这个已存的版本：看哪些结果会不同。",
)
@with_tenant()
@with_database()
@with_format()
@with_language()
@click.pass_context
def replay(
    ctx: click.Context, version: str | None, tenant: str | None, database: str | None
) -> None:
    """Replay, show, exit 1 where anything differs."""
    found = replay_log(_opened(database, tenant), version, tenant)
    settings = settings_of(ctx)
    if settings.json:
        streams.print_json(_replayed(found))
    else:
        for each in found.differences[:_MOST_SHOWN]:
            click.echo(f"{each.tenant} {each.sequence}{f' [{each.error}]' if each.error else ''}")
        click.echo(
            Text(
                f"{found.identical} identical, {len(found.differences)} different, "
                f"{found.masked} with masked facts, {found.erased} erased",
                f"{found.identical} 条一致，{len(found.differences)} 条不同，"
                f"{found.masked} 条含隐去的事实，{found.erased} 条已清除",
            ).in_language(settings.language)
        )
    ctx.exit(DATA_ERROR if found.differences else 0)


@log.command(
    cls=Command,
    words=Text(en="Write the log to OUTPUT as Parquet.", zh="把日志写成 Parquet 文件 OUTPUT。"),
)
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@with_tenant()
@with_database()
@with_language()
@click.pass_context
def export(ctx: click.Context, output: Path, tenant: str | None, database: str | None) -> None:
    """Export and count."""
    try:
        # Only this command needs pyarrow, which takes long to import.
        from keyaccount.service.log.export import export as export_log
    except ModuleNotFoundError as error:
        raise WrongUsageError([messages.missing_extra(str(error.name), "xlsx")]) from None
    count = export_log(_opened(database, tenant), output, tenant)
    click.echo(
        Text(counted(count, "entry", "entries"), f"{count} 条").in_language(
            settings_of(ctx).language
        )
    )


@log.command(
    cls=Command,
    words=Text(
        en="Erase the contents of old entries; the chain stays whole and still verifies.",
        zh="清除旧条目的内容；哈希链保持完整，仍可核对。",
    ),
)
@option(
    "--before",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    en="Entries older than the beginning of this day, in UTC.",
    zh="早于这一天（UTC）开始时的条目。",
)
@with_tenant()
@with_database()
@with_language()
@click.pass_context
def erase(ctx: click.Context, before: date, tenant: str | None, database: str | None) -> None:
    """Erase and count."""
    instant = datetime.combine(before, time(), UTC)
    engine = _opened(database, tenant)
    count = erase_log(engine, instant, datetime.now(UTC), _COMMAND_LINE, tenant)
    told = Text(f"{counted(count, 'entry', 'entries')} erased", f"已清除 {count} 条")
    click.echo(told.in_language(settings_of(ctx).language))


def _opened(database: str | None, tenant: str | None) -> Engine:
    """The database; a tenant that is named must have a log in it."""
    engine = opened(database)
    known_tenant(engine, tenant)
    return engine


def _receipt(text: str) -> Head:
    number, _, hash_ = text.partition(":")
    if not number.isdigit() or len(hash_) != 64:
        raise WrongUsageError([messages.bad_parameter("--expect", text, _RECEIPT_FORM)])
    return Head(int(number), hash_)


def _summary(found: Verified) -> Text:
    ends_en = ", ".join(f"{name} ends at {head.sequence}" for name, head in found.heads.items())
    ends_zh = "，".join(f"{name} 止于 {head.sequence}" for name, head in found.heads.items())
    return Text(
        f"{counted(found.entries, 'entry', 'entries')}, {found.erased:,} erased, "
        f"{counted(len(found.findings), 'fault')}; {ends_en}",
        f"{found.entries} 条，已清除 {found.erased} 条，{len(found.findings)} 处问题；{ends_zh}",
    )


def _plain(found: Verified) -> dict[str, object]:
    return {
        "entries": found.entries,
        "erased": found.erased,
        "heads": {
            name: {"entry": head.sequence, "receipt": head.hash}
            for name, head in found.heads.items()
        },
        "findings": [
            {"tenant": each.tenant, "entry": each.sequence, "fault": each.fault.name.lower()}
            for each in found.findings
        ],
    }


def _replayed(found: Replayed) -> dict[str, object]:
    return {
        "identical": found.identical,
        "masked": found.masked,
        "erased": found.erased,
        "different": [
            {"tenant": each.tenant, "entry": each.sequence, "error": each.error}
            for each in found.differences
        ],
    }
