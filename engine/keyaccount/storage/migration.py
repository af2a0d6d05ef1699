"""Bring a database's tables up to date, by alembic's scripts: one folder a face.

Each folder of `migrations/versions/` is a line of versions of its own. The program
that opens a database brings it up to date: there is no step to forget.
"""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from keyaccount.diagnostics import storage_messages as messages
from keyaccount.storage.engine import POSTGRESQL, StorageError, writing

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_LOCK_KEY = 0x6B657961
"""The advisory lock on PostgreSQL under which one program migrates and the others wait."""
_in_process = threading.Lock()
"""Alembic's `op` is one for the whole process."""


def migrate(engine: Engine) -> None:
    """Bring all tables to the newest version, in one transaction.

    Raises:
        StorageError: the database was made by a newer keyaccount, or cannot be reached.
    """
    with _in_process, writing(engine) as connection:
        if connection.dialect.name == POSTGRESQL:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        try:
            command.upgrade(_config(connection), "heads")
        except CommandError as error:
            shown = engine.url.render_as_string(hide_password=True)
            raise StorageError([messages.newer_database(shown)]) from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("recursive_version_locations", "true")
    config.attributes["connection"] = connection
    return config
