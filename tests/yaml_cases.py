"""Semantic cases: policies with what is given and expected, many to a file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ruamel.yaml import YAML

from keyaccount.formats.yaml.policy_tests_reader import read_policy_tests
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.ir import core
from keyaccount.ir.lowering import lower
from keyaccount.model.policy_tests import PolicyTests
from keyaccount.source import Source


@dataclass(frozen=True)
class Group:
    about: str
    program: core.Program
    tests: PolicyTests


def program_of(text: str, name: str = "policy.yaml") -> core.Program:
    """The program of one policy's text."""
    policy = read_policy(Source(name, text))
    return lower({policy.name.text: policy})


def load(folder: Path) -> list[Group]:
    """Every group of every file of a folder."""
    return [each for path in sorted(folder.glob("*.yaml")) for each in _groups(path)]


def _groups(path: Path) -> list[Group]:
    text = path.read_text(encoding="utf8")
    lines = text.splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if line.startswith("- about:")] + [len(lines)]
    groups = []
    for first, last in pairwise(starts):
        part = "".join(lines[first:last])
        data = YAML(typ="safe", pure=True).load(part)[0]
        # The cases are read by our own reader, which keeps every number exact.
        cases = part[part.index("  cases:\n") :].replace("\n  ", "\n").removeprefix("  ")
        tests = read_policy_tests(Source(path.name, "policy: p\n" + cases))
        groups.append(Group(f"{path.stem}: {data['about']}", program_of(data["policy"]), tests))
    return groups
