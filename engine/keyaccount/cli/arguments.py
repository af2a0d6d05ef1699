"""Options that several commands take: facts, dates, decisions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import click

from keyaccount.cli import streams
from keyaccount.cli.command import Decorator, NotADateError, option
from keyaccount.cli.failures import WrongUsageError
from keyaccount.diagnostics import cli_messages
from keyaccount.diagnostics.diagnostic import FactError
from keyaccount.facts.json_reader import DuplicateKeyError, loads
from keyaccount.source import Source, Span


def with_facts(*, required: bool = True) -> Decorator[Any]:
    """`--facts`, as JSON, from a file or from standard input."""
    return option(
        "--facts",
        "facts_text",
        required=required,
        metavar="JSON|@FILE|-",
        en="The facts as a JSON object: the text itself, `@FILE`, or `-` for standard input.",
        zh="事实，写成 JSON 对象：直接给文本、`@文件`，或用 `-` 从标准输入读。",
    )


def with_as_of() -> Decorator[Any]:
    """`--as-of`, the date whose rules and parameters are in force."""
    return option(
        "--as-of",
        callback=_to_date,
        metavar="YYYY-MM-DD",
        en="Decide by what is in force on this date; without it, today.",
        zh="按这一天有效的规则和参数决策；不给时用今天。",
    )


def with_decisions() -> Decorator[Any]:
    """`--decision`, as often as wanted."""
    return option(
        "--decision",
        "decisions",
        multiple=True,
        metavar="NAME",
        en="Only this decision; may be given more than once.",
        zh="只做这个决策；可以给多次。",
    )


def read_facts(argument: str) -> dict[str, object]:
    """The facts that `--facts` names.

    Raises:
        FactError: they are not a JSON object in UTF-8; the place is in the message.
        OSError: the file cannot be read.
    """
    source = _source(argument)
    whole = source.span(0, len(source.text))
    try:
        facts = loads(source.text)
    except json.JSONDecodeError as error:
        at = source.span(error.pos, min(error.pos + 1, len(source.text)))
        raise FactError([cli_messages.facts_not_json(at, _lower(error.msg))]) from None
    except DuplicateKeyError as error:
        raise FactError([cli_messages.facts_twice(_last(source, error.key), error.key)]) from None
    except (ValueError, RecursionError) as error:
        raise FactError([cli_messages.facts_not_json(whole, _reason(error))]) from None
    if not isinstance(facts, dict):
        raise FactError([cli_messages.facts_not_an_object(whole)])
    return facts


def pairs(settings: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE` options, parted at the first `=`.

    Raises: WrongUsageError.
    """
    return {name: value for name, _, value in (each.partition("=") for each in _checked(settings))}


def headers(settings: Iterable[str]) -> dict[str, str]:
    """`HEADER=FACT` options, parted at the last `=`: a header may hold any character.

    Raises: WrongUsageError.
    """
    return {name: fact for name, _, fact in (each.rpartition("=") for each in _checked(settings))}


def _checked(settings: Iterable[str]) -> list[str]:
    given = list(settings)
    wrong = [each for each in given if "=" not in each]
    if wrong:
        raise WrongUsageError(map(cli_messages.bad_setting, wrong))
    return given


def _source(argument: str) -> Source:
    if argument != "-" and not argument.startswith("@"):
        return Source("--facts", argument)
    place = argument.removeprefix("@")
    data = streams.read_bytes(place)
    try:
        return Source(place, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FactError([cli_messages.not_utf8(place, error.start)]) from None


def _last(source: Source, key: str) -> Span:
    """Where a key stands for the last time, as far as plain search can tell."""
    quoted = json.dumps(key, ensure_ascii=False)
    start = max(source.text.rfind(quoted), 0)
    return source.span(start, start + len(quoted))


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _to_date(ctx: click.Context, option_: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise NotADateError(f"`{value}` is not a date", ctx, option_) from None
