"""One log in the shapes that process-mining tools write: each gives the same deadlines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

import pytest

from cases.replay.waits import Rule, business, waits
from keyaccount.cli.main import run

ZONE = ZoneInfo("Europe/Amsterdam")
POLICY = """
policy: queue
time_zone: Europe/Amsterdam
calendars: {desk: {hours: {2013-01-01: {monday to friday: ["08:00-12:00", "13:00-17:30"]}}}}
plans:
  incident:
    steps:
      take:
        opened by: geöffnet
        limit: {business: PT8H, calendar: desk}
        completed by: {übernommen: event.level >= 2}
        cancelled by: zurückgezogen
"""
Event = tuple[str, str, datetime, str]
Written = tuple[bytes, str, tuple[str, ...]]
"""A file's content, its name, and the options that say how it is written."""


def log() -> list[Event]:
    dice = Random(3)  # noqa: S311 # not for secrets
    found: list[Event] = []
    for number in range(40):
        at = datetime(2014, 1, 6, tzinfo=ZONE) + timedelta(seconds=dice.randrange(40 * 86_400))
        for name in ("geöffnet", "Rückfrage", "übernommen", "übernommen"):
            found.append((f"IM {number:04}", name, at, str(dice.randrange(1, 4))))
            at += timedelta(seconds=dice.choice((0, 1, dice.randrange(5 * 86_400))))
        if number % 5 == 0:
            found.append((f"IM {number:04}", "zurückgezogen", at, "1"))
    return found


def table(
    separator: str, instant: str, encoding: str = "utf-8", *, disorder: bool = False
) -> bytes:
    rows = [(case, name, at.strftime(instant), level) for case, name, at, level in log()]
    if disorder:
        # Of one instant they are heard as the log has them, so these keep their order.
        rows.sort(key=lambda each: Random(each[0] + each[2]).random())  # noqa: S311 # no secrets
    lines = ["Case ID,Activity,Complete Timestamp,Level", *map(",".join, rows)]
    return "\r\n".join(lines).replace(",", separator).encode(encoding)


MAPPED = tuple(
    part
    for each in (
        *("case=Case ID", "event=Activity", "time=Complete Timestamp"),
        "level=Level",
    )
    for part in ("--map", each)
)


def as_formats(*formats: str) -> tuple[str, ...]:
    return (*MAPPED, *(part for each in formats for part in ("--time-format", each)))


def xes() -> bytes:
    traces = []
    for case in dict.fromkeys(each[0] for each in log()):
        events = "".join(
            "<event>"
            f'<string key="org:resource" value="someone"><string key="nested" value="x"/></string>'
            f'<string key="concept:name" value={quoteattr(name)}/>'
            f'<int key="level" value="{level}"/>'
            f'<string key="lifecycle:transition" value="complete"/>'
            f'<date key="time:timestamp" value="{at.isoformat(timespec="milliseconds")}"/></event>'
            for of, name, at, level in log()
            if of == case
        )
        traces.append(f'<trace><string key="concept:name" value="{case}"/>{events}</trace>')
    head = (
        '<log xes.version="1.0" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">'
        '<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>'
        '<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>'
        '<classifier name="Activity" keys="concept:name lifecycle:transition"/>'
        '<string key="concept:name" value="incidents"/>'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{"".join(traces)}</log>'.encode()


XES_MAPPED = ("--map", "level=level")
DAY_FIRST = "%d/%m/%Y %H:%M:%S"
SHAPES: dict[str, Callable[[], Written]] = {
    "XES": lambda: (xes(), "log.xes", XES_MAPPED),
    "XES compressed": lambda: (gzip.compress(xes()), "log.XES.gz", XES_MAPPED),
    "ISO with offsets": lambda: (table(",", "%Y-%m-%dT%H:%M:%S%z"), "log.csv", MAPPED),
    "ISO without": lambda: (table(",", "%Y-%m-%d %H:%M:%S"), "log.csv", MAPPED),
    "compressed, in disorder": lambda: (
        gzip.compress(table(",", "%Y-%m-%d %H:%M:%S", disorder=True)),
        "log.csv.gz",
        MAPPED,
    ),
    "slashes, milliseconds": lambda: (table("\t", "%Y/%m/%d %H:%M:%S.000"), "log.tsv", MAPPED),
    "semicolons, days first": lambda: (table(";", DAY_FIRST), "log.csv", as_formats(DAY_FIRST)),
    "with a mark of UTF-8": lambda: (
        table(";", DAY_FIRST, "utf-8-sig"),
        "log.csv",
        as_formats("%d/%m/%Y", DAY_FIRST),
    ),
    "UTF-16": lambda: (table("\t", DAY_FIRST, "utf-16"), "log.txt", as_formats(DAY_FIRST)),
    "Latin": lambda: (
        table(";", DAY_FIRST, "latin-1"),
        "log.csv",
        (*as_formats(DAY_FIRST), "--encoding", "latin-1"),
    ),
    "half days": lambda: (
        table(",", "%m/%d/%Y %I:%M:%S %p"),
        "log.csv",
        as_formats("%m/%d/%Y %I:%M:%S %p"),
    ),
    "date and time apart": lambda: (
        table(";", "%Y-%m-%d;%H:%M:%S").replace(b"Complete Timestamp", b"Date;Time"),
        "log.csv",
        tuple(each.replace("Complete Timestamp", "Date+Time") for each in MAPPED),
    ),
}


def expected() -> dict[str, tuple[str, str]]:
    """As the oracle has it; it knows no levels, and hears only what counts."""
    rule = Rule("", business(timedelta(hours=8)))
    names = {"geöffnet": "open", "übernommen": "close", "zurückgezogen": "drop"}
    end = max(at for _, _, at, _ in log()).astimezone(UTC)
    found = {}
    for case in dict.fromkeys(each[0] for each in log()):
        events = [
            (names[name], at.astimezone(UTC))
            for of, name, at, level in log()
            if of == case and name in names and (name != "übernommen" or int(level) >= 2)
        ]
        (_, due, _, fate), *_ = waits(rule, events, end)
        found[case] = (due.isoformat(), fate)
    return found


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policies")
    (folder / "queue.yaml").write_text(POLICY, encoding="utf-8")
    return folder


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_deadlines(shape, capfd, tmp_path, policies) -> None:
    content, name, options = SHAPES[shape]()
    path = tmp_path / name
    path.write_bytes(content)
    code = run(
        ["case", "replay", str(path), "--policies", str(policies), "--format", "json", *options]
    )
    out = capfd.readouterr().out
    assert code == 0, out
    found = json.loads(out)
    told = {each["case"]: (each["due"], each["fate"]) for each in found["deadlines"]}
    assert told == expected()
