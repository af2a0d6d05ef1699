"""The policies that this worker serves now, and how they change under way.

Two things change them: new files in the folder, and what the table of versions
says, which is one for all workers. A request holds the set it began with to its
end, so that a change drops nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine

from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError
from keyaccount.policy_set import PolicySet
from keyaccount.service.versions import store
from keyaccount.service.versions.store import Serving

_LOG = logging.getLogger("keyaccount.service")
_MOST_KEPT = 16
_Print = tuple[tuple[str, int, int], ...]


class Current:
    """Holds the version that serves, the shadow, and some that requests pinned.

    `refresh` may run on any thread; where two do at once, one waits for the other,
    or it might put back what the other changed. Everything else reads attributes
    that change in one step.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._seen: _Print = ()
        self._pinned: dict[str, PolicySet] = {}
        self._refreshing = Lock()
        self.broken: tuple[Diagnostic, ...] = ()
        self.shadow: PolicySet | None = None
        self.policies = self._first()

    def refresh(self) -> bool:
        """Take up what changed in the folder or in the table; whether anything did."""
        with self._refreshing:
            before = self._state()
            self._look_at_folder()
            self._follow_table()
            return before != self._state()

    def _state(self) -> tuple[object, ...]:
        return (self.policies.version, self.shadow and self.shadow.version, self.broken)

    def version(self, wanted: str | None) -> PolicySet:
        """The policies of a pinned version; those serving where none is.

        Raises:
            UnknownNameError: no such version is stored.
        """
        current = self.policies
        if wanted is None or wanted == current.version:
            return current
        found = self._pinned.get(wanted)
        if found is None:
            found = self._keep(store.load(self._engine, wanted))
        return found

    def holds(self, wanted: str | None) -> bool:
        """Whether `version` answers at once, without loading."""
        return wanted is None or wanted == self.policies.version or wanted in self._pinned

    def _keep(self, policies: PolicySet) -> PolicySet:
        warm(policies)
        while len(self._pinned) >= _MOST_KEPT:
            self._pinned.pop(next(iter(self._pinned)), None)
        self._pinned[policies.version] = policies
        return policies

    def _first(self) -> PolicySet:
        """What serves from the start: the table's version, or the folder's where it is newer.

        Raises:
            PolicyError: the folder is broken, and nothing served before.
        """
        known = store.serving(self._engine)
        self._seen = _fingerprint(self._folder)
        try:
            found = store.load_checked(self._folder)
        except PolicyError as error:
            if known is None:
                raise
            self._refuse(error)
            return warm(store.load(self._engine, known.version))
        if known is not None and known.folder_version == found.version:
            return warm(store.load(self._engine, known.version))
        self._take_up(found, known)
        return warm(found)

    def _look_at_folder(self) -> None:
        seen = _fingerprint(self._folder)
        if seen == self._seen:
            return
        try:
            found = store.load_checked(self._folder)
        except PolicyError as error:
            self._seen = seen
            self._refuse(error)
            return
        if _fingerprint(self._folder) != seen:
            return  # still being written: look again next time
        self._seen = seen
        self.broken = ()
        known = store.serving(self._engine)
        if known is None or known.folder_version != found.version:
            warm(found)
            self._take_up(found, known)

    def _take_up(self, found: PolicySet, known: Serving | None) -> None:
        shadow = known.shadow if known else None
        changed = Serving(found.version, found.version, shadow)
        store.serve(self._engine, changed, datetime.now(UTC), found)
        self._pinned[found.version] = found
        _LOG.info("policies of version %s serve from now on", found.version)

    def _refuse(self, error: PolicyError) -> None:
        self.broken = error.diagnostics
        for each in error.diagnostics:
            _LOG.error(
                "new policies refused: %s%s [%s]", place_of(each), each.message.en, each.code
            )

    def _follow_table(self) -> None:
        known = store.serving(self._engine)
        if known is None:
            return
        if known.version != self.policies.version:
            self.policies = self.version(known.version)
        if known.shadow is None or known.shadow == known.version:
            self.shadow = None
        elif self.shadow is None or self.shadow.version != known.shadow:
            self.shadow = self.version(known.shadow)


def warm(policies: PolicySet) -> PolicySet:
    """The policies, compiled for today: the first request need not wait for it."""
    for name in policies.policies:
        try:
            policies.decide(name, {})
        except PolicyError:
            _LOG.warning("policy %s is not in force today", name)
    return policies


def place_of(diagnostic: Diagnostic) -> str:
    """File, line and column, with a colon behind each; nothing where there are none."""
    if diagnostic.span is None:
        return ""
    line, column = diagnostic.span.position
    return f"{diagnostic.span.source.name}:{line}:{column}: "


def _fingerprint(folder: Path) -> _Print:
    """What changes when any file of the folder does, without reading them."""
    return tuple(sorted(_files(folder)))


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    if not folder.is_dir():
        return
    for path in folder.rglob("*"):
        try:
            found = path.stat()
        except OSError:  # gone again since it was listed
            continue
        yield str(path), found.st_mtime_ns, found.st_size
