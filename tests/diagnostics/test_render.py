"""Diagnostics drawn for people and given as data."""

from __future__ import annotations

import pytest

from keyaccount.diagnostics.diagnostic import Diagnostic, Language, Severity, Text
from keyaccount.diagnostics.render import as_json, render
from keyaccount.source import Source, Span


def problem(text: str, word: str, message: str = "unknown name", help_: bool = True) -> Diagnostic:
    """A diagnostic at a word of a text."""
    start = text.index(word)
    return Diagnostic(
        "feel.unknown-name",
        Text(message, "未知名称"),
        Source("p.yaml", text).span(start, start + len(word)),
        Text("did you mean `discount`?", "是否想写 `discount`？") if help_ else None,
    )


def lines(*diagnostics: Diagnostic) -> list[str]:
    return render(diagnostics, Language.EN).split("\n")


def test_place_code_line_caret_and_help() -> None:
    assert lines(problem("a: 1\nvalue: discout >= 20\n", "discout")) == [
        "p.yaml:2:8: error[feel.unknown-name]: unknown name",
        "   2 | value: discout >= 20",
        "     |        ^^^^^^^",
        "help: did you mean `discount`?",
    ]


def test_in_chinese() -> None:
    drawn = render([problem("value: discout\n", "discout")], Language.ZH)
    assert drawn.startswith("p.yaml:1:8: 错误[feel.unknown-name]: 未知名称\n")
    assert drawn.endswith("\n提示: 是否想写 `discount`？")


def test_a_warning_says_so() -> None:
    found = Diagnostic("x.y", Text("unused", "未使用"), None, None, Severity.WARNING)
    assert lines(found) == ["warning[x.y]: unused"]


def test_wide_characters_take_two_columns() -> None:
    drawn = lines(problem("值: 月用量 >= 限额\n", "限额"))
    assert drawn[1] == "   1 | 值: 月用量 >= 限额"
    assert drawn[2] == "     | " + " " * 14 + "^^^^"


def test_combining_characters_take_none() -> None:
    drawn = lines(problem("e\u0301\u0301: x\n", "x"))
    assert drawn[2] == "     |    ^"


def test_a_tab_goes_to_the_next_stop_of_four() -> None:
    drawn = lines(problem("a\tb: x\n", "x"))
    assert drawn[1] == "   1 | a   b: x"
    assert drawn[2] == "     |        ^"


def test_a_span_over_lines_is_underlined_to_the_end_of_its_first() -> None:
    text = "a: [1,\n  2]\n"
    drawn = lines(problem(text, "[1,\n  2]"))
    assert drawn[1] == "   1 | a: [1,"
    assert drawn[2] == "     |    ^^^"


def test_an_empty_span_gets_one_caret() -> None:
    source = Source("p.yaml", "a: \n")
    drawn = lines(Diagnostic("x.y", Text("m", "m"), source.span(3, 3)))
    assert drawn[1:] == ["   1 | a:", "     |    ^"]


def test_an_empty_file_has_no_line_to_show() -> None:
    assert lines(Diagnostic("x.y", Text("m", "m"), Source("p.yaml", "").span(0, 0))) == [
        "p.yaml:1:1: error[x.y]: m"
    ]


@pytest.mark.parametrize("before", [0, 500])
@pytest.mark.parametrize("after", [0, 500])
def test_a_long_line_is_cut_around_the_span(before: int, after: int) -> None:
    text = "a" * before + "needle" + "z" * after + "\n"
    drawn = lines(problem(text, "needle"))
    assert len(drawn[1]) < 110
    column = drawn[2].index("^")
    assert drawn[1][column : column + 6] == "needle"
    assert drawn[2].count("^") == 6


def test_a_long_span_is_cut_itself() -> None:
    text = "a: " + "x" * 1000 + "\n"
    drawn = lines(problem(text, "x" * 1000))
    assert len(drawn[1]) < 110
    assert drawn[1].endswith("…")


def test_controls_of_the_terminal_are_not_passed_on() -> None:
    text = "a: \x1b[31m\u202eneedle\n"
    drawn = render([problem(text, "needle", "bad \x1b[2J")], Language.EN)
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn


def test_color_only_where_asked() -> None:
    found = [problem("value: discout\n", "discout")]
    assert "\x1b[" not in render(found, Language.EN)
    assert "\x1b[1;31merror[feel.unknown-name]\x1b[0m" in render(found, Language.EN, color=True)


def test_sorted_by_place_and_each_told_once() -> None:
    text = "a: one\nb: two\n"
    first, second = problem(text, "one", "first"), problem(text, "two", "second")
    source = Source("p.yaml", text)
    same = [
        Diagnostic(each.code, each.message, Span(source, each.span.start, each.span.end), each.help)
        for each in (second, first, first)
        if each.span
    ]
    drawn = render(same, Language.EN)
    assert drawn.index("first") < drawn.index("second")
    assert drawn.count("first") == 1


def test_only_so_many_are_shown() -> None:
    text = "".join(f"word{number:03}\n" for number in range(60))
    source = Source("p.yaml", text)
    found = [
        Diagnostic("x.y", Text("m", "m"), source.span(8 * each, 8 * each + 7)) for each in range(60)
    ]
    drawn = render(found, Language.EN)
    assert drawn.count("error[x.y]") == 50
    assert drawn.endswith("\n\nand 10 more")
    assert render(found, Language.ZH).endswith("另有 10 条")
    assert render(found[:50], Language.EN).count("error[x.y]") == 50
    assert "more" not in render(found[:50], Language.EN)


def test_nothing_to_tell_is_nothing() -> None:
    assert render([], Language.EN) == ""


def test_as_data() -> None:
    text = "a: 1\nvalue: discout >= 20\n"
    assert as_json([problem(text, "discout")]) == [
        {
            "code": "feel.unknown-name",
            "severity": "error",
            "file": "p.yaml",
            "line": 2,
            "column": 8,
            "end": {"line": 2, "column": 15},
            "message": {"en": "unknown name", "zh": "未知名称"},
            "help": {"en": "did you mean `discount`?", "zh": "是否想写 `discount`？"},
        }
    ]


def test_as_data_without_a_place_or_a_help() -> None:
    (found,) = as_json([Diagnostic("x.y", Text("m", "消息"), None)])
    assert found["file"] is None
    assert found["line"] is None
    assert found["end"] is None
    assert found["help"] is None
