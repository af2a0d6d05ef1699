"""Read a decision table's rules from CSV, each cell with its place.

The header names what a column holds: `id`; `then`, or `then.<output>`;
`because`, `because.en`, `because.zh`; `title` likewise; `valid.from`,
`valid.until`; anything else is an input, which may be any FEEL expression. A
cell holds FEEL; an empty cell of an input is any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from keyaccount.diagnostics import format_messages
from keyaccount.diagnostics import table_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.diagnostics.suggest import nearest
from keyaccount.formats.csv_cells import read_cells
from keyaccount.formats.stand_in import null_at
from keyaccount.model.policy import DecisionRule, InputEntry, OutputEntry, Validity
from keyaccount.source import Fragment, Source, Span

Report = Callable[[Diagnostic], None]

_ID = "id"
_THEN = "then"
_LANGUAGES = ("en", "zh")
_WORDS = ("because", "title")
_VALIDITY = ("valid.from", "valid.until")
_FIXED = (*_VALIDITY, *(f"{word}.{each}" for word in _WORDS for each in _LANGUAGES))
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


@dataclass(slots=True)
class _Columns:
    """The header by meaning; columns by index."""

    width: int = 0
    named: dict[str, int] = field(default_factory=dict)
    inputs: list[tuple[int, Fragment]] = field(default_factory=list)
    outputs: list[tuple[int, Fragment | None]] = field(default_factory=list)


def read_csv_rules(source: Source, report: Report) -> tuple[DecisionRule, ...]:
    """The rules of a table in the order of its lines; what is wrong goes to `report`."""
    lines = [line for line in read_cells(source, report) if any(cell.text for cell in line)]
    if not lines:
        report(messages.no_header(source.span(0, 0)))
        return ()
    columns = _columns(lines[0], report)
    if columns is None:
        return ()
    if len(source.text.strip().splitlines()) == 1:
        report(messages.no_rules(_whole(lines[0])))
    rules: dict[str, DecisionRule] = {}
    for line in lines[1:]:
        rule = _rule(line, columns, report)
        if rule is None:
            continue
        first = rules.setdefault(rule.id.text, rule)
        if first is not rule:
            line_number = first.id.span().position.line
            report(messages.repeated_id(rule.id.span(), rule.id.text, line_number))
    return tuple(rules.values())


def _columns(header: Sequence[Fragment], report: Report) -> _Columns | None:
    """What each column holds; None where the table cannot be read without one."""
    separator = _foreign_separator(header)
    if separator is not None:
        report(messages.wrong_separator(header[0].span(), separator))
        return None
    columns = _Columns(len(header))
    seen: set[str] = set()
    for index, cell in enumerate(header):
        if not cell.text:
            report(messages.unnamed_column(cell.span()))
        elif cell.text in seen:
            report(messages.repeated_column(cell.span(), cell.text))
        else:
            _column(index, cell, columns, report)
        seen.add(cell.text)
    missing = [_ID] if _ID not in columns.named else []
    missing += [] if columns.outputs else [_THEN]
    for name in missing:
        report(messages.missing_column(_whole(header), name, [text for _, text in _texts(columns)]))
    return None if missing else columns


def _whole(line: Sequence[Fragment]) -> Span:
    return line[0].span().to(line[-1].span())


def _foreign_separator(header: Sequence[Fragment]) -> str | None:
    """What parts the columns of a header that has no commas."""
    only = header[0].text if len(header) == 1 else ""
    return next((f"`{each}`" for each in (";", "\t", "|") if each in only), None)


def _column(index: int, cell: Fragment, columns: _Columns, report: Report) -> None:
    name = cell.text
    if name == _THEN:
        columns.outputs.append((index, None))
    elif name.startswith(f"{_THEN}."):
        columns.outputs.append((index, cell.part(len(_THEN) + 1, len(name))))
    elif name == _ID or name in _VALIDITY or name.partition(".")[0] in _WORDS:
        columns.named[name] = index
    elif "." in name and (meant := nearest(name, _FIXED)) is not None:
        report(messages.unknown_column(cell.span(), name, meant))
    else:
        columns.inputs.append((index, cell))


def _texts(columns: _Columns) -> list[tuple[int, str]]:
    return [(index, cell.text) for index, cell in columns.inputs]


def _rule(line: Sequence[Fragment], columns: _Columns, report: Report) -> DecisionRule | None:
    whole = _whole(line)
    if len(line) != columns.width:
        place = line[columns.width].span() if len(line) > columns.width else whole
        report(messages.wrong_cell_count(place, len(line), columns.width))
        return None
    identifier = line[columns.named[_ID]]
    if not identifier.text:
        report(messages.missing_id(identifier.span()))
        return None
    if "|" in identifier.text or "\n" in identifier.text:
        report(format_messages.bad_rule_id(identifier.span(), identifier.text))
    return DecisionRule(
        id=identifier,
        when=tuple(
            InputEntry(header, line[index]) for index, header in columns.inputs if line[index].text
        ),
        then=_outputs(line, identifier.text, columns, report),
        because=_words("because", line, columns),
        validity=_validity(line, columns, report),
        title={name: cell.text for name, cell in _words("title", line, columns).items()},
        span=whole,
    )


def _outputs(
    line: Sequence[Fragment], rule: str, columns: _Columns, report: Report
) -> tuple[OutputEntry, ...]:
    found = []
    for index, name in columns.outputs:
        cell = line[index]
        if not cell.text:
            column = f"{_THEN}.{name.text}" if name else _THEN
            report(messages.missing_result(cell.span(), rule, column))
            cell = null_at(cell.span())
        found.append(OutputEntry(name, cell))
    return tuple(found)


def _words(name: str, line: Sequence[Fragment], columns: _Columns) -> dict[str, Fragment]:
    """Words by language; a column without a language serves for both."""
    found = {}
    for language in _LANGUAGES:
        index = columns.named.get(f"{name}.{language}", columns.named.get(name))
        if index is not None and line[index].text:
            found[language] = line[index]
    return found


def _validity(line: Sequence[Fragment], columns: _Columns, report: Report) -> Validity:
    cells = [line[columns.named[name]] if name in columns.named else None for name in _VALIDITY]
    since, until = (_day(cell, report) for cell in cells)
    end = cells[1]
    if end is not None and since is not None and until is not None and until <= since:
        report(format_messages.ends_before_it_begins(end.span(), since, until))
    return Validity(since, until)


def _day(cell: Fragment | None, report: Report) -> date | None:
    if cell is None or not cell.text:
        return None
    try:
        if _DATE.match(cell.text):
            return date.fromisoformat(cell.text)
    except ValueError:
        pass
    report(format_messages.bad_date(cell.span(), cell.text))
    return None
