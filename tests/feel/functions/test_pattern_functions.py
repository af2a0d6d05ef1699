"""Built-in functions with regular expressions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feel.functions.calling import Case, outcome, written
from keyaccount.feel.functions.regex import pattern as regex
from keyaccount.feel.functions.regex.automaton import NoAutomatonError

CASES: list[Case] = [
    ("a pattern matches anywhere", "matches", ("banana", "an"), True),
    ("a pattern matches not", "matches", ("banana", "x"), False),
    ("anchors", "matches", ("banana", "^b.*a$"), True),
    ("the end is the very end", "matches", ("a\n", "a$"), False),
    ("with flag m lines have ends", "matches", ("a\nb", "a$", "m"), True),
    ("with flag m no line starts after the last break", "matches", ("a\n", "\n^", "m"), False),
    ("a dot is no line feed", "matches", ("a\nb", "a.b"), False),
    ("a dot is no carriage return", "matches", ("a\rb", "a.b"), False),
    ("with flag s a dot is anything", "matches", ("a\nb", "a.b", "s"), True),
    ("with flag i case counts for nothing", "matches", ("ABC", "abc", "i"), True),
    ("case counts for nothing in classes", "matches", ("é", "[É]", "i"), True),
    ("with flag x spaces count for nothing", "matches", ("helloworld", "hello world", "x"), True),
    ("with flag x spaces in classes count", "matches", ("hello world", "hello[ ]world", "x"), True),
    ("with flag q all is literal", "matches", ("a.b", "a.b", "q"), True),
    ("with flag q a dot is a dot", "matches", ("axb", "a.b", "q"), False),
    ("null flags are none", "matches", ("abc", "abc", None), True),
    ("unknown flags are null", "matches", ("abc", "abc", "g"), None),
    ("a class takes another away", "matches", ("e", "[a-z-[aeiou]]"), False),
    ("what is left of a class", "matches", ("f", "[a-z-[aeiou]]"), True),
    ("a class within a class within a class", "matches", ("e", "[a-z-[aeiou-[e]]]"), True),
    ("case and taking away", "matches", ("O", "[A-Z-[oi]]", "i"), False),
    ("categories", "matches", ("大", r"^\p{Lo}$"), True),
    ("not a category", "matches", ("大", r"^\P{L}$"), False),
    ("blocks", "matches", ("大", r"^\p{IsCJKUnifiedIdeographs}$"), True),
    ("not a block", "matches", ("é", r"^\P{IsBasicLatin}$"), True),
    ("unknown blocks are null", "matches", ("a", r"\p{IsNowhere}"), None),
    ("unknown categories are null", "matches", ("a", r"\p{Xy}"), None),
    ("a word character is no underscore", "matches", ("_", r"\w"), False),
    ("a word character is a symbol", "matches", ("€", r"\w"), True),
    ("a digit of another script", "matches", ("٣", r"^\d$"), True),
    ("the first character of a name", "matches", (":", r"^\i$"), True),
    ("a character of a name", "matches", ("-", r"^\c$"), True),
    ("a character of no name", "matches", ("-", r"^\i$"), False),
    ("a hyphen at the end of a class", "matches", ("-", "^[a-]$"), True),
    ("a reference to a group", "matches", ("abcab", "^(ab)c\\1$"), True),
    ("a reference to a group that matched nothing", "matches", ("b", "^(a)?b\\1$"), True),
    ("a reference to no group is null", "matches", ("aa", "(a)\\2"), None),
    ("a reference into its own group is null", "matches", ("aa", "(a\\1)"), None),
    ("ten groups and a reference to the tenth", "matches",
     ("abcdefghijj", "^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10$"), True),
    ("a reference to the first, then a zero", "matches", ("aa0", "^(a)\\10$"), True),
    ("a brace alone is null", "matches", ("a{", "a{"), None),
    ("a bracket alone is null", "matches", ("a]", "a]"), None),
    ("nothing to repeat is null", "matches", ("a", "*"), None),
    ("a repeat of a repeat is null", "matches", ("a", "a**"), None),
    ("a range of a class that goes back is null", "matches", ("a", "[z-a]"), None),
    ("an empty class is null", "matches", ("a", "[]"), None),
    ("Python's own groups are null", "matches", ("a", "(?=a)"), None),
    ("Python's own escapes are null", "matches", ("a", r"\Ba"), None),
    ("a character beyond the basic plane is one", "matches", ("🐎", "^.$"), True),
    ("replace", "replace", ("abracadabra", "bra", "*"), "a*cada*"),
    ("replace is greedy", "replace", ("abracadabra", "a.*a", "*"), "*"),
    ("replace may be reluctant", "replace", ("abracadabra", "a.*?a", "*"), "*c*bra"),
    ("replace with a group", "replace", ("abracadabra", "a(.)", "a$1$1"), "abbraccaddabbra"),
    ("replace with all that matched", "replace", ("abc", "[b]", "[$0]"), "a[b]c"),
    ("replace with a group that matched nothing", "replace",
     ("abcd", "(ab)|(a)", "[1=$1][2=$2]"), "[1=ab][2=]cd"),
    ("replace with a group that there is not", "replace", ("abc", "b", "<$1>"), "a<>c"),
    ("$12 with one group is group 1 and a 2", "replace", ("abc", "(b)", "$12"), "ab2c"),
    ("a dollar sign by a backslash", "replace", ("5", "5", "\\$5"), "$5"),
    ("a dollar sign alone is null", "replace", ("5", "5", "$"), None),
    ("a backslash alone is null", "replace", ("5", "5", "\\n"), None),
    ("with flag q the replacement is literal", "replace", ("a.c", ".", "$1", "q"), "a$1c"),
    ("a pattern that matches nothing at all is null", "replace", ("abc", "x*", "-"), None),
    ("split", "split", ("John Doe", "\\s"), ["John", "Doe"]),
    ("split keeps empty parts", "split", ("a;b;c;;", ";"), ["a", "b", "c", "", ""]),
    ("split keeps no groups", "split", ("a1b2c", "([0-9])"), ["a", "b", "c"]),
    ("split of no delimiter", "split", ("abc", ";"), ["abc"]),
    ("split by a pattern that matches nothing is null", "split", ("abc", ""), None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_function(function: str, arguments: tuple[object, ...], expected: object) -> None:
    assert written(outcome(function, arguments)) == written(expected)


LONG = "a" * 100_000 + "!"


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*b", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "a+b", ".*.*.*=", "(a|aa)+$"],
)
def test_a_pattern_that_would_take_ages_is_told_in_one_pass(pattern: str) -> None:
    assert outcome("matches", (LONG, pattern)) is False


def test_what_only_trying_can_tell_is_refused() -> None:
    assert outcome("matches", (LONG, r"(a+)+\1b")) is None
    assert outcome("replace", (LONG, "(a+)+$", "x")) is None
    assert outcome("split", (LONG, "(a+)+b")) is None


def test_a_long_text_is_no_trouble_for_a_plain_pattern() -> None:
    assert outcome("replace", ("a b " * 20_000, r"\s+", "")) == "ab" * 20_000


PIECES = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c-[b]]", "c", "B"])
QUANTIFIERS = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?", "{0,2}", "{2,}"])
PATTERNS = st.recursive(
    PIECES,
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})")
        | st.tuples(inner, QUANTIFIERS).map(lambda two: f"(?:{two[0]}){two[1]}")
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(["", "^"]),
    PATTERNS,
    st.sampled_from(["", "$"]),
    st.sampled_from(["", "i", "s"]),
    st.lists(st.text("abcB\n", max_size=8), min_size=4, max_size=4),
)
def test_the_automaton_agrees_with_the_matcher(
    start: str, inner: str, end: str, flags: str, texts: list[str]
) -> None:
    pattern = regex.Pattern(start + inner + end, flags)
    try:
        automaton = pattern.automaton
    except NoAutomatonError:
        return
    for text in texts:
        assert automaton.matches(text) is pattern.is_in(text)
