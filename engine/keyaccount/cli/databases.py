"""The options that name the service's database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from keyaccount.cli.command import Decorator, option
from keyaccount.storage.engine import open_engine
from keyaccount.storage.migration import migrate

DATABASE_VARIABLE = "KEYACCOUNT_DATABASE"
_FOLDER = Path("keyaccount-data")


def with_database() -> Decorator[Any]:
    """`--database`."""
    return option(
        "--database",
        envvar=DATABASE_VARIABLE,
        show_envvar=True,
        metavar="URL",
        en="postgresql://USER@HOST/NAME or sqlite:///FILE; without it SQLite in ./keyaccount-data.",
        zh="postgresql://USER@HOST/NAME 或 sqlite:///FILE；不给时用 ./keyaccount-data 中的 SQLite",
    )


def database_url(given: str | None) -> str:
    """The database named, or the embedded one, whose folder is made where it is missing."""
    if given is not None:
        return given
    _FOLDER.mkdir(mode=0o700, exist_ok=True)
    return f"sqlite:///{_FOLDER / 'service.db'}"


def opened(given: str | None) -> Engine:
    """The database, brought up to date.

    Raises:
        StorageError: it cannot be reached, or is newer than this program.
    """
    engine = open_engine(database_url(given))
    migrate(engine)
    return engine
