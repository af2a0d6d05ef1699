"""Deadlines: limits and instants by the clock, by the calendar, by business time. Pure."""

from keyaccount.deadlines.due import Pause, Timekeeper
from keyaccount.deadlines.limits import BusinessDays, BusinessTime, CalendarDays, Elapsed, Limit
from keyaccount.deadlines.working_time import CalendarError, WorkingTime

__all__ = [
    "BusinessDays",
    "BusinessTime",
    "CalendarDays",
    "CalendarError",
    "Elapsed",
    "Limit",
    "Pause",
    "Timekeeper",
    "WorkingTime",
]
