"""What a worker and the process that writes its log tell each other, over a pair of pipes.

Each message is its length in four bytes, and its MessagePack.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

import msgspec

from keyaccount.service.log.chain import Head

_LENGTH = Struct("<I")
_encode = msgspec.msgpack.Encoder().encode


class Address(msgspec.Struct, frozen=True):
    """Where the log is: what the database's driver connects with. The first message."""

    backend: str
    arguments: dict[str, str | int]


class Answer(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """To so many entries, in the order they came: their receipts, or what kind of error it was."""

    entries: int
    receipts: list[Head]
    error: str | None = None


def framed(message: object) -> bytes:
    """A message as it goes over a pipe."""
    data = _encode(message)
    return _LENGTH.pack(len(data)) + data


class Messages:
    """Cuts what arrives into messages."""

    def __init__(self) -> None:
        self._arrived = bytearray()

    def whole(self, data: bytes) -> Iterator[bytes]:
        """The messages that are whole now that `data` has arrived, without their lengths."""
        arrived = self._arrived
        arrived += data
        start = 0
        while len(arrived) >= start + _LENGTH.size:
            (length,) = _LENGTH.unpack_from(arrived, start)
            end = start + _LENGTH.size + length
            if len(arrived) < end:
                break
            yield bytes(arrived[start + _LENGTH.size : end])
            start = end
        del arrived[:start]
