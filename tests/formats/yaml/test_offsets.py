"""Every character of a scalar's value knows its place in the file, whatever the style."""

from __future__ import annotations

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.yaml.composer import Composition
from keyaccount.formats.yaml.events import events
from keyaccount.formats.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from keyaccount.limits import DEFAULT_LIMITS
from keyaccount.source import Fragment, Source


def scalars(text: str, pure: bool = False) -> list[ScalarNode]:
    """All scalars of a YAML text in order, keys included."""
    source = Source("test.yaml", text)
    composition = Composition(source, DEFAULT_LIMITS)
    composition.read(events(source, pure))
    found: list[ScalarNode] = []

    def walk(node: object) -> None:
        match node:
            case MappingNode(entries=entries):
                for key, value in entries.values():
                    found.append(key)
                    walk(value)
            case SequenceNode(items=items):
                for item in items:
                    walk(item)
            case ScalarNode():
                found.append(node)

    walk(composition.root)
    return found


def value_of(text: str) -> Fragment:
    """The fragment of the value in a text of one key."""
    return scalars(text)[1].fragment


def marked(fragment: Fragment, word: str) -> str:
    """`line:column` where a word of a fragment's text begins in the file."""
    start = fragment.text.index(word)
    line, column = fragment.span(start, start + len(word)).position
    return f"{line}:{column}"


PLACES = [
    ("plain", "a: x + needle\n", "x + needle", "1:8"),
    ("plain over lines", "a: x +\n   y and\n   needle\n", "x + y and needle", "3:4"),
    ("plain over an empty line", "a: x\n\n   needle\n", "x\nneedle", "3:4"),
    ("plain in a flow mapping", "{a: needle , b: 1}\n", "needle", "1:5"),
    ("single quotes", "a: 'x needle'\n", "x needle", "1:7"),
    ("single quotes with a doubled one", "a: 'it''s needle'\n", "it's needle", "1:11"),
    ("single quotes over lines", "a: 'x\n\n\n   needle'\n", "x\n\nneedle", "4:4"),
    ("double quotes", 'a: "x needle"\n', "x needle", "1:7"),
    ("double quotes with escaped quotes", 'a: "\\"x\\" needle"\n', '"x" needle', "1:11"),
    ("double quotes with a line break escape", 'a: "x\\nneedle"\n', "x\nneedle", "1:8"),
    ("double quotes with a hexadecimal escape", 'a: "\\x41 needle"\n', "A needle", "1:10"),
    ("double quotes with a Unicode escape", 'a: "\\u6708 needle"\n', "月 needle", "1:12"),
    ("double quotes with a long escape", 'a: "\\U0001F600 needle"\n', "😀 needle", "1:16"),
    ("double quotes over lines", 'a: "x\n  needle"\n', "x needle", "2:3"),
    ("double quotes with an escaped line end", 'a: "x\\\n  needle"\n', "xneedle", "2:3"),
    ("an escaped line end and an empty line", 'a: "x\\\n\n  needle"\n', "x\nneedle", "3:3"),
    ("literal block", "a: |\n  x\n  needle\n", "x\nneedle\n", "3:3"),
    ("literal block, deeper lines", "a: |\n  x\n    needle\n", "x\n  needle\n", "3:5"),
    ("literal block, stripped", "a: |-\n  x\n  needle\n", "x\nneedle", "3:3"),
    ("literal block, all line ends kept", "a: |+\n  needle\n\n\n", "needle\n\n\n", "2:3"),
    ("literal block, indentation given", "a: |2\n   x\n  needle\n", " x\nneedle\n", "3:3"),
    ("both indicators, one way", "a: |2-\n   x\n  needle\n", " x\nneedle", "3:3"),
    ("both indicators, the other way", "a: |-2\n   x\n  needle\n", " x\nneedle", "3:3"),
    ("block with a comment behind", "a: | # why\n  needle\n", "needle\n", "2:3"),
    ("block with empty lines first", "a: |\n\n\n  needle\n", "\n\nneedle\n", "4:3"),
    ("folded block", "a: >\n  x\n  y needle\n", "x y needle\n", "3:5"),
    ("folded block with an empty line", "a: >\n  x\n\n  needle\n", "x\nneedle\n", "4:3"),
    ("folded block with deeper lines", "a: >\n  x\n    y\n  needle\n", "x\n  y\nneedle\n", "4:3"),
    ("folded block, stripped", "a: >-\n  x\n  needle\n\n", "x needle", "3:3"),
    ("folded block at the end without a line end", "a: >\n  x\n  needle", "x needle", "3:3"),
    ("Chinese before it", "月用量: '大客户 needle'\n", "大客户 needle", "1:11"),
    ("an anchor before it", "a: &mark 'x needle'\n", "x needle", "1:13"),
    ("an anchor and a tag before a block", "a: &mark !!str |\n  needle\n", "needle\n", "2:3"),
    ("carriage returns, plain", "a: x\r\n   needle\r\n", "x needle", "2:4"),
    ("carriage returns, literal", "a: |\r\n  x\r\n  needle\r\n", "x\nneedle\n", "3:3"),
    ("carriage returns, quoted", 'a: "x\r\n\r\n  needle"\r\n', "x\nneedle", "3:3"),
]


@pytest.mark.parametrize(
    ("text", "value", "place"), [each[1:] for each in PLACES], ids=[each[0] for each in PLACES]
)
@pytest.mark.parametrize("pure", [False, True], ids=["C", "Python"])
def test_a_word_is_found_in_its_line_and_column(
    text: str, value: str, place: str, pure: bool
) -> None:
    fragment = scalars(text, pure)[1].fragment
    assert fragment.text == value
    assert marked(fragment, "needle") == place


def test_a_block_in_a_nested_list_with_its_indentation_given() -> None:
    fragment = scalars("a:\n- b: |1\n    x\n   needle\n")[-1].fragment
    assert fragment.text == " x\nneedle\n"
    assert marked(fragment, "needle") == "4:4"


def test_text_that_stands_as_it_is_has_a_range_for_offsets() -> None:
    assert value_of("a: x > 1\n").offsets == range(3, 9)
    assert value_of("a: 'x > 1'\n").offsets == range(4, 10)


def test_the_end_of_an_escaped_text_closes_its_last_character() -> None:
    fragment = value_of("a: 'it''s'\n")
    assert fragment.span().text == "it''s"
    assert list(fragment.offsets) == [4, 5, 6, 8, 9]


def test_a_part_of_a_folded_text_keeps_its_places() -> None:
    fragment = value_of("a: >\n  one\n  two three\n")
    part = fragment.part(4, 7)
    assert part.text == "two"
    assert part.span().position == (3, 3)


def test_numbers_keep_their_text() -> None:
    assert value_of("a: 5000000.10\n").text == "5000000.10"
    assert value_of("a: 1.20E3\n").text == "1.20E3"


def test_yaml_spellings_of_true_and_null_are_feel_ones() -> None:
    assert value_of("a: TRUE\n").text == "true"
    assert value_of("a: Null\n").text == "null"
    assert value_of("a: 'TRUE'\n").text == "TRUE"


CONTENT = st.text(st.sampled_from("ab'\"\\ \t\n月😀:#-n"), max_size=30)


def scalars_if_any(text: str, pure: bool) -> list[ScalarNode]:
    """The scalars of what is YAML; passes over what is not."""
    try:
        return scalars(text, pure)
    except PolicyError:
        reject()


def check_places(text: str, pure: bool) -> None:
    """Whatever ruamel.yaml reads, each character stands where its offset says."""
    for node in scalars_if_any(text, pure):
        fragment = node.fragment
        offsets = list(fragment.offsets)
        assert len(offsets) == len(node.value) + 1
        assert offsets == sorted(offsets)
        for character, offset in zip(node.value, offsets, strict=False):
            there = text[offset]
            is_folded = character in " \n" and there in "\r\n"
            is_escaped = node.style == '"' and there == "\\"
            assert there == character or is_folded or is_escaped


@given(st.sampled_from(["'", '"']), CONTENT, st.booleans())
def test_any_quoted_text(quote: str, content: str, pure: bool) -> None:
    check_places(f"a: {quote}{content}{quote}\n", pure)


@given(CONTENT, st.booleans())
def test_any_plain_text(content: str, pure: bool) -> None:
    check_places(f"a: {content}\n", pure)


@given(
    st.sampled_from("|>"),
    st.sampled_from(["", "-", "+", "2", "2-", "+2"]),
    st.lists(st.text(st.sampled_from("ab #\t"), max_size=6), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_any_block(style: str, indicators: str, lines: list[str], ending: str, pure: bool) -> None:
    body = "".join(f"  {line}{ending}" if line else ending for line in lines)
    check_places(f"a: {style}{indicators}{ending}{body}b: 1{ending}", pure)
