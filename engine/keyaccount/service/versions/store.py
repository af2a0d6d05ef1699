"""Keep the texts of every version, so that whatever was decided can be decided again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from keyaccount.diagnostics import service_messages as messages
from keyaccount.diagnostics.diagnostic import PolicyError, Severity, Text, UnknownNameError
from keyaccount.formats.yaml.reader import inspect_policies
from keyaccount.policy_set import PolicySet
from keyaccount.service.tables import POLICY_VERSION, SERVING
from keyaccount.storage.engine import POSTGRESQL, reading, writing
from keyaccount.verify.files import check_inspection

Files = Mapping[str, str]
"""Texts by path, relative to the policies' folder."""

_ONLY = 1
_PATH_FORM = Text("a/relative/path.yaml", "相对路径，如 a/b.yaml")


@dataclass(frozen=True, slots=True)
class Serving:
    """Which version answers; which one the folder held last; which one decides in the shadow."""

    version: str
    folder_version: str | None = None
    shadow: str | None = None


def load_checked(folder: Path) -> PolicySet:
    """The policies of a folder, with every check that `keyaccount check` makes.

    Raises:
        PolicyError: with every mistake.
    """
    inspection = inspect_policies(folder)
    found = check_inspection(inspection)
    mistakes = [each for each in found if each.severity is Severity.ERROR]
    if mistakes:
        raise PolicyError(mistakes)
    # What was checked, not what the files hold by now.
    return PolicySet(inspection.policies)


def from_files(files: Files) -> PolicySet:
    """The policies of some texts, checked.

    Raises:
        PolicyError: with every mistake; also where a path leads out of the folder.
    """
    with _folder_of(files) as folder:
        return load_checked(folder)


@contextmanager
def _folder_of(files: Files) -> Iterator[Path]:
    with TemporaryDirectory(prefix="keyaccount-version-") as name:
        folder = Path(name)
        for path, text in files.items():
            target = folder / _inside(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        yield folder


def _inside(path: str) -> PurePosixPath:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\x00" in path or not parts.parts:
        raise PolicyError([messages.bad_parameter("files", path, _PATH_FORM)])
    return parts


def files_of(policies: PolicySet) -> Files:
    """The texts that a set of policies was read from; what comes with the package is left out."""
    folder = min(Path(each.span.source.name).parent for each in policies.policies.values())
    paths = {os.path.relpath(each.name, folder): each.text for each in policies.sources}
    return {path: text for path, text in paths.items() if not path.startswith(os.pardir)}


def store(connection: Connection, policies: PolicySet, now: datetime) -> None:
    """Keep a version; what is there already stays."""
    dialect = postgresql if connection.dialect.name == POSTGRESQL else sqlite
    files = json.dumps(files_of(policies), ensure_ascii=False, sort_keys=True)
    row = {"version": policies.version, "stored_at": now, "files": files}
    connection.execute(dialect.insert(POLICY_VERSION).values(row).on_conflict_do_nothing())


def load(engine: Engine, version: str) -> PolicySet:
    """A stored version.

    Raises:
        UnknownNameError: no such version is stored.
        PolicyError: its texts were changed since.
    """
    files = None
    if version.isalnum():  # a hash; PostgreSQL would stumble over what is none
        with reading(engine) as connection:
            query = select(POLICY_VERSION.c.files).where(POLICY_VERSION.c.version == version)
            files = connection.execute(query).scalar_one_or_none()
    if files is None:
        known = [name for name, _ in stored(engine)]
        raise UnknownNameError([messages.unknown_version(version, known)])
    # It was checked when it was stored; by stricter checks of today it must decide all the same.
    with _folder_of(json.loads(files)) as folder:
        policies = PolicySet.load(folder)
    # Tables that come with the package may be newer by now; its own texts are those of the version.
    complete = len(files_of(policies)) == len(policies.sources)
    if complete and policies.version != version:
        raise PolicyError([messages.version_changed(version)])
    policies.version = version
    return policies


def stored(engine: Engine) -> list[tuple[str, datetime]]:
    """All versions kept, with the time of their storing, the newest first."""
    query = select(POLICY_VERSION.c.version, POLICY_VERSION.c.stored_at)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(POLICY_VERSION.c.stored_at.desc()))
        return [(each.version, each.stored_at) for each in rows]


def serving(engine: Engine) -> Serving | None:
    """What serves; None where nothing ever did."""
    query = select(SERVING.c.version, SERVING.c.folder_version, SERVING.c.shadow)
    with reading(engine) as connection:
        found = connection.execute(query).one_or_none()
    return None if found is None else Serving(*found)


def serve(engine: Engine, changed: Serving, now: datetime, new: PolicySet | None = None) -> None:
    """Change what serves, for all workers; a new version is stored in the same transaction."""
    with writing(engine) as connection:
        if new is not None:
            store(connection, new, now)
        values = {
            "version": changed.version,
            "folder_version": changed.folder_version,
            "shadow": changed.shadow,
            "changed_at": now,
        }
        found = connection.execute(update(SERVING).values(values))
        if not found.rowcount:
            connection.execute(insert(SERVING).values(id=_ONLY, **values))
