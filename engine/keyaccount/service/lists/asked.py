"""What an upload asks for besides its policy."""

from __future__ import annotations

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """Which decisions, how the file is written, and which column names its rows.

    `decisions` None are all. `encoding` is of a CSV file; None has it found out.
    `reference` is the header of the column by which the log knows the rows.
    """

    decisions: tuple[str, ...] | None = None
    encoding: str | None = None
    reference: str | None = None


_DECODER = msgspec.json.Decoder(Asked)


def asked_of(text: str) -> Asked:
    """As it stands in the database."""
    return _DECODER.decode(text)
