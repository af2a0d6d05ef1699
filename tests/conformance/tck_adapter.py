"""keyaccount behind the contract of the TCK's runner (its docstring)."""

from __future__ import annotations

import datetime
from pathlib import Path

from keyaccount.decision_model import Backend, DecisionModel
from keyaccount.feel.values.date import Date, date_from_text, date_text
from keyaccount.feel.values.date_and_time import DateAndTime, date_and_time_from_text
from keyaccount.feel.values.duration import (
    DaysAndTimeDuration,
    YearsAndMonthsDuration,
    days_duration_text,
    duration_from_text,
    make_months_duration,
    months_duration_text,
)
from keyaccount.feel.values.time import Time, offset_text, time_from_text

_FROM_TEXT = {
    "date": date_from_text,
    "time": time_from_text,
    "dateTime": date_and_time_from_text,
    "duration": duration_from_text,
}


class Model:
    """One model under test."""

    def __init__(self, model: DecisionModel) -> None:
        self._model = model

    def evaluate(self, kind: str, name: str, inputs: dict[str, object]) -> object:
        now = datetime.datetime.now(datetime.UTC)
        spaces = getattr(inputs, "namespaces", {})
        if kind == "decision":
            given = {
                self._model.fact_name(key, spaces.get(key)): _feel(value)
                for key, value in inputs.items()
            }
            return self._model.decide(name, given, now.date(), now)
        arguments = {key: _feel(value) for key, value in inputs.items()}
        return self._model.invoke(name, arguments, now.date(), now)

    def to_tck(self, value: object) -> object:
        match value:
            case Date():
                return _Lexical("date", date_text(value))
            case Time():
                return _Lexical("time", _clock(value))
            case DateAndTime():
                return _Lexical("dateTime", f"{date_text(value.date)}T{_moment_clock(value)}")
            case DaysAndTimeDuration():
                return _Lexical("duration", days_duration_text(value))
            case YearsAndMonthsDuration():
                return _Lexical("duration", months_duration_text(value))
            case list():
                return [self.to_tck(each) for each in value]
            case dict():
                return {key: self.to_tck(each) for key, each in value.items()}
            case _:
                return value


class _Lexical:
    """A value by the lexical form of XML Schema, as the runner takes it."""

    def __init__(self, kind: str, text: str) -> None:
        self._form = (kind, text)

    def __tck__(self) -> tuple[str, str]:
        return self._form

    def __repr__(self) -> str:
        return "{}({})".format(*self._form)


def _clock(time: Time) -> str:
    return _with_offset(time, time.offset_seconds)


def _moment_clock(moment: DateAndTime) -> str:
    return _with_offset(moment.time, moment.offset_seconds)


def _with_offset(time: Time, offset: int | None) -> str:
    fraction = f".{time.nanosecond:09}" if time.nanosecond else ""
    clock = f"{time.hour:02}:{time.minute:02}:{time.second:02}{fraction}"
    return clock + ("" if offset is None else offset_text(offset))


def _feel(value: object) -> object:
    """The runner's value as FEEL's or Python's."""
    if type(value).__name__ == "Lexical":
        return _FROM_TEXT[value.type](value.text)  # type: ignore[attr-defined]
    if type(value).__name__ == "YearMonthDuration":
        return make_months_duration(value.total_months)  # type: ignore[attr-defined]
    if isinstance(value, list):
        return [_feel(each) for each in value]
    if isinstance(value, dict):
        return {key: _feel(each) for key, each in value.items()}
    return value


def _load(path: str, others: list[str], backend: Backend) -> Model:
    return Model(DecisionModel.load(Path(path), list(map(Path, others)), backend=backend))


def factory(path: str, others: list[str]) -> Model:
    """On the reference interpreter."""
    return _load(path, others, "reference")


def factory_python(path: str, others: list[str]) -> Model:
    """On the Python backend."""
    return _load(path, others, "python")
