"""`keyaccount serve`: the decision service, and its keys."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import click

from keyaccount.cli import streams
from keyaccount.cli.bounds import bounds_of
from keyaccount.cli.command import (
    DATA_ERROR,
    Command,
    option,
    settings_of,
    with_format,
    with_language,
    with_policies,
)
from keyaccount.cli.databases import database_url, opened, with_database
from keyaccount.cli.failures import WrongUsageError, report
from keyaccount.cli.groups import Group
from keyaccount.cli.opening import policies_folder
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import Text
from keyaccount.service.access.callers import Role
from keyaccount.service.access.keys import Key, add_key, keys, revoke_key
from keyaccount.service.running import run
from keyaccount.service.settings import DEFAULT_TENANT, Bounds, Oidc
from keyaccount.service.settings import Settings as ServiceSettings
from keyaccount.service.versions.current import Current

_BOUNDS = ", ".join(each.name for each in fields(Bounds))
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.group(
    cls=Group,
    invoke_without_command=True,
    words=Text(
        en="Serve the policies over HTTP. Every decision is logged before it is answered.",
        zh="通过 HTTP 提供策略决策。每个决策先写入日志，再答复。",
    ),
)
@option("--host", default="127.0.0.1", show_default=True, en="Address.", zh="监听地址。")
@option("--port", default=8000, type=int, show_default=True, en="Port.", zh="端口。")
@option(
    "--workers",
    default=1,
    type=click.IntRange(1, 64),
    show_default=True,
    en="Processes.",
    zh="进程数。",
)
@option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("keyaccount-data"),
    show_default=True,
    metavar="DIR",
    en="Folder of uploaded lists and their results.",
    zh="上传的清单及其结果所在的文件夹。",
)
@option(
    "--keep-lists",
    "keep_lists_days",
    default=7.0,
    type=click.FloatRange(0),
    show_default=True,
    metavar="DAYS",
    en="How long the files of a decided list are kept; its decisions stay in the log.",
    zh="清单决策完成后文件保留的天数；其决策仍在日志中。",
)
@option(
    "--insecure-local",
    is_flag=True,
    en="No keys: whoever is on this machine may do all. Loopback only.",
    zh="不用密钥：本机上任何人都可以做任何事。只监听回环地址。",
)
@option("--oidc-issuer", metavar="URL", en="Take this issuer's tokens.", zh="接受该签发者的令牌。")
@option("--oidc-audience", metavar="NAME", en="Their audience.", zh="令牌的受众。")
@option("--oidc-jwks", metavar="FILE|URL", en="The issuer's keys.", zh="签发者的公钥。")
@option(
    "--oidc-roles",
    metavar="CLAIM",
    default="roles",
    show_default=True,
    en="The claim that names the roles.",
    zh="给出角色的声明。",
)
@option(
    "--oidc-tenant",
    metavar="CLAIM",
    en="The claim that names the tenant; without it all are of the default one.",
    zh="给出租户的声明；不给时都属于默认租户。",
)
@option(
    "--webhook-host",
    "webhook_hosts",
    multiple=True,
    metavar="HOST",
    en="A host that webhooks may go to though its address is private; may be repeated.",
    zh="允许 webhook 发往的内网主机；可以给多次。",
)
@option(
    "--bound",
    "bounds",
    multiple=True,
    metavar="NAME=NUMBER",
    en=f"Raise or lower a bound of requests, such as list_rows=20000000: {_BOUNDS}.",
    zh=f"调整对请求的上限，例如 list_rows=20000000：{_BOUNDS}。",
)
@with_database()
@with_language()
@with_policies()
@click.pass_context
def serve(
    ctx: click.Context,
    host: str,
    port: int,
    workers: int,
    data: Path,
    keep_lists_days: float,
    insecure_local: bool,
    oidc_issuer: str | None,
    oidc_audience: str | None,
    oidc_jwks: str | None,
    oidc_roles: str,
    oidc_tenant: str | None,
    webhook_hosts: tuple[str, ...],
    bounds: tuple[str, ...],
    database: str | None,
) -> None:
    """Run until told to stop, unless a command follows."""
    if ctx.invoked_subcommand is not None:
        return
    if insecure_local and host not in _LOOPBACK:
        raise WrongUsageError([messages.not_loopback(host)])
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = ServiceSettings(
        policies=str(policies_folder(settings_of(ctx)).resolve()),
        database=database_url(database),
        data=str(data.resolve()),
        open_local=insecure_local,
        workers=workers,
        oidc=_oidc(oidc_issuer, oidc_audience, oidc_jwks, oidc_roles, oidc_tenant),
        allowed_hosts=webhook_hosts,
        keep_lists_days=keep_lists_days,
        bounds=bounds_of(bounds),
    )
    if not insecure_local and settings.oidc is None:
        _warn_without_keys(ctx, settings.database)
    ctx.exit(run(settings, host, port))


def _warn_without_keys(ctx: click.Context, database: str) -> None:
    engine = opened(database)
    if all(each.revoked for each in keys(engine)):
        report([messages.no_keys_yet()], settings_of(ctx))
    engine.dispose()


def _oidc(
    issuer: str | None, audience: str | None, jwks: str | None, roles: str, tenant: str | None
) -> Oidc | None:
    """All three or none.

    Raises: WrongUsageError.
    """
    if issuer is None and audience is None and jwks is None:
        return None
    if issuer is None or audience is None or jwks is None:
        raise WrongUsageError([messages.oidc_incomplete()])
    return Oidc(issuer, audience, jwks, roles, tenant)


@serve.command(
    "mcp",
    cls=Command,
    words=Text(
        en="Offer the decisions as tools of the Model Context Protocol, on standard streams.",
        zh="通过标准输入输出，以 Model Context Protocol 工具的形式提供决策。",
    ),
)
@with_database()
@with_language()
@with_policies()
@click.pass_context
def mcp(ctx: click.Context, database: str | None) -> None:
    """Serve whoever started this process."""
    try:
        # Only this command needs the protocol's library.
        from keyaccount.service.tools import run_on_stdio
    except ModuleNotFoundError as error:
        raise WrongUsageError([messages.missing_extra(str(error.name), "mcp")]) from None
    engine = opened(database)
    run_on_stdio(Current(engine, policies_folder(settings_of(ctx)).resolve()), engine)


@serve.group(cls=Group, words=Text(en="Keys of the service.", zh="服务的密钥。"))
def key() -> None:
    """Keys: add, list, revoke."""


@key.command(
    cls=Command,
    words=Text(
        en="Make a key called NAME and print it; it can't be shown again.",
        zh="创建名为 NAME 的密钥并打印；之后无法再次查看。",
    ),
)
@click.argument("name")
@option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([each.value for each in Role]),
    en="What it may do; may be given more than once.",
    zh="允许做什么；可以给多次。",
)
@option(
    "--tenant",
    default=DEFAULT_TENANT,
    show_default=True,
    en="Whose log and data it sees.",
    zh="能看到哪个租户的日志和数据。",
)
@option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    metavar="N",
    en="Decisions a second at most, on each machine that serves; without it as many as come.",
    zh="每台服务机器上每秒最多多少个决策；不给时不限。",
)
@with_database()
@with_language()
def add(
    name: str, roles: tuple[str, ...], tenant: str, rate: float | None, database: str | None
) -> None:
    """Make a key."""
    wanted = frozenset(map(Role, roles))
    click.echo(add_key(opened(database), name, tenant, wanted, datetime.now(UTC), rate))


@key.command("list", cls=Command, words=Text(en="All keys.", zh="所有密钥。"))
@with_database()
@with_format()
@with_language()
@click.pass_obj
def list_(settings: Settings, database: str | None) -> None:
    """List the keys, without their secrets."""
    found = keys(opened(database))
    if settings.json:
        streams.print_json([_plain(each) for each in found])
        return
    for each in found:
        state = Text("revoked", "已吊销").in_language(settings.language) if each.revoked else ""
        roles = " ".join(sorted(each.roles))
        click.echo(f"{each.id}  {each.tenant}  {each.name}  {roles}  {state}".rstrip())


@key.command(cls=Command, words=Text(en="Revoke the key ID.", zh="吊销密钥 ID。"))
@click.argument("id", metavar="ID")
@with_database()
@with_language()
@click.pass_context
def revoke(ctx: click.Context, id: str, database: str | None) -> None:
    """Let a key open nothing any more."""
    if not revoke_key(opened(database), id):
        report([messages.unknown_key(id)], settings_of(ctx))
        ctx.exit(DATA_ERROR)


def _plain(each: Key) -> dict[str, object]:
    return {
        "id": each.id,
        "tenant": each.tenant,
        "name": each.name,
        "roles": sorted(each.roles),
        "created_at": each.created_at.isoformat(),
        "revoked": each.revoked,
    }
