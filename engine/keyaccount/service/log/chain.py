"""The hash chain over the log's entries.

Each link covers the link before it, so that no entry can be changed, removed or
moved without all later links changing too. Who keeps one receipt elsewhere can
prove that the log up to it is as it was.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

START = "0" * 64
"""What stands before the first link."""


class Head(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The end of a chain: the number of its last entry, and that link's hash.

    It is also an entry's receipt: the end of the chain when the entry was the last.
    """

    sequence: int = 0
    hash: str = START


class Link(msgspec.Struct, frozen=True, gc=False):
    """What a link covers. `at` is ISO text in UTC; `digest` that of the entry."""

    tenant: str
    sequence: int
    at: str
    policy: str
    version: str
    digest: str


def digest_of(entry: bytes) -> str:
    """What a link covers of an entry, so that its content can be erased without breaking it."""
    return sha256(entry).hexdigest()


def link_hash(previous: str, link: Link) -> str:
    """The hash of a link; an erased entry's digest still stands for it."""
    parts = (
        previous,
        link.tenant,
        str(link.sequence),
        link.at,
        link.policy,
        link.version,
        link.digest,
    )
    return sha256("\n".join(parts).encode()).hexdigest()
