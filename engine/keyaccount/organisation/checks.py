"""What can be wrong with an organisation as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keyaccount.diagnostics import organisation_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.organisation.people import Deputy, Person


def check(people: Sequence[Person], deputies: Sequence[Deputy]) -> Iterator[Diagnostic]:
    """People named that are not there, superiors in a circle, deputies of themselves.

    Deputies in a circle are no mistake: people go on holiday together.
    """
    known: dict[str, Person] = {}
    for person in people:
        if person.id in known:
            yield messages.duplicate_person(person.span, person.id)
        known.setdefault(person.id, person)
    for person in people:
        if person.superior is not None and person.superior not in known:
            yield messages.unknown_person(person.span, person.superior, known)
    yield from _circles(known)
    for each in deputies:
        for name in (each.person, each.deputy):
            if name not in known:
                yield messages.unknown_person(each.span, name, known)
        if each.person == each.deputy:
            yield messages.own_deputy(each.span, each.person)
        if each.days.since and each.days.through and each.days.through < each.days.since:
            yield messages.backward_days(each.span, each.days.since, each.days.through)


def _circles(people: dict[str, Person]) -> Iterator[Diagnostic]:
    done: set[str] = set()
    for start in people:
        path: dict[str, None] = {}
        current: str | None = start
        while current is not None and current in people and current not in done:
            if current in path:
                names = list(path)
                circle = names[names.index(current) :]
                yield messages.circle(people[circle[-1]].span, (*circle, current))
                break
            path[current] = None
            current = people[current].superior
        done.update(path)
