"""`keyaccount sql`: a policy as SQL, to run in one's own warehouse."""

from __future__ import annotations

from datetime import date

import click

from keyaccount.cli.arguments import with_as_of, with_decisions
from keyaccount.cli.command import Command, option, with_language, with_policies
from keyaccount.cli.opening import chosen_decisions, open_policies
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Text


@click.command(
    cls=Command,
    words=Text(
        en="Print POLICY as one SQL query over a table of facts.",
        zh="把策略 POLICY 输出成一条 SQL 查询，事实取自一张表。",
    ),
)
@click.argument("policy")
@option(
    "--dialect",
    type=click.Choice(["duckdb", "postgres", "spark"]),
    default="duckdb",
    show_default=True,
    en="The SQL of which engine.",
    zh="用哪种引擎的 SQL。",
)
@with_decisions()
@with_as_of()
@with_language()
@with_policies()
@click.pass_obj
def sql(
    settings: Settings,
    policy: str,
    dialect: str,
    decisions: tuple[str, ...],
    as_of: date | None,
) -> None:
    """Load, compile, print."""
    policies = open_policies(settings)
    wanted = chosen_decisions(policies, policy, decisions)
    click.echo(policies.sql(policy, dialect=dialect, as_of=as_of, decisions=wanted))
