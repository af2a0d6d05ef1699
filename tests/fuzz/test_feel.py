"""Whatever the FEEL and the facts: both interpreters give the same, a value or words."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.tck import FOLDER
from fuzz.expressions import CELLS, FACTS, VALUES, anything, changed
from fuzz.feel_model import cell, decision, is_refusal, outcomes, writable
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression, parse_unary_tests
from keyaccount.formats.dmn_xml import read_definitions
from keyaccount.source import Fragment, Source

POLICIES = Path(__file__).parents[2] / "policies"
EXAMPLES = int(os.environ.get("KEYACCOUNT_FUZZ_EXAMPLES", "60"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
facts = st.fixed_dictionaries({}, optional=dict.fromkeys(FACTS, VALUES))


def agree(xml, given_facts):
    found = outcomes(xml, given_facts)
    # Only how far each comes before a limit may differ.
    if not any(map(is_refusal, found.values())):
        assert found["reference"] == found["python"]


@fuzzed
@given(text=anything(3), given_facts=facts)
def test_expressions(text, given_facts):
    agree(decision(text, FACTS), given_facts)


@fuzzed
@given(text=CELLS, value=VALUES)
def test_cells(text, value):
    agree(cell(text), {"a": value})


@fuzzed
@given(text=changed(anything(2)).map(writable), given_facts=facts)
def test_changed_expressions(text, given_facts):
    agree(decision(text, FACTS), given_facts)


def _texts_of_models():
    for path in sorted(FOLDER.glob("TestCases/*/*/*.dmn")):
        source = read_definitions(path).span.source
        for part in source.text.split("<text>")[1:]:
            yield part.partition("</text>")[0].replace("&lt;", "<").replace("&gt;", ">")


def _texts_of_policies():
    for path in sorted(POLICIES.rglob("*.yaml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield line.strip(" -").rpartition(": ")[2]


@pytest.fixture(scope="module")
def texts():
    found = [*_texts_of_models(), *_texts_of_policies()]
    return sorted({each for each in found if 0 < len(each) < 500})


@fuzzed
@given(data=st.data())
def test_changed_texts_of_models_and_policies(texts, data):
    text = writable(data.draw(changed(st.sampled_from(texts))))
    given_facts = data.draw(facts)
    agree(decision(text, FACTS), given_facts)
    agree(cell(text), {"a": given_facts.get("a")})


@pytest.mark.parametrize("read", [parse_expression, parse_unary_tests])
@fuzzed
@given(raw=st.binary(max_size=80))
def test_bytes(read, raw):
    for text in (
        raw.decode("utf-8", "replace"),
        raw.decode("latin-1"),
        raw.decode("utf-16", "replace"),
    ):
        with suppress(PolicyError):
            read(Fragment.whole(text), Scope(FACTS))


@fuzzed
@given(raw=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_bytes_as_models(raw):
    for text in (raw.decode("utf-8", "replace"), decision("1") + raw.decode("latin-1")):
        with suppress(PolicyError):
            read_definitions(Source("m.dmn", text))
