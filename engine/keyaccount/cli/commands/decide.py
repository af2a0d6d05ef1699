"""`keyaccount decide`: one case through one policy."""

from __future__ import annotations

from datetime import date

import click

from keyaccount.cli import streams
from keyaccount.cli.arguments import read_facts, with_as_of, with_decisions, with_facts
from keyaccount.cli.command import Command, with_format, with_language, with_policies
from keyaccount.cli.opening import chosen_decisions, open_policies
from keyaccount.cli.settings import Settings
from keyaccount.diagnostics.diagnostic import Text


@click.command(
    cls=Command,
    words=Text(
        en="Decide one case by POLICY: the results, the rules that matched, the reasons, "
        "what is missing and what is still possible.",
        zh="用策略 POLICY 对一个对象作决策：结果、命中的规则、理由、还缺什么、还可能是什么。",
    ),
)
@click.argument("policy")
@with_facts()
@with_as_of()
@with_decisions()
@with_format()
@with_language()
@with_policies()
@click.pass_obj
def decide(
    settings: Settings,
    policy: str,
    facts_text: str,
    as_of: date | None,
    decisions: tuple[str, ...],
) -> None:
    """Load, decide, show."""
    policies = open_policies(settings)
    wanted = chosen_decisions(policies, policy, decisions)
    result = policies.decide(policy, read_facts(facts_text), as_of=as_of, decisions=wanted)
    if settings.json:
        streams.print_json(result.to_json_dict(settings.language))
        return
    # Only people's output needs rich; programs shouldn't wait for its import.
    from keyaccount.cli.show_result import show_result

    show_result(result, policies.program, settings.language)
