"""Find the file that holds a table: beside the policy, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from keyaccount.diagnostics import format_messages as messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.yaml.fields import Reading
from keyaccount.formats.yaml.files import read_source
from keyaccount.formats.yaml.nodes import ScalarNode
from keyaccount.source import Source

_ELSEWHERE = re.compile(r"^/|[\\:\x00-\x1f]")
"""In a name that is no plain relative path on every system."""


def csv_source(node: ScalarNode, reading: Reading) -> Source | None:
    """The text of the file that a table names; None where it cannot be had, which is reported."""
    if reading.beside:
        return _along(node, reading)
    if reading.folder is None:
        reading.report(messages.table_needs_folder(node.span))
        return None
    path = _inside(reading.folder, node.value)
    if path is None:
        reading.report(messages.table_unreachable(node.span, node.value))
        return None
    if not path.is_file():
        beside = sorted(each.name for each in reading.folder.glob("*.csv"))
        reading.report(messages.table_not_found(node.span, node.value, beside))
        return None
    try:
        return read_source(path, reading.limits.yaml_bytes)
    except PolicyError as error:
        reading.diagnostics.extend(error.diagnostics)
        return None


def _along(node: ScalarNode, reading: Reading) -> Source | None:
    """One of the texts that come along; its name can be that of a file beside the policy."""
    name = node.value
    if ".." in PurePosixPath(name).parts or _ELSEWHERE.search(name):
        reading.report(messages.table_unreachable(node.span, name))
    elif name not in reading.beside:
        reading.report(messages.table_not_found(node.span, name, sorted(reading.beside)))
    else:
        return Source(name, reading.beside[name])
    return None


def _inside(folder: Path, name: str) -> Path | None:
    """The path, where it stays in the folder even when links are followed."""
    path = folder / name
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        return None
    return path if inside else None
