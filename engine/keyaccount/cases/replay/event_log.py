"""Event logs: what happened to which case, and when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sys import intern
from time import strptime
from zoneinfo import ZoneInfo

from keyaccount.cases.replay.log_rows import Numbered, Report, Row, log_rows
from keyaccount.diagnostics import replay_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.diagnostics.replay_messages import LogError

CASE = "case"
EVENT = "event"
TIME = "time"

_XES_NAMES = {CASE: "case:concept:name", EVENT: "concept:name", TIME: "time:timestamp"}
"""What XES calls them; CSV files made from XES do so too."""

_MOST_TOLD = 100
_NO_DATA: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LogFormat:
    """How a log is written.

    `case`, `event` and `time` are the columns that hold these; several are
    joined by a space. `fields` are further columns, by the name that the plan
    knows them by. `zone` is that of instants that name none; `time_formats` are
    for `strptime`, tried in turn: ISO 8601 where there is none. `encoding` of
    CSV; None has it found out.
    """

    case: tuple[str, ...]
    event: tuple[str, ...]
    time: tuple[str, ...]
    fields: Mapping[str, str]
    zone: ZoneInfo
    time_formats: tuple[str, ...] = ()
    encoding: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that it names."""
        return (*self.case, *self.event, *self.time, *self.fields.values())


@dataclass(frozen=True, slots=True)
class LogEvent:
    """An event of a log. `row`: where it stands, from 1 (of CSV the header is row 1)."""

    case: str
    name: str
    at: datetime
    data: Mapping[str, str]
    row: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that is no event: no case, or no instant; `text` is what stands for that."""

    row: int
    text: str
    reason: Diagnostic


Reject = Callable[[Unread], None]
"""Takes a row that is left out."""


def log_format(
    pairs: Mapping[str, str],
    zone: ZoneInfo,
    time_formats: Iterable[str] = (),
    encoding: str | None = None,
) -> LogFormat:
    """How a log is written, by an author's `name=column` pairs.

    Args:
        pairs: `case`, `event` and `time` say where these are (several columns
            joined by `+`), any other name is a field; what is left out goes by
            the names of XES.
        zone: of instants that name none.
        time_formats: for `strptime`.
        encoding: of CSV.
    """
    case, event, time = (
        tuple((pairs.get(part) or name).split("+")) for part, name in _XES_NAMES.items()
    )
    fields = {name: column for name, column in pairs.items() if name not in _XES_NAMES}
    return LogFormat(case, event, time, fields, zone, tuple(time_formats), encoding)


def read_log(
    path: Path,
    written: LogFormat,
    report: Report = lambda share: None,
    reject: Reject | None = None,
) -> Iterator[LogEvent]:
    """The events of a log, in the order of the file; nothing is kept of those before.

    Args:
        path: `.xes` is XES, all else CSV; either may be compressed (`.gz`).
        written: how it is written.
        report: told now and then what share of the file is read.
        reject: takes the rows that are no events; without it they are mistakes.

    Raises:
        LogError: at the end, with the first hundred rows that can't be read, or
            columns that no row has; or what is wrong with the file as a whole.
        FactError: an encoding that does not exist.
        OSError: the file cannot be read.
    """
    columns: set[str] = set()
    unread: list[Unread] = []
    for number, row in log_rows(path, written.encoding, report):
        columns.update(row)
        found = _event((number, row), written)
        if isinstance(found, LogEvent):
            yield found
        elif reject is not None:
            reject(found)
        else:
            unread.append(found)
            if len(unread) >= _MOST_TOLD:
                break
    if columns:
        _refuse_unknown(written.columns, columns)
    if unread:
        raise LogError(each.reason for each in unread)


def _refuse_unknown(wanted: Iterable[str], columns: Collection[str]) -> None:
    """Raise what no row has; an event need not have all that another has."""
    unknown = [each for each in wanted if each not in columns]
    if unknown:
        raise LogError(messages.unknown_column(each, sorted(columns)) for each in unknown)


def _event(numbered: Numbered, written: LogFormat) -> LogEvent | Unread:
    number, row = numbered
    case = _joined(row, written.case)
    text = _joined(row, written.time)
    if not case or not text:
        return Unread(number, text, messages.incomplete_row(number, CASE if not case else TIME))
    at = _instant(text, written)
    if at is None:
        return Unread(number, text, messages.bad_instant(number, text, written.time[0]))
    data = {name: value for name, column in written.fields.items() if (value := row.get(column))}
    # A log names the same cases and events over and over: each text is kept once.
    return LogEvent(intern(case), intern(_joined(row, written.event)), at, data or _NO_DATA, number)


def _joined(row: Row, columns: tuple[str, ...]) -> str:
    if len(columns) == 1:
        return row.get(columns[0], "").strip()
    return " ".join(value for each in columns if (value := row.get(each, "").strip()))


def _instant(text: str, written: LogFormat) -> datetime | None:
    found = _read(text, written.time_formats)
    if found is None:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=written.zone)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None


def _read(text: str, formats: tuple[str, ...]) -> datetime | None:
    if not formats:
        try:
            return datetime.fromisoformat(text.replace("/", "-"))
        except ValueError:
            return None
    for each in formats:
        try:
            found = datetime.strptime(text, each)  # noqa: DTZ007 # its zone follows
        except ValueError:
            continue
        return _in_named_zone(found, text, each) if "%Z" in each else found
    return None


def _in_named_zone(found: datetime, text: str, written: str) -> datetime | None:
    """`strptime` reads the name of a zone and forgets it, and knows the machine's own besides."""
    if found.tzinfo is not None:
        return found
    name = strptime(text, written).tm_zone
    return found.replace(tzinfo=UTC) if name.upper() in ("UTC", "GMT") else None
