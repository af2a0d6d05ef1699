"""Calendars for tests, read from YAML as an author writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import indent
from zoneinfo import ZoneInfo

from keyaccount.deadlines import Timekeeper
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.source import Source

OFFICE = """\
office:
  time_zone: Asia/Shanghai
  hours: {2004-01-01: {monday to friday: ["09:00-12:00", "13:30-18:00"]}}
  holidays: china
"""


def timekeeper(calendars: str) -> Timekeeper:
    text = f"policy: p\ncalendars:\n{indent(calendars, '  ')}decisions: {{d: {{value: 1}}}}\n"
    return Timekeeper(read_policy(Source("p.yaml", text)).calendars)


def local(text: str, zone: str = "Asia/Shanghai", fold: int = 0) -> datetime:
    """`2026-02-13 17:00` on the wall of a zone, as a moment in UTC."""
    shown = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return shown.astimezone(UTC)
