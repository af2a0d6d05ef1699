"""Figures of a comparison, told at the end of the run; and the processes that share the work."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor

import pytest

FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def processes() -> Iterator[Executor]:
    """A process for each processor; started afresh, as DuckDB's threads don't survive a fork."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context) as executor:
        yield executor


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> list[str]:
    """Lines for the end of the run."""
    return pytestconfig.stash.setdefault(FIGURES, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = terminalreporter.config.stash.get(FIGURES, [])
    if lines:
        terminalreporter.section("differential")
        terminalreporter.write_line("\n".join(lines))
