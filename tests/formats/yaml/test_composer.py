"""What is wrong with a text as YAML: code, line and column, by both of ruamel.yaml's parsers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError
from keyaccount.formats.yaml.composer import Composition
from keyaccount.formats.yaml.events import events
from keyaccount.formats.yaml.files import refuse_unprintable
from keyaccount.formats.yaml.nodes import MappingNode, SequenceNode
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.source import Source


def problems(text: str, pure: bool = False, limits: Limits = DEFAULT_LIMITS) -> list[Diagnostic]:
    source = Source("test.yaml", text)
    try:
        refuse_unprintable(source)
        composition = Composition(source, limits)
        composition.read(events(source, pure))
    except PolicyError as error:
        return list(error.diagnostics)
    return composition.diagnostics


def told(text: str, pure: bool = False, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    """`code line:column` of each problem."""
    found = problems(text, pure, limits)
    places = [each.span.position for each in found if each.span]
    return [f"{each.code} {at.line}:{at.column}" for each, at in zip(found, places, strict=True)]


MISTAKES = [
    ("a comparison without quotes", "a: >= 20\n", "yaml.block-indicator 1:4"),
    ("a comparison in a flow mapping", "a: {x: >= 20}\n", "yaml.reserved-character 1:8"),
    ("a text after a block indicator", "a: | x\n", "yaml.block-indicator 1:4"),
    ("a date literal without quotes", 'a: @"2026-01-01"\n', "yaml.reserved-character 1:4"),
    ("a per cent sign", "unit: %\n", "yaml.reserved-character 1:7"),
    ("a half-open range", "a: [1..5)\n", "yaml.unclosed-bracket 1:4"),
    ("a range open at its start", "a: ]1..5]\n", "yaml.stray-bracket 1:4"),
    ("a bracket too many", "a: {b: 1}}\n", "yaml.stray-bracket 1:10"),
    ("a mapping that is not closed", "a: {x: 1\nb: 2\n", "yaml.unclosed-bracket 1:4"),
    ("a quote that is not closed", "a: 'x\nb: 1\n", "yaml.unclosed-quote 1:4"),
    ("a double quote that is not closed", 'a: "x\nb: 1\n', "yaml.unclosed-quote 1:4"),
    ("a text going on after its quotes", 'a: "media" = x\n', "yaml.text-after-value 1:12"),
    ("an apostrophe in single quotes", "a: 'it's'\n", "yaml.text-after-value 1:8"),
    ("a tab in the indentation", "a:\n\tb: 1\n", "yaml.tab 2:1"),
    ("a tab below a value", "a: 1\n\tb: 2\n", "yaml.tab 2:1"),
    ("a colon in a value", "a: b: c\n", "yaml.colon 1:5"),
    ("a key below a value", "a: 1\n  b: 2\n", "yaml.indentation 2:3"),
    ("an indentation that fits none", "a:\n  b: 1\n c: 2\n", "yaml.indentation 3:2"),
    ("a line without a colon", "a: 1\nword\nc: 2\n", "yaml.missing-colon 2:1"),
    ("a dash for any", "a: -\n", "yaml.dash 1:4"),
    ("a question mark", "a: ? x\n", "yaml.question-mark 1:4"),
    ("an escape that is none", 'a: "\\d"\n', "yaml.unknown-escape 1:5"),
    ("a tag", "a: != 3\n", "yaml.unknown-tag 1:4"),
    ("a tag of Python", "a: !!python/object:os.system x\n", "yaml.unknown-tag 1:4"),
    ("a tag that does not fit", "a: !!int x\n", "yaml.unknown-tag 1:4"),
    ("a tag of no handle", "a: !foo!x 1\n", "yaml.unknown-tag 1:4"),
    ("an alias of nothing", "a: *x\n", "yaml.unknown-alias 1:4"),
    ("an alias inside itself", "a: &x [1, *x]\n", "yaml.recursive-alias 1:11"),
    ("a merge key", "a: &x {b: 1}\nc: {<<: *x}\n", "yaml.merge-key 2:5"),
    ("a second document", "a: 1\n---\nb: 2\n", "yaml.several-documents 2:1"),
    ("text after the end", "a: 1\n...\nb: 1\n", "yaml.several-documents 3:1"),
    ("a duplicate key", "a: 1\nb: 2\na: 3\n", "yaml.duplicate-key 3:1"),
    ("a duplicate key, written otherwise", "a: 1\n'a': 3\n", "yaml.duplicate-key 2:1"),
    ("a mapping for a key", "{x: 1}: 2\n", "yaml.key-not-text 1:1"),
    ("a key without a name", "a: {: 2}\n", "yaml.empty-key 1:5"),
    ("a colon alone in its line", "a:\n  : 2\n", "yaml.empty-key 2:3"),
    ("an ampersand alone", "a: & b\n", "yaml.reserved-character 1:4"),
    ("a star alone", "a: * b\n", "yaml.reserved-character 1:4"),
    ("a bracket opened at the end", "a: [", "yaml.unclosed-bracket 1:4"),
    ("a key without a value", "a:\nb: 1\n", "yaml.missing-value 1:1"),
    ("a list item without a value", "a:\n- 1\n-\n", "yaml.missing-value 3:1"),
    ("a control character", "a: x\x01\n", "yaml.control-character 1:5"),
]


@pytest.mark.parametrize(
    ("text", "expected"), [each[1:] for each in MISTAKES], ids=[each[0] for each in MISTAKES]
)
@pytest.mark.parametrize("pure", [False, True], ids=["C", "Python"])
def test_a_mistake_is_told_with_its_place(text: str, expected: str, pure: bool) -> None:
    assert told(text, pure) == [expected]


@pytest.mark.parametrize("pure", [False, True], ids=["C", "Python"])
def test_what_can_be_read_past_is_told_all_at_once(pure: bool) -> None:
    text = "a: 1\na: 2\nb: !x 1\nc:\nd: {e: 1, e: 2}\n"
    assert told(text, pure) == [
        "yaml.duplicate-key 2:1",
        "yaml.unknown-tag 3:4",
        "yaml.missing-value 4:1",
        "yaml.duplicate-key 5:11",
    ]


def test_the_first_of_two_keys_counts() -> None:
    source = Source("test.yaml", "a: 1\na: 2\n")
    composition = Composition(source, DEFAULT_LIMITS)
    composition.read(events(source))
    assert isinstance(composition.root, MappingNode)
    assert composition.root.entries["a"].value.span.text == "1"


def test_an_alias_stands_for_what_was_marked() -> None:
    source = Source("test.yaml", "a: &x [1, 2]\nb: *x\n")
    composition = Composition(source, DEFAULT_LIMITS)
    composition.read(events(source))
    assert isinstance(composition.root, MappingNode)
    again = composition.root.entries["b"].value
    assert isinstance(again, SequenceNode)
    assert [each.span.text for each in again.items] == ["1", "2"]


HOSTILE = [
    ("brackets", "a: " + "[" * 100_000, "yaml.too-deep"),
    ("braces", "a: " + "{" * 100_000, "yaml.too-deep"),
    ("mappings in each other", "a: " + "{a: " * 100_000, "yaml.too-deep"),
    ("dashes", "- " * 100_000, "yaml.too-deep"),
    ("question marks", "? " * 100_000, "yaml.too-deep"),
    (
        "keys deeper and deeper",
        "\n".join(" " * each + "a:" for each in range(500)),
        "yaml.too-deep",
    ),
]


@pytest.mark.parametrize(
    ("text", "code"), [each[1:] for each in HOSTILE], ids=[each[0] for each in HOSTILE]
)
@pytest.mark.parametrize("pure", [False, True], ids=["C", "Python"])
def test_endless_nesting_is_refused(text: str, code: str, pure: bool) -> None:
    assert [each.code for each in problems(text, pure)] == [code]


def bomb(levels: int) -> str:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        inside = ", ".join([f"*l{level - 1}"] * 10)
        lines.append(f"l{level}: &l{level} [{inside}]")
    return "\n".join(lines) + "\n"


def test_a_bomb_of_aliases_is_refused_by_what_it_would_grow_to() -> None:
    assert told(bomb(9)) == ["yaml.too-many-values 6:10"]


def test_a_handful_of_aliases_is_fine() -> None:
    assert told(bomb(2)) == []


def test_more_aliases_than_the_limit_are_refused() -> None:
    text = "a: &x 1\nb: [*x, *x, *x]\n"
    assert told(text, limits=Limits(yaml_aliases=3)) == []
    assert told(text, limits=Limits(yaml_aliases=2)) == ["yaml.too-many-aliases 2:13"]


def test_nesting_up_to_the_limit_is_fine() -> None:
    assert told("[[1]]\n", limits=Limits(yaml_nesting=2)) == []
    assert told("[[[1]]]\n", limits=Limits(yaml_nesting=2)) == ["yaml.too-deep 1:3"]


def test_values_up_to_the_limit_are_fine() -> None:
    assert told("a: [1, 2]\n", limits=Limits(yaml_nodes=5)) == []
    assert told("a: [1, 2, 3]\n", limits=Limits(yaml_nodes=5)) == ["yaml.too-many-values 1:11"]


@given(st.text(st.sampled_from("ab:-?&*!|>'\"[]{},# \n\t月1.~%@\\"), max_size=40))
def test_every_problem_of_any_text_has_a_place_and_a_help(text: str) -> None:
    for each in problems(text):
        assert each.span is not None
        assert each.help is not None
        assert each.code != "yaml.syntax"


@given(st.text(max_size=60))
def test_no_text_at_all_makes_the_reader_stumble(text: str) -> None:
    text = text.encode(errors="ignore").decode()
    assert all(each.code.startswith("yaml.") for each in problems(text))
