"""The files that event logs come in, row by row: CSV and XES, also compressed.

Source: XES 2.0 (IEEE 1849); CSV with a line an event.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, cast

from lxml import etree

from keyaccount.diagnostics import replay_messages as messages
from keyaccount.diagnostics.replay_messages import LogError

Row = Mapping[str, str]
"""An event's values by column; a column may be missing where the event has no value."""

Numbered = tuple[int, Row]
"""A row and where it stands, from 1 (of CSV the header is row 1)."""

Report = Callable[[float], None]
"""Takes the share of the file that is read, from 0 to 1."""

_ROWS_BETWEEN_REPORTS = 5_000
_HEAD_BYTES = 1 << 16
_EVENT, _TRACE = "{*}event", "{*}trace"


def log_rows(path: Path, encoding: str | None, report: Report) -> Iterator[Numbered]:
    """The rows of a log, in the order of the file; nothing is kept of those before.

    Args:
        path: `.xes` is XES, all else CSV; either may be compressed (`.gz`).
        encoding: of CSV; None has it found out.
        report: told now and then how much is read.

    Raises:
        LogError: the file is not what it should be.
        FactError: an encoding that does not exist.
        OSError: the file cannot be read.
    """
    name = path.name.lower()
    with path.open("rb") as raw:
        file, size = _plain(raw, name), max(path.stat().st_size, 1)
        rows = (
            _xes(file, path)
            if name.removesuffix(".gz").endswith(".xes")
            else _csv(file, path, encoding)
        )
        for count, row in enumerate(rows, 1):
            yield row
            if count % _ROWS_BETWEEN_REPORTS == 0:
                report(min(raw.tell() / size, 1.0))


def _plain(raw: IO[bytes], name: str) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if name.endswith(".gz") else raw


def _csv(file: IO[bytes], path: Path, encoding: str | None) -> Iterator[Numbered]:
    """Rows by column; the separator is told by the header."""
    # Imported late: it brings DuckDB along, which rehearsals and XES can do without.
    from keyaccount.batch.csv_dialect import find_delimiter, find_encoding

    try:
        chosen, _ = find_encoding(file.read(_HEAD_BYTES), encoding)
        file.seek(0)
        chosen = "utf-8-sig" if chosen == "utf-8" else chosen
        with io.TextIOWrapper(file, chosen, newline="") as text:
            head = text.readline()
            text.seek(0)
            lines = csv.reader(text, delimiter=find_delimiter(head.encode()).decode())
            header = [each.strip() for each in next(lines, [])]
            twice = {each for each in header if each and header.count(each) > 1}
            if twice:
                raise LogError(messages.column_twice(each) for each in sorted(twice))
            for number, cells in enumerate(lines, 2):
                if cells:
                    yield number, dict(zip(header, cells, strict=False))
    except (csv.Error, EOFError, gzip.BadGzipFile, UnicodeError) as error:
        raise LogError([messages.unreadable(str(path), str(error))]) from None


def _xes(file: IO[bytes], path: Path) -> Iterator[Numbered]:
    """Events by attribute; those of the trace under `case:`. Nothing is fetched or expanded."""
    parser = etree.iterparse(
        file,
        events=("end",),
        tag=(_EVENT, _TRACE),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    trace: etree._Element | None = None
    shared: dict[str, str] = {}
    number = 0
    try:
        for _, element in parser:
            parent = element.getparent()
            if etree.QName(element).localname == "event":
                number += 1
                if parent is not trace:
                    trace, shared = parent, _attributes(parent, "case:")
                yield number, {**shared, **_attributes(element, "")}
            _forget(element)
    except etree.XMLSyntaxError as error:
        raise LogError([messages.not_xes(str(path), str(error))]) from None
    except (EOFError, gzip.BadGzipFile) as error:
        raise LogError([messages.unreadable(str(path), str(error))]) from None


def _forget(element: etree._Element) -> None:
    """Let go of an element that has been read, and of what is left of the one before it."""
    element.clear()
    before = element.getprevious()
    if before is not None and before.tag == element.tag:
        element.getparent().remove(before)


def _attributes(element: etree._Element, prefix: str) -> dict[str, str]:
    return {
        prefix + key: value
        for child in element
        if (key := child.get("key")) is not None and (value := child.get("value")) is not None
    }
