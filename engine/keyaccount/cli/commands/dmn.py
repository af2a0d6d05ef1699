"""`keyaccount dmn`: models in DMN XML."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from keyaccount.cli import streams
from keyaccount.cli.arguments import read_facts, with_as_of, with_decisions
from keyaccount.cli.command import (
    Command,
    Decorator,
    option,
    with_format,
    with_language,
    with_limits,
)
from keyaccount.cli.commands.dmn_export import export
from keyaccount.cli.commands.dmn_import import import_
from keyaccount.cli.failures import WrongUsageError, report
from keyaccount.cli.groups import Group
from keyaccount.cli.settings import Settings
from keyaccount.decision_model import DecisionModel
from keyaccount.diagnostics import dmn_messages, fact_messages
from keyaccount.diagnostics.diagnostic import FactError, Text
from keyaccount.facts.by_type import by_type
from keyaccount.feel.values.text import nested_text


@click.group(cls=Group, words=Text(en="Models in DMN XML.", zh="DMN XML 模型。"))
def dmn() -> None:
    """Entry of the commands on models."""


def with_inputs() -> Decorator[Any]:
    """`--inputs`, as JSON, from a file or from standard input."""
    return option(
        "--inputs",
        "inputs_text",
        default="{}",
        metavar="JSON|@FILE|-",
        en="The inputs as a JSON object: the text itself, `@FILE`, or `-` for standard input.",
        zh="输入，写成 JSON 对象：直接给文本、`@文件`，或用 `-` 从标准输入读。",
    )


def with_other_models() -> Decorator[Any]:
    """`--with`, the models that the model imports."""
    return option(
        "--with",
        "others",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        en="A model that MODEL imports; may be given more than once.",
        zh="MODEL 导入的模型；可以给多次。",
    )


@dmn.command(
    cls=Command,
    words=Text(
        en="Evaluate the decisions of MODEL, a file of DMN XML, by DMN's own rules: "
        "what does not fit is null.",
        zh="按 DMN 自身的规则运行 MODEL（DMN XML 文件）中的决策：不符合的值为 null。",
    ),
)
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_inputs()
@with_decisions()
@with_other_models()
@with_as_of()
@with_format()
@with_limits()
@with_language()
@click.pass_obj
def run(
    settings: Settings,
    model: Path,
    inputs_text: str,
    decisions: tuple[str, ...],
    others: tuple[Path, ...],
    as_of: date | None,
) -> None:
    """Load, decide, show."""
    opened = DecisionModel.load(model, others, settings.limits)
    wanted = list(dict.fromkeys(decisions)) or opened.decisions()
    known = opened.decisions()
    unknown = [each for each in wanted if each not in known]
    if unknown:
        raise WrongUsageError(dmn_messages.unknown_decision(each, known) for each in unknown)
    inputs = _inputs(opened, read_facts(inputs_text))
    values = {name: opened.decide(name, inputs, as_of) for name in wanted}
    if settings.json:
        streams.print_json({"decisions": values})
        return
    if opened.warnings:
        report(opened.warnings, settings)
    for name, value in values.items():
        click.echo(f"{name}: {nested_text(value)}")


def _inputs(model: DecisionModel, given: dict[str, object]) -> dict[str, object]:
    """The inputs by the types that the model declares.

    Raises:
        FactError: the model has no such input.
    """
    facts = model.program.facts
    known = tuple(facts)
    unknown = [fact_messages.unknown_name(each, known) for each in given if each not in facts]
    if unknown:
        raise FactError(unknown)
    return {name: by_type(value, facts[name].type) for name, value in given.items()}


dmn.add_command(import_)
dmn.add_command(export)
