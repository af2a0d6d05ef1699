"""Bytes to text: read a file within its limit, decode it, refuse what is no text."""

from __future__ import annotations

import re
from pathlib import Path

from keyaccount.diagnostics import yaml_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError
from keyaccount.diagnostics.suggest import nearest
from keyaccount.source import Source

_BOM = "\ufeff"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""YAML 1.2.2, what is not c-printable."""


def read_source(path: Path, limit: int) -> Source:
    """The text of a file, with the path as its name.

    Args:
        path: of the file.
        limit: in bytes; a larger file is refused before it is read.

    Raises:
        PolicyError: no such file, too large, not UTF-8, control characters.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise PolicyError([messages.file_not_found(str(path), _beside(path))]) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PolicyError([messages.file_unreadable(str(path), reason)]) from None
    if len(data) > limit:
        raise PolicyError([messages.file_too_large(Source(str(path), "").span(0, 0), limit)])
    return decode(data, str(path))


def decode(data: bytes, name: str) -> Source:
    """Text from bytes: UTF-8, with or without a byte order mark.

    Line breaks stay as they are; the mark is no part of the text, so columns
    are those an editor shows.

    Raises:
        PolicyError: not UTF-8, or control characters.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise PolicyError([_not_utf8(data, name, error.start)]) from None
    source = Source(name, text.removeprefix(_BOM))
    refuse_unprintable(source)
    return source


def refuse_unprintable(source: Source) -> None:
    """Raise a PolicyError where the text holds a character that YAML does not allow."""
    found = _UNPRINTABLE.search(source.text)
    if found:
        span = source.span(found.start(), found.end())
        raise PolicyError([messages.control_character(span, found.group())])


def _not_utf8(data: bytes, name: str, offset: int) -> Diagnostic:
    before = data[:offset].decode().removeprefix(_BOM)
    source = Source(name, before + data[offset:].decode(errors="replace"))
    span = source.span(len(before), len(before) + 1)
    return messages.not_utf8(span, data[offset], offset)


def _beside(path: Path) -> str | None:
    if not path.parent.is_dir():
        return None
    name = nearest(path.name, (each.name for each in path.parent.iterdir()))
    return str(path.parent / name) if name else None
