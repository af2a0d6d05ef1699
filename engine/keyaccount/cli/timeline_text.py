"""A timeline in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from rich.table import Table
from rich.text import Text as Styled

from keyaccount.cases.timeline import Row, Timeline
from keyaccount.cli.case_options import local
from keyaccount.diagnostics.diagnostic import Language, Text

WIDEST, NARROWEST = 48, 16
BESIDE = 64
"""What the words beside the bars take of a terminal's width, in characters."""

_SIGNS = {
    "overdue": "!",
    "reminded": "r",
    "approved": "a",
    "rejected": "x",
    "returned": "<",
    "resubmitted": ">",
    "paused": "[",
    "resumed": "]",
}

LEGEND = Text(
    "━ in time  ═ late  ◇ due  ! overdue  r reminded  a approved  x rejected  "
    "< returned  > resubmitted  [ ] pause",
    "━ 按时  ═ 超时  ◇ 到期  ! 超时  r 提醒  a 批准  x 否决  < 退回  > 重新提交  [ ] 暂停",
)


def as_table(
    picture: Timeline, titles: Mapping[str, str], language: Language, columns: int
) -> Table:
    """A row a round: the bar of time, then when it began and ended.

    Args:
        picture: what is drawn.
        titles: the steps', by name.
        language: of the headings.
        columns: how wide the terminal is, in characters.
    """
    width = min(WIDEST, max(NARROWEST, columns - BESIDE))
    table = Table(box=None, pad_edge=False)
    table.add_column(Text("step", "环节").in_language(language))
    table.add_column(Text("whose", "责任人").in_language(language))
    span = f"{local(picture.since)} … {local(picture.until)}"
    table.add_column(span, min_width=width, max_width=width)
    table.add_column(Text("from, until", "起止").in_language(language))
    for row in picture.rows:
        name = titles.get(row.step, row.step) + (f" {row.round}" if row.round > 1 else "")
        until = local(row.until) if row.until else "…"
        table.add_row(
            name, row.owner or "", _bar(row, picture, width), f"{local(row.since)}, {until}"
        )
    return table


def _bar(row: Row, picture: Timeline, width: int) -> Styled:
    cells = [" "] * width
    styles = [""] * width
    begin, end = (_place(each, picture, width) for each in (row.since, row.until or picture.now))
    late_from = None if row.due is None else _place(row.due, picture, width)
    is_late = row.due is not None and (row.until or picture.now) > row.due
    for at in range(begin, end + 1):
        late = is_late and late_from is not None and at > late_from
        cells[at], styles[at] = ("═", "red") if late else ("━", "green")
    if late_from is not None:
        cells[late_from], styles[late_from] = "◇", "bold"
    for mark in row.marks:
        at = _place(mark.at, picture, width)
        cells[at], styles[at] = _SIGNS[mark.kind], "bold red" if mark.kind == "overdue" else "bold"
    shown = Styled()
    for cell, style in zip(cells, styles, strict=True):
        shown.append(cell, style)
    return shown


def _place(moment: datetime, picture: Timeline, width: int) -> int:
    whole = (picture.until - picture.since).total_seconds() or 1
    share = (moment - picture.since).total_seconds() / whole
    return min(width - 1, max(0, round(share * (width - 1))))
