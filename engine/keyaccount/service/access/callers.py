"""Who asks: a key or a token, its tenant, its roles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from keyaccount.service.settings import DEFAULT_TENANT


class Role(StrEnum):
    """What a key may do; none includes another."""

    DECIDE = "decide"
    READ_LOG = "read-log"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose key was found good.

    `name` stands in the log. `rate` is in decisions a second, None without limit.
    """

    name: str
    tenant: str
    roles: frozenset[Role]
    rate: float | None = None


LOCAL = Caller("local", DEFAULT_TENANT, frozenset(Role))
"""Everybody, where the service runs without keys on loopback."""
