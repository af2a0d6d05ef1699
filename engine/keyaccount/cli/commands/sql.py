"""`keyaccount sql`: a policy as SQL, to run in one's own warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import click

from keyaccount.backends.sql.kinds import Dialect, sql_type
from keyaccount.backends.sql.plan import DECIDE_AGAIN, Plan, compile_program
from keyaccount.cli.arguments import pairs, with_as_of, with_decisions
from keyaccount.cli.command import Command, option, with_language, with_policies
from keyaccount.cli.opening import chosen_decisions, open_policies
from keyaccount.cli.settings import Settings
from keyaccount.cli.sql_columns import columns_of
from keyaccount.diagnostics.diagnostic import Text


@click.command(
    cls=Command,
    words=Text(
        en="Print POLICY as one SQL query over a table with a column for each fact. "
        "NULL stands for unknown.",
        zh="把策略 POLICY 输出成一条 SQL 查询；表里每个事实一列，NULL 表示未知。",
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
@option(
    "--table",
    default="facts",
    show_default=True,
    metavar="NAME",
    en="The table or view that the facts are read from.",
    zh="从哪张表或视图读取事实。",
)
@option(
    "--column",
    "described",
    multiple=True,
    metavar="FACT=TYPE",
    en="The SQL type of a fact's column, such as `DECIMAL(12,2)`; numbers are DECIMAL(18,4) "
    "otherwise. The query is exact for the types it was made for.",
    zh="某个事实的列的 SQL 类型，例如 `DECIMAL(12,2)`；数值默认为 DECIMAL(18,4)。"
    "查询只对这里说明的类型保证精确。",
)
@option(
    "--keep",
    multiple=True,
    metavar="COLUMN",
    en="Pass this column of the table through; may be given more than once.",
    zh="原样输出表里的这一列；可以给多次。",
)
@with_decisions()
@with_as_of()
@with_language()
@with_policies()
@click.pass_obj
def sql(
    settings: Settings,
    policy: str,
    dialect: Dialect,
    table: str,
    described: tuple[str, ...],
    keep: tuple[str, ...],
    decisions: tuple[str, ...],
    as_of: date | None,
) -> None:
    """Load, compile, print with a head that says what the table must look like."""
    policies = open_policies(settings)
    wanted = chosen_decisions(policies, policy, decisions)
    day = as_of or policies.today(policy)
    program = policies.bound(policy, day, wanted)
    columns = columns_of(program.facts, pairs(described))
    plan = compile_program(
        program,
        columns,
        decisions=policies.full_names(policy, wanted),
        dialect=dialect,
        relation=table,
        keep=keep,
    )
    types = {name: sql_type(each.kind, dialect).sql(dialect) for name, each in columns.items()}
    head = [f"policy {policy}, as of {day}, version {policies.version}", *_head(plan, table, types)]
    click.echo("\n".join([*(f"-- {line}" for line in head), plan.sql(pretty=True) + ";"]))


def _head(plan: Plan, table: str, types: dict[str, str]) -> Iterator[str]:
    yield f"reads {table}, where NULL is unknown:"
    for name, each in types.items():
        yield f"  {name} {each}"
    if not plan.decides_all:
        yield f"rows where {DECIDE_AGAIN} is true are too close to call here: use keyaccount batch"
