"""Dates and durations of whole days or months."""

from __future__ import annotations

from functools import partial

from sqlglot import exp

from keyaccount.backends.sql.kinds import INTEGER, Date, Days
from keyaccount.backends.sql.session import Refusal, Session
from keyaccount.backends.sql.trees import Sql
from keyaccount.backends.sql.values import Value, strict
from keyaccount.diagnostics import sql_messages as messages
from keyaccount.diagnostics.diagnostic import Text as Words
from keyaccount.feel.values.duration import DaysAndTimeDuration, YearsAndMonthsDuration
from keyaccount.feel.values.time import NANOS_PER_DAY

_PARTS = {"year": "YEAR", "month": "MONTH", "day": "DAY"}
_NO_PART = Words("the engines number it differently", "各引擎的编号方式不同")
_TOO_FAR = Words("it leads out of the years 1 to 9999", "会超出公元 1 至 9999 年")
_MAX_DAYS = 366 * 1000


def days_between(later: Sql, earlier: Sql) -> Sql:
    """The whole days from one date to another."""
    return exp.cast(exp.DateDiff(this=later, expression=earlier, unit=exp.var("DAY")), "BIGINT")


def shifted(session: Session, date: Sql, duration: Value, *, backwards: bool = False) -> Sql:
    """A date some constant days or months on; the month's last day where it is shorter."""
    constant = None if duration.constant is None else duration.constant.value
    match constant:
        case DaysAndTimeDuration(nanos):
            count, unit = nanos // NANOS_PER_DAY, "DAY"
        case YearsAndMonthsDuration(months):
            count, unit = months, "MONTH"
        case _:
            raise TypeError(duration.kind)
    if abs(count) > _MAX_DAYS:
        raise Refusal(partial(messages.not_in_sql, what=str(constant), reason=_TOO_FAR))
    count = -count if backwards else count
    moved = exp.DateAdd(this=date, expression=exp.Literal.number(count), unit=exp.var(unit))
    return session.cast(moved, Date())


def component(session: Session, base: Value, part: str) -> Value:
    """`base.year` and its kin."""
    if isinstance(base.kind, Date) and part in _PARTS:
        taken = exp.Extract(this=exp.var(_PARTS[part]), expression=base.sql)
        return strict(INTEGER, session.cast(taken, INTEGER), (base,))
    if isinstance(base.kind, Days) and part == "days":
        return strict(INTEGER, base.sql, (base,))
    raise Refusal(partial(messages.not_in_sql, what=part, reason=_NO_PART))
