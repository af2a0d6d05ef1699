"""What the log keeps of one decision, and its form in bytes."""

from __future__ import annotations

import msgspec
from msgspec.json import encode

MASKED = {"masked": True}
"""What stands in the log for the value of a sensitive fact."""


class Entry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A decision to be logged; `text` is JSON. `shadow` is set where a candidate differs."""

    tenant: str
    at: str
    policy: str
    version: str
    reference: str | None
    text: bytes
    shadow: Shadow | None = None


class Shadow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How a candidate version would have decided otherwise; `differences` is JSON."""

    version: str
    differences: bytes


def entry_of(
    tenant: str,
    at: str,
    policy: str,
    version: str,
    tail: bytes,
    caller: str,
    facts: bytes,
    reference: str | None,
    wanted: list[str] | None,
    shadow: Shadow | None,
) -> Entry:
    """An entry.

    Args:
        tail: the answer's JSON object: policy, version, `as_of`, decisions.
        facts: JSON as it was given, what is sensitive masked already.
        caller: who asked.
        wanted: the decisions asked for, None for all.
    """
    head = b'{"at":"%b","caller":%b,' % (at.encode(), encode(caller))
    if reference is not None:
        head += b'"reference":%b,' % encode(reference)
    if wanted is not None:
        head += b'"wanted":%b,' % encode(wanted)
    text = b'%b"facts":%b,%b' % (head, facts, tail[1:])
    return Entry(tenant, at, policy, version, reference, text, shadow)
