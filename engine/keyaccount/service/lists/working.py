"""Do a job: every row decided and logged like any other case, then the list written."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from keyaccount.batch import Resources, Summary, run_batch
from keyaccount.batch.rows import FactRow, FactRows, open_rows
from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, FactError, KeyaccountError, Text
from keyaccount.policy_set import PolicySet
from keyaccount.service.access.callers import Caller
from keyaccount.service.answers import encode, plain
from keyaccount.service.bodies import Question
from keyaccount.service.deciding import decide
from keyaccount.service.lists import jobs
from keyaccount.service.lists.asked import Asked, asked_of
from keyaccount.service.lists.files import Files, files
from keyaccount.service.lists.files import remove as remove_files
from keyaccount.service.lists.jobs import Job, Logged, LostJobError
from keyaccount.service.log.entry import Entry
from keyaccount.service.log.store import append_within
from keyaccount.storage.engine import StorageError, writing

_LOG = logging.getLogger("keyaccount.service")
_TOGETHER = 250
"""Rows that are logged in one transaction, so that single cases never wait long for their turn."""
_REST = 0.25
"""A list rests so long after each group, in parts of the time that it took: others go first."""
_BEAT_SECONDS = 1.0
_LOGGING = 0.8
"""The share of the work that is logging; the rest is writing the list."""
_FILE_PART = 1 << 20
_LONGEST_REFERENCE = 200
# Lists must not take the cores away from single cases.
_RESOURCES = Resources(threads=1)


class _StoppedError(Exception):
    """The service is stopping."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where jobs are done, when to stop, how many rows a list may have."""

    engine: Engine
    data: Path
    version: Callable[[str], PolicySet]
    stopping: Callable[[], bool]
    most_rows: int


def run_next(desk: Desk) -> bool:
    """Take one job and do it; False where none waits.

    Raises:
        StorageError: the database cannot be reached; the job is taken up again later.
        SQLAlchemyError: likewise.
    """
    held = jobs.claim(desk.engine, datetime.now(UTC))
    if held is None:
        return False
    if jobs.has_failed_too_often(held):
        jobs.fail(desk.engine, held, [messages.job_given_up(held.id)], datetime.now(UTC))
        return True
    try:
        _do(desk, held)
    except _StoppedError:
        jobs.put_back(desk.engine, held)
        return False
    except LostJobError:
        _LOG.warning("job %s was taken from this worker", held.id)
    except (SQLAlchemyError, StorageError):
        raise
    except KeyaccountError as error:
        folder = files(desk.data, held.id, held.ending).folder
        told = [_without_folder(each, folder) for each in error.diagnostics]
        jobs.fail(desk.engine, held, told, datetime.now(UTC))
    except Exception:  # noqa: BLE001 -- the last resort: else it would be tried for ever
        _LOG.error("job %s broke", held.id, exc_info=True)
        jobs.fail(desk.engine, held, [messages.internal_error(held.id)], datetime.now(UTC))
    _clear_away_removed(desk, held)
    return True


def _without_folder(diagnostic: Diagnostic, folder: Path) -> Diagnostic:
    """The uploader knows the list, but need not know where it lies here."""
    place = f"{folder}{os.sep}"
    message = Text(
        diagnostic.message.en.replace(place, ""), diagnostic.message.zh.replace(place, "")
    )
    return replace(diagnostic, message=message)


def _clear_away_removed(desk: Desk, held: Job) -> None:
    """Whoever removed the job while it ran may have left files that came after."""
    if jobs.states(desk.engine, [held.id]).get(held.id) == jobs.State.REMOVED:
        remove_files(desk.data, held.id)


def _do(desk: Desk, held: Job) -> None:
    policies = desk.version(held.version)
    place = files(desk.data, held.id, held.ending)
    asked = asked_of(held.asked)
    tell = _telling(desk, held)
    logged = _log_rows(desk, policies, held, asked, place, lambda s: tell(s * _LOGGING))
    summary = run_batch(
        policies,
        held.policy,
        place.list,
        place.result,
        decisions=asked.decisions,
        as_of=date.fromisoformat(held.as_of),
        encoding=asked.encoding,
        rejects=place.rejects,
        resources=_RESOURCES,
        progress=lambda share: tell(_LOGGING + share * (1 - _LOGGING)),
    )
    if summary.rows_out != logged.rows:
        # INVARIANT: what is written is what was logged, though two backends decided.
        raise FactError([messages.list_disagrees(summary.rows_out, logged.rows)])
    _finish(desk.engine, held, summary, logged, place)


def _telling(desk: Desk, held: Job) -> Callable[[float], None]:
    """Tells the database how far the job is, not too often; raises where it is to stop."""
    last = 0.0

    def tell(share: float) -> None:
        nonlocal last
        if desk.stopping():
            raise _StoppedError
        if monotonic() - last >= _BEAT_SECONDS:
            last = monotonic()
            jobs.beat(desk.engine, held, share, datetime.now(UTC))

    return tell


def _log_rows(
    desk: Desk,
    policies: PolicySet,
    held: Job,
    asked: Asked,
    place: Files,
    tell: Callable[[float], None],
) -> Logged:
    """Decide each row as a case of its own, and log it. A row that gives no case is left out.

    What an earlier attempt logged is not logged again: each group of entries is
    committed together with the number of its last row.
    """
    logged = held.logged
    with open_rows(
        policies,
        held.policy,
        place.list,
        place.folder,
        decisions=asked.decisions,
        as_of=date.fromisoformat(held.as_of),
        encoding=asked.encoding,
        keep=asked.reference,
    ) as rows:
        if rows.count > desk.most_rows:
            raise FactError([messages.too_many_rows(rows.count, desk.most_rows)])
        for some in _groups(rows, logged.seen):
            tell(some[-1].number / rows.count)
            began = monotonic()
            now = datetime.now(UTC)
            made = [_entry(policies, held, asked, each, now) for each in some]
            entries = [each for each in made if each is not None]
            with writing(desk.engine) as connection:
                receipts = append_within(connection, entries) if entries else []
                numbers = [each.sequence for each in receipts]
                logged = logged.behind(some[-1].number, numbers)
                jobs.note_logged(connection, held, logged)
            sleep((monotonic() - began) * _REST)
    return logged


def _groups(rows: FactRows, seen: int) -> Iterator[list[FactRow]]:
    rest = (each for each in rows if each.number > seen)
    while some := list(islice(rest, _TOGETHER)):
        yield some


def _entry(
    policies: PolicySet, held: Job, asked: Asked, row: FactRow, now: datetime
) -> Entry | None:
    given = row.facts()
    if given is None:
        return None
    facts = {name: plain(value) for name, value in given.items()}
    question = Question(
        facts,
        encode(facts),
        as_of=date.fromisoformat(held.as_of),
        decisions=None if asked.decisions is None else list(asked.decisions),
        reference=_reference(held, row),
    )
    caller = Caller(held.caller, held.tenant, frozenset())
    try:
        return decide(policies, held.policy, question, now, caller).entry
    except FactError:  # a value that is not allowed: the list's rejects say so
        return None


def _reference(held: Job, row: FactRow) -> str:
    """What the row is found by: its own name, or else the job and the line."""
    name = (row.kept or "").strip()
    if 0 < len(name) <= _LONGEST_REFERENCE and name.isprintable():
        return name
    return f"{held.id}:{row.line}"


def _finish(engine: Engine, held: Job, summary: Summary, logged: Logged, place: Files) -> None:
    """The job is done as an entry of its own says which files were read and written."""
    now = datetime.now(UTC)
    counts = {
        "rows_in": summary.rows_in,
        "rows_out": summary.rows_out,
        "rows_rejected": summary.rows_rejected,
        "first_entry": logged.first_entry,
        "last_entry": logged.last_entry,
    }
    content = {
        "at": now.isoformat(timespec="microseconds"),
        "caller": held.caller,
        "reference": held.id,
        "wanted": [],
        "facts": {},
        "list": counts
        | {"list_sha256": _digest(place.list), "result_sha256": _digest(place.result)},
        "policy": held.policy,
        "version": held.version,
        "as_of": held.as_of,
        "decisions": {},
    }
    text = encode(content)
    at = str(content["at"])
    entry = Entry(held.tenant, at, held.policy, held.version, held.id, text)
    with writing(engine) as connection:
        [receipt] = append_within(connection, [entry])
        told = counts | {"version": held.version, "as_of": held.as_of, "entry": receipt.sequence}
        jobs.end(connection, held, told, now)


def _digest(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while part := file.read(_FILE_PART):
            found.update(part)
    return found.hexdigest()
