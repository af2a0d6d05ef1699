"""DMN to YAML to DMN, on the TCK's models where they are at hand."""

from __future__ import annotations

import pytest

from conformance import round_trip, tck

pytestmark = pytest.mark.skipif(
    not tck.RUNNER.is_file(), reason=f"the TCK is not at {tck.FOLDER}; set DMN_TCK_DIR"
)


def test_what_is_carried_gives_the_same_answers() -> None:
    loosened = {
        (model.partition("/")[0], element)
        for model, element, reason in round_trip.not_carried()
        if reason == round_trip.LOOSENED
    }
    wrong = [
        (case["dir"], case["id"], node)
        for case in round_trip.cases()
        for node in case["nodes"]
        if node["outcome"] != "passed"
        and round_trip.NOT_CARRIED_VALUE not in node.get("actual", "")
        and not node["reason"].startswith("unsupported: service")
        and (case["dir"], node["name"]) not in loosened
    ]
    assert not wrong


def test_what_is_not_carried_is_listed_with_its_reason() -> None:
    found = round_trip.not_carried()
    present = {path.parent.name for path in round_trip.models()}
    listed = {each for each in round_trip.committed() if each[0].partition("/")[0] in present}
    assert found == listed


def test_more_than_half_of_the_cases_are_carried() -> None:
    passed = sum(case["outcome"] == "passed" for case in round_trip.cases())
    assert passed > len(round_trip.cases()) / 2
