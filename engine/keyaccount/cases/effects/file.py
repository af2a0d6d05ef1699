"""Files: one a effect, named by its key and whole or not there at all."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from keyaccount.cases.effects.failure import EffectError
from keyaccount.cases.outbox import Errand
from keyaccount.result.json_text import to_json

_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Folder:
    """Writes each effect as JSON into a folder, for other programs to fetch."""

    path: Path

    def __call__(self, errand: Errand) -> None:
        """Write it; a second time changes nothing. Raises EffectError."""
        name = file_name(errand.key)
        text = to_json(
            {
                "key": errand.key,
                "case": errand.case_id,
                "kind": errand.kind,
                "ordered_at": errand.created_at.isoformat(),
                "data": errand.data,
            },
            indent=2,
        )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            part = self.path / f".{name}.{os.getpid()}.part"
            part.write_text(text + "\n", encoding="utf-8")
            part.replace(self.path / name)
        except OSError as error:
            raise EffectError(str(error)) from error


def file_name(key: str) -> str:
    """A name that any file system takes, readable, and different for every key."""
    readable = _UNSAFE.sub("_", key).strip("._")[:80]
    return f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"
