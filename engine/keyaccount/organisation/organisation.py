"""An organisation to ask: who holds a role, who is whose superior, who acts for whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from keyaccount.organisation.people import Deputy, Holding, Person


class Organisation:
    """Never changes. It is dated: what held on a day is answered the same for ever."""

    __slots__ = ("_deputies", "_holders", "deputies", "people", "version")

    def __init__(self, people: Sequence[Person] = (), deputies: Sequence[Deputy] = ()) -> None:
        self.people: Mapping[str, Person] = {each.id: each for each in people}
        self.deputies = tuple(deputies)
        self._deputies: dict[str, list[Deputy]] = {}
        for each in deputies:
            self._deputies.setdefault(each.person, []).append(each)
        self._holders: dict[str, list[tuple[str, Holding]]] = {}
        for person in people:
            for holding in person.roles:
                self._holders.setdefault(holding.role, []).append((person.id, holding))
        self.version = _version(people, deputies)

    def holders(self, role: str, region: str | None, day: date) -> list[str]:
        """Who holds a role on a day, in the file's order.

        Those of the region go before those that hold it everywhere; where there
        is no region to ask for, all do.
        """
        found = [
            (name, each) for name, each in self._holders.get(role, ()) if each.days.covers(day)
        ]
        if region is None:
            return list(dict.fromkeys(name for name, _ in found))
        near = [name for name, each in found if each.region == region]
        far = [name for name, each in found if each.region is None]
        return list(dict.fromkeys(near or far))

    def superiors(self, person: str) -> Iterator[str]:
        """Upwards from a person, not itself; each once, even where a file runs in a circle."""
        seen = {person}
        found = self.people.get(person)
        while found is not None and found.superior is not None and found.superior not in seen:
            seen.add(found.superior)
            yield found.superior
            found = self.people.get(found.superior)

    def deputy_of(self, person: str, day: date) -> str | None:
        """Who acts for a person on a day; None where the person is there."""
        for each in self._deputies.get(person, ()):
            if each.days.covers(day):
                return each.deputy
        return None

    def stand_ins(self, person: str, day: date) -> Iterator[str]:
        """Who may act for a person on a day: the deputy, that one's deputy, and so on."""
        seen = {person}
        current = self.deputy_of(person, day)
        while current is not None and current not in seen:
            seen.add(current)
            yield current
            current = self.deputy_of(current, day)

    def acting(self, person: str, day: date) -> str | None:
        """The person, or who is there in their place; None where all are away in a circle."""
        line = self.line(person, day)
        return line[-1] if line else None

    def line(self, person: str, day: date) -> list[str]:
        """From a person through deputies to who is there; empty where all are away in a circle."""
        found = [person, *self.stand_ins(person, day)]
        return found if self.deputy_of(found[-1], day) is None else []


def _version(people: Sequence[Person], deputies: Sequence[Deputy]) -> str:
    digest = hashlib.sha256()
    for person in people:
        digest.update(repr((person.id, person.name, person.superior, person.roles)).encode())
    for each in deputies:
        digest.update(repr((each.person, each.deputy, each.days)).encode())
    return digest.hexdigest()[:16]


NOBODY = Organisation()
"""No organisation: roles stand for themselves."""
