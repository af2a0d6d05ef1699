"""`keyaccount case replay`: an event log against a plan."""

from __future__ import annotations

from pathlib import Path

import click

from keyaccount.cases.replay.event_log import log_format, read_log
from keyaccount.cases.replay.replay import replay as replay_log
from keyaccount.cli import streams
from keyaccount.cli.arguments import pairs as parted
from keyaccount.cli.cases import only_plan, to_instant, to_zone
from keyaccount.cli.command import (
    DATA_ERROR,
    Command,
    option,
    settings_of,
    with_format,
    with_language,
    with_policies,
)
from keyaccount.cli.failures import report
from keyaccount.cli.progress import progress
from keyaccount.cli.replayed import (
    counts_of,
    errors_of,
    plain,
    rejecting,
    show_replayed,
    summary_of,
    write_deadlines,
)
from keyaccount.diagnostics import replay_messages as messages
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.diagnostics.replay_messages import LogError


@click.command(
    cls=Command,
    words=Text(
        en="Replay an event log (CSV or XES, also .gz) against a plan: each deadline that the plan "
        "would have set, and whether it was met, missed, cancelled or is pending at the log's "
        "end. A plan of one step is enough: `opened by`, `limit`, `completed by`; the README has "
        "an example. A case with an error stops no other; the exit code is then 1.",
        zh="用流程回放事件日志（CSV 或 XES，可为 .gz）：列出流程会设定的每个时限，"
        "以及按时、超时、取消或到日志结束仍未到期。只有一个环节的流程即可："
        "`opened by`、`limit`、`completed by`；示例见 README。"
        "某一事项出错不影响其余事项，退出码为 1。",
    ),
)
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--plan",
    "plan_name",
    metavar="NAME",
    en="The plan; may be left out where the policies have only one.",
    zh="流程名；只有一个流程时可省略。",
)
@option(
    "--map",
    "pairs",
    multiple=True,
    metavar="NAME=COLUMN",
    en="Where the log has `case`, `event` and `time` (several columns joined by +; without it "
    "XES's own names), and further fields by the names the plan knows.",
    zh="日志中 `case`、`event`、`time` 所在的列（多列用 + 连接；不给时用 XES 的名称），"
    "以及流程所用的其他字段。",
)
@option(
    "--zone",
    metavar="ZONE",
    en="Time zone of instants that name none; without it the policy's.",
    zh="未写时区的时间所在的时区；不给时用策略的时区。",
)
@option(
    "--time-format",
    "time_formats",
    multiple=True,
    metavar="FORMAT",
    en="How instants are written, as strptime has it: '%d/%m/%Y %H:%M:%S'; given more than once, "
    "they are tried in turn; without it ISO 8601.",
    zh="时间格式（strptime 写法）：'%d/%m/%Y %H:%M:%S'；可给多次，依次尝试；不给时为 ISO 8601。",
)
@option(
    "--encoding",
    metavar="NAME",
    en="Of a CSV file, such as latin-1; without it, found by looking.",
    zh="CSV 文件的编码，例如 gb18030；不给时自动识别。",
)
@option(
    "--until",
    metavar="INSTANT",
    en="End of the replay; without it the log's last event.",
    zh="回放截止时间；不给时为日志的最后一个事件。",
)
@option(
    "--compare",
    metavar="EVENT",
    en="Hold each deadline against the first such event after the step opened.",
    zh="把每个时限与环节开始后的首个该事件作比较。",
)
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Write every deadline to this CSV file.",
    zh="把每个时限写入该 CSV 文件。",
)
@option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    en="Leave out rows without a case or an instant, and write them to this CSV file; without it "
    "they are an error.",
    zh="略过没有事项编号或时间的行，并写入该 CSV 文件；不给时视为错误。",
)
@with_format()
@with_language()
@with_policies()
@click.pass_context
def replay(
    ctx: click.Context,
    log: Path,
    plan_name: str | None,
    pairs: tuple[str, ...],
    zone: str | None,
    time_formats: tuple[str, ...],
    encoding: str | None,
    until: str | None,
    compare: str | None,
    out: Path | None,
    rejects: Path | None,
) -> None:
    """Read the log, replay it, show what became of the deadlines."""
    settings = settings_of(ctx)
    plan = only_plan(settings, plan_name)
    in_zone = to_zone(zone) if zone else plan.zone
    written = log_format(parted(pairs), in_zone, time_formats, encoding)
    end = to_instant(until, in_zone) if until else None
    with progress(log.name) as told, rejecting(rejects, settings.language) as unread:
        reject = unread.take if unread else None
        events = read_log(log, written, lambda share: told(share / 2), reject)
        found = replay_log(plan, events, end, compare, lambda share: told(0.5 + share / 2))
    if not found.heard:
        raise LogError([messages.nothing_heard(sorted(plan.heard), found.unheard)])
    if out is not None:
        write_deadlines(out, found, settings.language)
    left_out = unread.count if unread else 0
    if settings.json:
        summary = counts_of(found, left_out, settings.language)
        streams.print_json({**summary, "deadlines": [plain(d) for d in found.deadlines]})
    else:
        if found.absent:
            report([messages.event_absent(each, found.unheard) for each in found.absent], settings)
        show_replayed(plan, found, settings, compare)
        click.echo(summary_of(found, left_out).in_language(settings.language))
        if found.failed:
            report(errors_of(found.failed), settings)
    ctx.exit(DATA_ERROR if found.failed else 0)
