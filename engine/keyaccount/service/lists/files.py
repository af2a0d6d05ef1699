"""The files of jobs: a folder each, under the service's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from keyaccount.service.lists import jobs
from keyaccount.service.lists.jobs import State

_FORGOTTEN = timedelta(hours=1)
"""So long an upload may take until its folder without a job is taken for one left by a crash."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where a job's list, its results and its rejects are."""

    folder: Path
    list: Path
    result: Path
    rejects: Path


def files(data: Path, id_: str, ending: str) -> Files:
    """The files of a job whose list has this ending, such as `.csv`."""
    folder = _lists(data) / id_
    return Files(
        folder, folder / f"list{ending}", folder / f"result{ending}", folder / "rejects.csv"
    )


def remove(data: Path, id_: str) -> None:
    """Remove all files of a job, if there are any."""
    shutil.rmtree(_lists(data) / id_, ignore_errors=True)


def sweep(engine: Engine, data: Path, keep: timedelta, now: datetime) -> int:
    """Remove the files of jobs that ended long ago, and what a crash has left.

    Args:
        engine: of the database.
        data: the service's folder.
        keep: for how long the files of an ended job are kept.
        now: the instant.

    Returns:
        of how many jobs files were removed.
    """
    jobs.remove_old(engine, now - keep, now)
    there = dict(_folders(data))
    states = jobs.states(engine, list(there))
    forgotten = (now - _FORGOTTEN).timestamp()
    gone = [
        id_
        for id_, at in there.items()
        if states.get(id_) == State.REMOVED or (id_ not in states and at < forgotten)
    ]
    for id_ in gone:
        remove(data, id_)
    return len(gone)


def _folders(data: Path) -> Iterator[tuple[str, float]]:
    """The jobs' folders, with the time of their last change."""
    lists = _lists(data)
    if not lists.is_dir():
        return
    for folder in lists.iterdir():
        try:
            times = [folder.stat().st_mtime, *(each.stat().st_mtime for each in folder.iterdir())]
        except OSError:  # gone, or no folder
            continue
        yield folder.name, max(times)


def _lists(data: Path) -> Path:
    return data / "lists"
