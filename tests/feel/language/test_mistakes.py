"""What is said of text that is no FEEL, and where."""

from __future__ import annotations

import re

import pytest

from feel.language.trees import cases, parse, parse_tests
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression
from keyaccount.source import Fragment, Source

CASES = cases("mistakes.yaml")
DECLARED = ("monthly tonnes", "a", "b", "x")


def refused(case):
    read = parse_tests if case.get("cell") else parse
    with pytest.raises(PolicyError) as raised:
        read(case["text"], Scope(case.get("names", DECLARED)))
    return raised.value.diagnostics


def place(diagnostic):
    return "{}:{}".format(*diagnostic.span.position)


@pytest.mark.parametrize("case", CASES, ids=[each["name"] for each in CASES])
def test_mistake(case):
    found = refused(case)
    assert {each.code for each in found} == {case["code"]}
    assert [place(each) for each in found] == case["at"]
    assert [each.span.text for each in found] == case["spans"]
    assert case.get("help", "") in (found[0].help.en if found[0].help else "")


@pytest.mark.parametrize("case", CASES, ids=[each["name"] for each in CASES])
def test_words_are_in_both_languages_and_in_house_style(case):
    for diagnostic in refused(case):
        for text in filter(None, (diagnostic.message, diagnostic.help)):
            assert re.search("[\u4e00-\u9fff]", text.zh)
            assert not re.search("[\u4e00-\u9fff]", re.sub("`[^`]*`", "", text.en))
            assert not text.en[0].isupper()
            assert text.en[-1] not in ".!"
            assert text.zh[-1] not in "。！"


def test_the_help_names_the_place_in_the_author_s_file():
    text = "decisions:\n  d: {value: '(a + b'}\n"
    source = Source("p.yaml", text)
    start = text.index("(a")
    from_file = source_part(source, start, start + 6)
    with pytest.raises(PolicyError) as raised:
        parse_fragment(from_file)
    (found,) = raised.value.diagnostics
    assert place(found) == "2:21"
    assert "line 2, column 15" in found.help.en


def source_part(source, start, end):
    from_start = range(start, end + 1)
    return Fragment(source.text[start:end], source, from_start)


def parse_fragment(fragment):
    return parse_expression(fragment, Scope(DECLARED))
