"""What tests of the service share: requests with the right key."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from starlette.testclient import TestClient

from keyaccount.facts.json_reader import loads
from keyaccount.service.access.callers import Role
from keyaccount.service.service import Service

POLICIES = Path(__file__).parents[2] / "policies"

# Most tests need no more, and a service of all policies takes half a second to start.
_FOLDER = TemporaryDirectory(prefix="keyaccount-two-policies-")
TWO_POLICIES = Path(_FOLDER.name)
for _name in ("classification.yaml", "credit.yaml"):
    shutil.copy(POLICIES / _name, TWO_POLICIES)

ANY: dict[str, Any] = {}


@dataclass(frozen=True)
class Desk:
    """A client and its keys by tenant and role."""

    client: TestClient
    keys: dict[tuple[str, Role], str]
    service: Service

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: Role = Role.DECIDE,
        tenant: str = "default",
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.keys[tenant, role]}", **(headers or {})}
        content: bytes | None = None
        if isinstance(body, bytes):
            content = body
        elif body is not None:
            content = json.dumps(body).encode()
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        return self.client.request(method, path, content=content, headers=sent)

    def decide(self, policy: str, facts: dict[str, object], **more: object) -> httpx.Response:
        return self.ask("POST", f"/v1/decisions/{policy}", {"facts": facts, **more})


def exact(response: httpx.Response) -> Any:
    """The JSON of an answer, every number exact."""
    return loads(response.text)


def codes(response: httpx.Response) -> list[str]:
    return [each["code"] for each in response.json()["errors"]]
