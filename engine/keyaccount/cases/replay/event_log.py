"""Event logs: what happened to which case, and when; from CSV or XES.

Source: XES 2.0 (IEEE 1849); CSV with a line an event.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lxml import etree

from keyaccount.diagnostics import replay_messages as messages
from keyaccount.diagnostics.replay_messages import LogError

CASE = "case"
EVENT = "event"
TIME = "time"

_XES_NAMES = {CASE: "case:concept:name", EVENT: "concept:name", TIME: "time:timestamp"}
"""What XES calls them; CSV files made from XES do so too."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which columns are what. `columns` of one part are joined by a space.

    `fields` are further columns by the name that the plan knows them by.
    `zone` is that of instants that name none; `time_format` is for `strptime`,
    ISO 8601 where it is left out.
    """

    case: tuple[str, ...]
    event: tuple[str, ...]
    time: tuple[str, ...]
    fields: Mapping[str, str]
    zone: ZoneInfo
    time_format: str | None = None


@dataclass(frozen=True, slots=True)
class LogEvent:
    """An event of a log. `row`: where it stands, from 1 (of CSV the header is row 1)."""

    case: str
    name: str
    at: datetime
    data: Mapping[str, str]
    row: int


def mapped(
    pairs: Mapping[str, str], columns: Sequence[str], zone: ZoneInfo, time_format: str | None = None
) -> Mapped:
    """The mapping that an author's `name=column` pairs make.

    Args:
        pairs: `case`, `event` and `time` say where these are (several columns
            joined by `+`), any other name is a field; what is left out goes by
            the names of XES.
        columns: those that the log has.
        zone: of instants that name none.
        time_format: for `strptime`.

    Raises:
        LogError: columns that are not there.
    """
    wanted = {
        part: tuple((pairs.get(part) or _XES_NAMES[part]).split("+"))
        for part in (CASE, EVENT, TIME)
    }
    fields = {name: column for name, column in pairs.items() if name not in wanted}
    named = [*(each for part in wanted.values() for each in part), *fields.values()]
    unknown = [messages.unknown_column(each, columns) for each in named if each not in columns]
    if unknown:
        raise LogError(unknown)
    return Mapped(wanted[CASE], wanted[EVENT], wanted[TIME], fields, zone, time_format)


def read_log(
    path: Path, pairs: Mapping[str, str], zone: ZoneInfo, time_format: str | None = None
) -> list[LogEvent]:
    """The events of a log, in the order of the file.

    Raises:
        LogError: with the first hundred lines that can't be read, or what is
            wrong with the file as a whole.
        OSError: the file cannot be read.
    """
    name = path.name.lower()
    rows = _xes(path) if name.endswith((".xes", ".xes.gz")) else _csv(path)
    try:
        return list(_events(rows, pairs, zone, time_format))
    except (csv.Error, EOFError, UnicodeDecodeError) as error:
        raise LogError([messages.unreadable(str(path), str(error))]) from None


_MOST_TOLD = 100

_Row = Mapping[str, str]


def _events(
    rows: Iterable[tuple[int, _Row]],
    pairs: Mapping[str, str],
    zone: ZoneInfo,
    time_format: str | None,
) -> Iterator[LogEvent]:
    found: Mapped | None = None
    problems = []
    for number, row in rows:
        if found is None:
            found = mapped(pairs, list(row), zone, time_format)
        case = _joined(row, found.case)
        text = _joined(row, found.time)
        at = _instant(text, found)
        if at is None or not case:
            problems.append(messages.bad_row(number, text if case else "", found.time[0]))
            if len(problems) >= _MOST_TOLD:
                break
            continue
        data = {
            field: value for field, column in found.fields.items() if (value := row.get(column))
        }
        yield LogEvent(case, _joined(row, found.event), at, data, number)
    if problems:
        raise LogError(problems)


def _joined(row: _Row, columns: Sequence[str]) -> str:
    return " ".join(value.strip() for each in columns if (value := row.get(each)))


def _instant(text: str, mapping: Mapped) -> datetime | None:
    try:
        if mapping.time_format is not None:
            found = datetime.strptime(text, mapping.time_format)  # noqa: DTZ007 # its zone follows
        else:
            found = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=mapping.zone)
    return found.astimezone(UTC)


def _csv(path: Path) -> Iterator[tuple[int, _Row]]:
    """Lines by column; comma, semicolon or tab, by the header."""
    with _opened(path, "utf-8-sig") as file:
        header = file.readline()
        file.seek(0)
        separator = max(",;\t", key=header.count)
        for number, row in enumerate(csv.DictReader(file, delimiter=separator), 2):
            yield number, {str(name): value or "" for name, value in row.items() if name}


def _opened(path: Path, encoding: str):  # type: ignore[no-untyped-def]  # two kinds of text files
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def _xes(path: Path) -> Iterator[tuple[int, _Row]]:
    """Events by attribute; those of the trace under `case:`. Nothing is fetched or expanded."""
    number = 0
    trace: dict[str, str] = {}
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rb") as file:
        parser = etree.iterparse(
            file,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        try:
            for moment, element in parser:
                kind = etree.QName(element).localname
                if kind == "trace":
                    trace = {}
                    if moment == "end":
                        element.clear()
                elif kind == "event" and moment == "end":
                    number += 1
                    if not trace:
                        trace = _attributes(element.getparent(), "case:")
                    yield number, {**trace, **_attributes(element, "")}
                    element.clear()
        except etree.XMLSyntaxError as error:
            raise LogError([messages.not_xes(str(path), str(error))]) from None


def _attributes(element: etree._Element, prefix: str) -> dict[str, str]:
    return {
        prefix + key: value
        for child in element
        if (key := child.get("key")) is not None and (value := child.get("value")) is not None
    }
