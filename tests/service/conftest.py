from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from keyaccount.service.access.callers import Role
from keyaccount.service.access.keys import add_key
from keyaccount.service.app import make_app
from keyaccount.service.settings import Settings
from service.desk import TWO_POLICIES, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A service with keys, on SQLite, with two of the shipped policies."""
    with opened(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One for all tests of a module that leave nothing behind that others see."""
    with opened(tmp_path_factory.mktemp("service")) as found:
        yield found


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    database = f"sqlite:///{folder / 'service.db'}"
    app = make_app(Settings(str(TWO_POLICIES), database, str(folder)))
    engine: Engine = app.service.engine
    keys = {
        (tenant, role): add_key(engine, role, tenant, frozenset({role}), datetime.now(UTC))
        for tenant in ("default", "other")
        for role in Role
    }
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Desk(client, keys, app.service)
