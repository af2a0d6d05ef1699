"""A timeline as a page of its own: HTML with a drawing, nothing fetched, no scripts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape

from keyaccount.cases.timeline import Row, Timeline
from keyaccount.cli.case_options import local
from keyaccount.diagnostics.diagnostic import Language, Text

_LEFT = 260
_WIDTH = 820
_RIGHT = 24
_LINE = 34
_TOP = 44
_MOST_TICKS = 8
_STEPS_OF_TICKS = (
    *(timedelta(hours=each) for each in (1, 2, 4, 6, 12)),
    *(timedelta(days=each) for each in (1, 2, 7, 14, 30, 90, 180, 365)),
)

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC",
  "Microsoft YaHei", sans-serif; margin: 2rem auto; max-width: 1120px; padding: 0 1rem; }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; } p { margin: 0 0 1.25rem; opacity: .75; }
svg { width: 100%; height: auto; display: block; } text { font: inherit; fill: currentColor; }
.small { font-size: 12px; opacity: .7; } .grid { stroke: currentColor; opacity: .15; }
.row:nth-child(even) rect.lane { fill: currentColor; opacity: .04; } rect.lane { fill: none; }
.ok { fill: #2a7f62; } .late { fill: #b3382c; } .open { opacity: .55; }
.now { stroke: currentColor; opacity: .5; stroke-dasharray: 3 3; }
.due { fill: none; stroke: currentColor; stroke-width: 1.6; }
.mark { fill: #b98a14; } .overdue { fill: #b3382c; } .approved { fill: #2a7f62; }
.rejected { fill: #b3382c; }
ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; }
li { font-size: 13px; } li svg { width: 14px; height: 14px; display: inline-block;
  vertical-align: -2px; margin-right: .35rem; }
"""

_KINDS = {
    "overdue": Text("overdue", "超时"),
    "reminded": Text("reminded", "提醒"),
    "approved": Text("approved", "批准"),
    "rejected": Text("rejected", "否决"),
    "returned": Text("returned for correction", "退回修改"),
    "resubmitted": Text("resubmitted", "重新提交"),
    "paused": Text("paused", "暂停"),
    "resumed": Text("resumed", "恢复"),
}


def page(
    title: str, subtitle: str, picture: Timeline, titles: Mapping[str, str], language: Language
) -> str:
    """The whole page."""
    height = _TOP + _LINE * len(picture.rows) + 12
    width = _LEFT + _WIDTH + _RIGHT
    rows = "".join(
        _row(row, number, picture, titles, language) for number, row in enumerate(picture.rows)
    )
    return (
        f'<!doctype html><html lang="{language.value}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><p>{escape(subtitle)}</p>"
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f"{_ticks(picture, height)}{rows}{_now(picture, height, language)}</svg>"
        f"{_legend(language)}</body></html>\n"
    )


def _x(moment: datetime, picture: Timeline) -> float:
    whole = (picture.until - picture.since).total_seconds() or 1
    share = (moment - picture.since).total_seconds() / whole
    return round(_LEFT + _WIDTH * min(1.0, max(0.0, share)), 1)


def _ticks(picture: Timeline, height: int) -> str:
    span = picture.until - picture.since
    step = next((each for each in _STEPS_OF_TICKS if span / each <= _MOST_TICKS), span / 6)
    drawn = []
    moment = picture.since
    while moment <= picture.until and step:
        x = _x(moment, picture)
        if x < _LEFT + _WIDTH - 60 or moment == picture.since:
            drawn.append(
                f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP - 10}" y2="{height - 8}"/>'
                f'<text class="small" x="{x}" y="{_TOP - 18}">{escape(local(moment))}</text>'
            )
        moment += step
    return "".join(drawn)


def _now(picture: Timeline, height: int, language: Language) -> str:
    """A line where time stands."""
    x = _x(picture.now, picture)
    words = f"{Text('now', '现在').in_language(language)}, {local(picture.now)}"
    return (
        f'<line class="now" x1="{x}" x2="{x}" y1="{_TOP - 10}" y2="{height - 8}">'
        f"<title>{escape(words)}</title></line>"
    )


def _row(
    row: Row, number: int, picture: Timeline, titles: Mapping[str, str], language: Language
) -> str:
    y = _TOP + number * _LINE
    name = titles.get(row.step, row.step) + (f" · {row.round}" if row.round > 1 else "")
    shown = name if len(name) <= 28 else name[:27] + "…"
    told = f"{name}: {local(row.since)} – {local(row.until) if row.until else '…'}"
    marks = "".join(_mark(each.at, each.kind, y, picture, language) for each in row.marks)
    return (
        f'<g class="row"><title>{escape(told)}</title>'
        f'<rect class="lane" x="0" y="{y}" width="{_LEFT + _WIDTH + _RIGHT}" height="{_LINE}"/>'
        f'<text x="0" y="{y + 16}">{escape(shown)}</text>'
        f'<text class="small" x="0" y="{y + 30}">{escape(row.owner or "")}</text>'
        f"{_bars(row, y, picture)}{_due(row, y, picture)}{marks}</g>"
    )


def _bars(row: Row, y: int, picture: Timeline) -> str:
    begin, end = row.since, row.until or picture.now
    still = "" if row.until else " open"
    if row.due is None or end <= row.due:
        return _bar(begin, end, y, picture, "ok" + still)
    middle = max(begin, row.due)
    first = _bar(begin, middle, y, picture, "ok" + still)
    return first + _bar(middle, end, y, picture, "late" + still)


def _bar(begin: datetime, end: datetime, y: int, picture: Timeline, kind: str) -> str:
    x = _x(begin, picture)
    width = max(2.0, round(_x(end, picture) - x, 1))
    return f'<rect class="{kind}" x="{x}" y="{y + 12}" width="{width}" height="10" rx="2"/>'


def _due(row: Row, y: int, picture: Timeline) -> str:
    if row.due is None:
        return ""
    return f"<g>{_diamond(_x(row.due, picture), y + 17)}</g>"


def _diamond(x: float, y: float) -> str:
    return f'<path class="due" d="M{x} {y - 9}l7 9l-7 9l-7 -9z"/>'


def _mark(moment: datetime, kind: str, y: int, picture: Timeline, language: Language) -> str:
    words = f"{_KINDS[kind].in_language(language)}, {local(moment)}"
    x = _x(moment, picture)
    return (
        f'<circle class="mark {kind}" cx="{x}" cy="{y + 17}" r="4">'
        f"<title>{escape(words)}</title></circle>"
    )


def _legend(language: Language) -> str:
    def sample(shape: str, words: Text) -> str:
        drawn = f'<svg viewBox="0 0 14 14" aria-hidden="true">{shape}</svg>'
        return f"<li>{drawn}{escape(words.in_language(language))}</li>"

    box = '<rect class="{}" x="0" y="3" width="14" height="8" rx="2"/>'
    dot = '<circle class="mark {}" cx="7" cy="7" r="4.5"/>'
    samples = [
        sample(box.format("ok"), Text("in time", "按时")),
        sample(box.format("late"), Text("late", "超时")),
        sample('<path class="due" d="M7 1l6 6l-6 6l-6 -6z"/>', Text("due", "到期")),
        sample(dot.format("overdue"), Text("fell overdue", "到期未完成")),
        sample(dot.format("approved"), _KINDS["approved"]),
        sample(dot.format(""), Text("reminder, return, pause", "提醒、退回、暂停")),
        sample('<line class="now" x1="7" x2="7" y1="0" y2="14"/>', Text("now", "现在")),
    ]
    return f"<ul>{''.join(samples)}</ul>"
