from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from keyaccount.service.access.callers import Role
from keyaccount.service.access.keys import add_key
from keyaccount.service.app import make_app
from keyaccount.service.settings import Settings
from service.desk import POLICIES, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A service with keys, on SQLite, with the shipped policies."""
    database = f"sqlite:///{tmp_path / 'service.db'}"
    app = make_app(Settings(str(POLICIES), database, str(tmp_path)))
    engine: Engine = app.state.service.engine
    keys = {
        (tenant, role): add_key(engine, role, tenant, frozenset({role}), datetime.now(UTC))
        for tenant in ("default", "other")
        for role in Role
    }
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Desk(client, keys, app.state.service)
