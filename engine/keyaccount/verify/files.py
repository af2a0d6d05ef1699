"""Check policy files as an author has them: reading, meaning, whole tables, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, in_order
from keyaccount.formats.yaml.reader import read_policies, read_policy_file
from keyaccount.ir.lowering import lower
from keyaccount.model.policy import Policy
from keyaccount.verify.program import verify


def check(paths: Iterable[Path]) -> tuple[Diagnostic, ...]:
    """Everything wrong or doubtful in policies, in the order of files and places.

    Args:
        paths: folders, each a set of policies that may refer to each other, and
            files, which together are one more set.
    """
    found: list[Diagnostic] = []
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(_check_folder(path))
        else:
            files.append(path)
    if files:
        found.extend(_check_files(files))
    return in_order(found)


def _check_folder(folder: Path) -> tuple[Diagnostic, ...]:
    try:
        policies = read_policies(folder)
    except PolicyError as error:
        return error.diagnostics
    return _check_policies(policies)
