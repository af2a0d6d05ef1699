"""The cases of the TCK, where it is at hand: what passes by directory never goes down."""

from __future__ import annotations

import pytest

from conformance import tck

pytestmark = pytest.mark.skipif(
    not tck.RUNNER.is_file(), reason=f"the TCK is not at {tck.FOLDER}; set DMN_TCK_DIR"
)


@pytest.mark.parametrize("backend", tck.BACKENDS)
def test_as_many_cases_pass_as_ever(backend: str) -> None:
    passed = tck.passed(backend)
    present = set(map(tck.directory, tck.cases(backend)))
    fewer = {
        each["directory"]: (passed[each["directory"]], int(each[backend]))
        for each in tck.committed()
        if each["directory"] in present and passed[each["directory"]] < int(each[backend])
    }
    assert not fewer


def test_both_backends_give_the_same_on_every_case() -> None:
    reference, python = (
        {
            (tck.directory(each), each["file"], each["id"], each["index"]): each["nodes"]
            for each in tck.cases(backend)
        }
        for backend in tck.BACKENDS
    )
    assert reference == python


def test_the_table_says_that_all_cases_pass() -> None:
    short = [each["directory"] for each in tck.committed() if each["cases"] != each["reference"]]
    assert not short
