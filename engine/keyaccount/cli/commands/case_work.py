"""`keyaccount case work`: deadlines fall due, effects go out."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import click

from keyaccount.cases.desk import Desk
from keyaccount.cases.effects.channels import Channel, Channels, to_log
from keyaccount.cases.effects.file import Folder
from keyaccount.cases.effects.mail import Mail, as_written
from keyaccount.cases.effects.webhook import Webhook
from keyaccount.cases.opening import Opening
from keyaccount.cases.outbox import Outbox
from keyaccount.cases.plan.openings import OPEN_CASE
from keyaccount.cases.worker import Worker
from keyaccount.cli.case_options import at_desk, with_store
from keyaccount.cli.command import Command, option, with_language, with_policies
from keyaccount.cli.failures import WrongUsageError
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics import cli_messages
from keyaccount.diagnostics.diagnostic import Text

TOKEN_VARIABLE = "KEYACCOUNT_WEBHOOK_TOKEN"  # noqa: S105 - the variable's name, not its value
PASSWORD_VARIABLE = "KEYACCOUNT_MAIL_PASSWORD"  # noqa: S105 - the same
_SMTP_PORT = 25


@click.command(
    "work",
    cls=Command,
    words=Text(
        en="Let deadlines fall due and effects go out, until stopped by Ctrl-C or SIGTERM. As "
        "many of these as you like may run at once. KEYACCOUNT_WEBHOOK_TOKEN goes along with "
        "webhooks as a bearer token; KEYACCOUNT_MAIL_PASSWORD is the mail server's.",
        zh="处理到期的时限并发出通知，直至按 Ctrl-C 或收到 SIGTERM；可同时运行任意多个。"
        "环境变量 KEYACCOUNT_WEBHOOK_TOKEN 作为 webhook 的 bearer 令牌，"
        "KEYACCOUNT_MAIL_PASSWORD 为邮件服务器密码。",
    ),
)
@option("--once", is_flag=True, en="Do what is due now, then end.", zh="处理完当前到期的即结束。")
@option(
    "--notify-by",
    type=click.Choice(["log", "webhook", "mail", "file"]),
    default="log",
    show_default=True,
    en="The way in which people are told.",
    zh="以何种方式通知人员。",
)
@option("--webhook", metavar="URL", en="Where webhooks go.", zh="webhook 地址。")
@option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="HOST",
    en="A host with a private address that webhooks may go to; may be given more than once.",
    zh="允许 webhook 访问的内网主机；可以给多次。",
)
@option("--mail-server", metavar="HOST[:PORT]", en="SMTP server.", zh="SMTP 服务器。")
@option("--mail-from", metavar="ADDRESS", en="Sender of mail.", zh="发件人地址。")
@option("--mail-user", metavar="USER", en="User at the mail server.", zh="邮件服务器用户名。")
@option("--starttls", is_flag=True, en="Mail over TLS only.", zh="邮件只经 TLS 发送。")
@option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    en="Where effects of the kind `file` are written.",
    zh="`file` 类通知写入的文件夹。",
)
@with_store()
@with_language()
@with_policies()
@at_desk
def work(
    desk: Desk,
    settings: Settings,
    once: bool,
    notify_by: str,
    webhook: str | None,
    hosts: tuple[str, ...],
    mail_server: str | None,
    mail_from: str | None,
    mail_user: str | None,
    starttls: bool,
    folder: Path | None,
) -> None:
    """Run a worker in this process."""
    token = os.environ.get(TOKEN_VARIABLE)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    allowed = frozenset(each.lower() for each in hosts)
    ways: dict[str, Channel] = {"log": to_log, "webhook": Webhook(webhook, allowed, headers)}
    ways[OPEN_CASE] = Opening(desk)
    if mail_server is not None:
        ways["mail"] = _mail(desk, mail_server, mail_from, mail_user, starttls=starttls)
    if folder is not None:
        ways["file"] = Folder(folder)
    _run(desk, settings, _with_notices(ways, notify_by, webhook), once=once)


def _run(desk: Desk, settings: Settings, ways: Mapping[str, Channel], *, once: bool) -> None:
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    worker = Worker(desk.store, Outbox(desk.engine), Channels(ways))
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: worker.stop())
    if once:
        worker.run_until_idle()
        return
    shown = desk.engine.url.render_as_string(hide_password=True)
    click.echo(_WORKING.in_language(settings.language).format(shown), err=True)
    worker.run()
    click.echo(_STOPPED.in_language(settings.language), err=True)


_WORKING = Text("working on {}; Ctrl-C stops", "正在处理 {}；按 Ctrl-C 停止")
_STOPPED = Text("stopped; nothing is lost", "已停止；没有丢失任何内容")


def _with_notices(
    ways: Mapping[str, Channel], notify_by: str, webhook: str | None
) -> Mapping[str, Channel]:
    """The ways with the one by which people are told. Raises WrongUsageError where it lacks."""
    needs = {"mail": "--mail-server", "file": "--folder", "webhook": "--webhook"}
    if notify_by not in ways or (notify_by == "webhook" and webhook is None):
        needed = needs[notify_by]
        raise WrongUsageError([cli_messages.option_needs("--notify-by", notify_by, needed)])
    return {**ways, "notify": ways[notify_by]}


def _mail(desk: Desk, server: str, sender: str | None, user: str | None, *, starttls: bool) -> Mail:
    host, _, port = server.rpartition(":") if ":" in server else (server, "", str(_SMTP_PORT))
    if sender is None:
        raise WrongUsageError([cli_messages.option_needs("--mail-server", server, "--mail-from")])
    if not port.isdecimal():
        raise WrongUsageError([cli_messages.option_needs("--mail-server", server, "HOST:PORT")])

    def address_of(person: str) -> str | None:
        desk.refresh()
        found = desk.people.people.get(person)
        return as_written(person) if found is None else found.email

    password = os.environ.get(PASSWORD_VARIABLE)
    return Mail(host, sender, int(port), starttls, user, password, address_of)
