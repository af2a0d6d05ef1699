"""Check policy files as an author has them: reading, meaning, whole tables, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from keyaccount.diagnostics.diagnostic import Diagnostic, Severity, in_order
from keyaccount.formats.yaml.reader import (
    Inspection,
    inspect_policies,
    inspect_policy,
    inspections_together,
)
from keyaccount.ir.lowering import lower_as_far
from keyaccount.verify.program import verify


def check(paths: Iterable[Path]) -> tuple[Diagnostic, ...]:
    """Everything wrong or doubtful in policies, in the order of files and places.

    Args:
        paths: folders, each a set of policies that may refer to each other, and
            files, which together are one more set.
    """
    folders: list[Path] = []
    files: list[Path] = []
    for path in paths:
        (folders if path.is_dir() else files).append(path)
    found: list[Diagnostic] = []
    for folder in folders:
        found.extend(check_inspection(inspect_policies(folder)))
    if files:
        found.extend(check_inspection(inspections_together(map(inspect_policy, files))))
    return in_order(found)


def check_inspection(inspection: Inspection) -> list[Diagnostic]:
    """What reading one set of policies found, and what the readable rest shows."""
    program, problems = lower_as_far(inspection.policies, inspection.unread)
    found = [*inspection.diagnostics, *problems]
    has_mistakes = any(each.severity is Severity.ERROR for each in found)
    return [*found, *verify(program, complete=not has_mistakes)]
