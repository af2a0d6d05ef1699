"""`keyaccount explain`: one case, why and why not."""

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
        en="Decide one case by POLICY and say why, and why not: for each rule that did not "
        "match, which condition failed and by how much.",
        zh="用策略 POLICY 作决策，并说明为什么、为什么不：每条没有命中的规则，"
        "是哪个条件不成立，差多少。",
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
def explain(
    settings: Settings,
    policy: str,
    facts_text: str,
    as_of: date | None,
    decisions: tuple[str, ...],
) -> None:
    """Load, decide under observation, show."""
    policies = open_policies(settings)
    wanted = chosen_decisions(policies, policy, decisions)
    explanation = policies.explain(policy, read_facts(facts_text), as_of=as_of, decisions=wanted)
    if settings.json:
        streams.print_json(explanation.to_json_dict(settings.language))
        return
    # Only people's output needs rich; programs shouldn't wait for its import.
    from keyaccount.cli.show_explanation import show_explanation

    show_explanation(explanation, policies.program, settings.language)
