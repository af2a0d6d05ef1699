"""Show people what a batch came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Table

from keyaccount.batch.summary import DecisionCounts, Summary
from keyaccount.cli import console, words
from keyaccount.cli.glossary import Glossary
from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Language, Text
from keyaccount.explain.wording import COMMA
from keyaccount.ir.outcome import Status

_MOST_FACTS = 3
"""How many of the facts that rows wait for are named."""


def show_summary(summary: Summary, glossary: Glossary) -> None:
    """The counts, the decisions in a table, the columns, the files."""
    out = console.output()
    language = glossary.language
    console.show(out, _rows(summary).in_language(language))
    console.show(out, _decisions(summary, glossary))
    for line in _lines(summary, language):
        console.show(out, line.in_language(language))


def _rows(summary: Summary) -> Text:
    rows_in, out, rejected = summary.rows_in, summary.rows_out, summary.rows_rejected
    return Text(
        f"{counted(rows_in, 'row')} in = {counted(out, 'row')} out + {rejected:,} rejected",
        f"读入 {rows_in:,} 行 = 输出 {out:,} 行 + 拒绝 {rejected:,} 行",
    )


def _decisions(summary: Summary, glossary: Glossary) -> Table:
    language = glossary.language
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(words.DECISION.in_language(language), overflow="fold")
    for status in Status:
        table.add_column(words.STATUS[status].in_language(language), justify="right")
    table.add_column(words.VALUES.in_language(language), overflow="fold")
    table.add_column(words.MISSING.in_language(language), overflow="fold")
    for name, counts in summary.decisions.items():
        full_name = f"{glossary.policy}.{name}"
        table.add_row(
            glossary.decision(full_name),
            *(f"{counts.statuses.get(status, 0):,}" for status in Status),
            _values(full_name, counts, glossary),
            _missing(counts.missing, language),
        )
    return table


def _values(full_name: str, counts: DecisionCounts, glossary: Glossary) -> str:
    """`yes 174, no 162`; nothing for values of many kinds."""
    told = (
        f"{_value(full_name, text, glossary)} {count:,}"
        for text, count in (counts.values or {}).items()
        if count
    )
    return COMMA.in_language(glossary.language).join(told)


def _value(full_name: str, text: str, glossary: Glossary) -> str:
    if text in ("true", "false"):
        return glossary.value(text == "true", {})
    return glossary.value_title(full_name, text)


def _missing(missing: Mapping[str, int], language: Language) -> str:
    """The facts that most rows wait for."""
    often = sorted(missing.items(), key=lambda each: -each[1])
    told = [f"{name} {count:,}" for name, count in often[:_MOST_FACTS]]
    if len(often) > _MOST_FACTS:
        told.append("…")
    return COMMA.in_language(language).join(told)


def _lines(summary: Summary, language: Language) -> Iterator[Text]:
    comma = COMMA.in_language(language)
    if summary.columns:
        pairs = comma.join(f"{name} ← {header}" for name, header in summary.columns.items())
        yield Text(f"columns: {pairs}", f"列：{pairs}")
    if summary.facts_without_column:
        names = comma.join(summary.facts_without_column)
        yield Text(f"no column, so unknown: {names}", f"没有对应的列，视为未知：{names}")
    if summary.blank_rows:
        blank = summary.blank_rows
        yield Text(f"blank rows passed over: {blank:,}", f"跳过的空行：{blank:,}")
    if summary.refusals:
        yield Text("decided row by row, not in SQL", "逐行决策，没有使用 SQL")
    yield Text(f"written: {summary.output}", f"已写出：{summary.output}")
    if summary.rejects is not None and summary.rows_rejected:
        yield Text(f"rejects: {summary.rejects}", f"拒绝的行：{summary.rejects}")
