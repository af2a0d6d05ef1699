"""What an organisation is made of. Ranges of dates hold their first and their last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from keyaccount.source import Span


@dataclass(frozen=True, slots=True)
class Days:
    """From a day through another, both included; None is open."""

    since: date | None = None
    through: date | None = None

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.through is None or day <= self.through
        )


ALWAYS = Days()


@dataclass(frozen=True, slots=True)
class Holding:
    """A role that a person holds. `region` None: everywhere."""

    role: str
    region: str | None = None
    days: Days = ALWAYS


@dataclass(frozen=True, slots=True)
class Person:
    """A person by id. `superior` is the id of whom they report to."""

    id: str
    name: str
    superior: str | None = None
    roles: tuple[Holding, ...] = ()
    email: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who acts for a person that is away in these days."""

    person: str
    deputy: str
    days: Days
    span: Span | None = None
