"""Standard streams: always UTF-8, quiet when the reader goes away."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from keyaccount.result import to_json


def use_utf8() -> None:
    """Whatever the locale says: policies, facts and answers are UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def print_json(value: object) -> None:
    """To standard output, for programs; numbers exact."""
    sys.stdout.write(to_json(value, indent=2) + "\n")


def read_bytes(place: str) -> bytes:
    """The bytes of a file, or of standard input for `-`."""
    if place == "-":
        return sys.stdin.buffer.read()
    return Path(place).read_bytes()


def flushed() -> bool:
    """Whether all output reached its reader, who may have gone away."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        drop_broken_pipe()
        return False
    return True


def drop_broken_pipe() -> None:
    """Let nothing more be written, not even by the interpreter's last flush.

    Source: https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
