"""China's holidays as the chinesecalendar library has them; run, it writes `china.csv` anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from chinese_calendar import constants

from keyaccount.formats import holiday_tables

FILE = Path(holiday_tables.__file__).parent / "china.csv"


def table() -> str:
    """The whole table as CSV, in order of date."""
    return "".join(f"{line}\n" for line in ("date,day,name", *_lines()))


def _lines() -> Iterator[str]:
    holidays: dict[date, str] = constants.holidays
    make_up: dict[date, str] = constants.workdays
    for day in sorted(holidays.keys() | make_up.keys()):
        kind = "holiday" if day in holidays else "working day"
        yield f"{day},{kind},{holidays.get(day) or make_up[day]}"


if __name__ == "__main__":
    FILE.write_text(table(), encoding="utf-8")
