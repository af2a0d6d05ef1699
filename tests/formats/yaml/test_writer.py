"""A policy written as YAML reads back as the same policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyaccount.feel.types import NUMBER, STRING, Enumeration, ListType
from keyaccount.formats.yaml.reader import read_policy
from keyaccount.formats.yaml.writer import write_policy
from keyaccount.model.content import content
from keyaccount.model.policy import (
    Band,
    BoxedContext,
    ContextStep,
    Criterion,
    Decision,
    DecisionRule,
    DecisionTable,
    HitPolicy,
    InputData,
    InputEntry,
    LiteralExpression,
    OutputClause,
    OutputEntry,
    PointsEntry,
    Policy,
    Scorecard,
    Validity,
)
from keyaccount.resources import policies_folder
from keyaccount.source import Fragment, Source

HERE = Path(__file__).parent
FILES = [*sorted(policies_folder().glob("*.yaml")), HERE / "everything.yaml"]
SPAN = Source("policy.yaml", "").span(0, 0)


def again(policy: Policy) -> Policy:
    return read_policy(Source("policy.yaml", write_policy(policy)))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """A policy's file and another that it was written to, with the same tables beside it."""
    path = request.param
    for table in path.parent.glob("*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    new = tmp_path / path.name
    new.write_text(write_policy(read_policy(path)), "utf-8")
    return path, new


def test_policies_read_back_the_same(written: tuple[Path, Path]) -> None:
    before, after = map(read_policy, written)
    assert content(after) == content(before)


def test_what_is_written_is_written_the_same_again(written: tuple[Path, Path]) -> None:
    assert write_policy(read_policy(written[1])) == written[1].read_text("utf-8")


def text(value: str) -> Fragment:
    return Fragment.whole(value)


PRINTABLE = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufeff"
)
HARD = st.sampled_from(
    [
        *("true", "True", "null", "~", "1", "-1", "1.50", "1e3", "0x1F", "2024-01-01", "yes"),
        *("- a", "a: b", "a #b", "#", "'", '"', "\\", " a", "a ", "{a}", "[1..2)", "a, b", "a:"),
        *("? x", "| x", "> 1", "<= 1", "<<", "=", "---", "...", "&a", "*a", "!a", "%a"),
        *("@a", "`a`"),
        *("a\nb", "a\n\n b\n", "a\tb", "\u2028", "a\n  indented\nb", "\n", "a\r\nb"),
        *("月用量：{x}", "x" * 150, "word " * 40 + "end", "two  spaces " * 12 + "end"),
        '"quoted" and \\escaped',
    ]
)
FEEL = st.one_of(HARD, st.text(PRINTABLE, min_size=1, max_size=30)).map(str)
WORDS = st.one_of(HARD, st.text(PRINTABLE, min_size=1, max_size=30))
NAMES = st.from_regex(r"[a-z一-龥][a-z0-9_ '一-龥]{0,12}[a-z0-9_一-龥]", fullmatch=True)
IDS = st.one_of(NAMES, st.sampled_from(["1", "a-b", "A: x", "true", "null", "- x", "#1", '"q"']))
TITLES = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"en": WORDS}),
    st.fixed_dictionaries({"en": WORDS, "zh": WORDS}),
)
BECAUSE = TITLES.map(lambda words: {code: text(each) for code, each in words.items()})
DATES = st.dates(date(2000, 1, 1), date(2040, 1, 1))
VALIDITY = st.one_of(
    st.just(Validity()), DATES.map(Validity), DATES.map(lambda day: Validity(None, day))
)


def _cells(drawn: dict[str, str]) -> tuple[InputEntry, ...]:
    return tuple(InputEntry(text(key), text(value)) for key, value in drawn.items())


WHEN = st.one_of(FEEL.map(text), st.dictionaries(FEEL, FEEL, max_size=3).map(_cells))
OUTPUTS = st.one_of(
    st.just((OutputClause(None, None),)),
    st.just((OutputClause(None, NUMBER),)),
    st.just((OutputClause(None, Enumeration(("a", "null", "1"))),)),
    st.just((OutputClause("hours", NUMBER), OutputClause("x y", Enumeration(("a", "b"))))),
    st.just((OutputClause("hours", None), OutputClause("minutes", None))),
)


@st.composite
def tables(draw: st.DrawFn) -> DecisionTable:
    outputs = draw(OUTPUTS)

    def results() -> tuple[OutputEntry, ...]:
        names = (None if each.name is None else text(each.name) for each in outputs)
        return tuple(OutputEntry(name, text(draw(FEEL))) for name in names)

    rules = tuple(
        DecisionRule(
            text(id_),
            draw(WHEN),
            results(),
            draw(BECAUSE),
            draw(VALIDITY),
            draw(TITLES),
            SPAN,
        )
        for id_ in draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    )
    default = results() if draw(st.booleans()) else ()
    return DecisionTable(HitPolicy.FIRST, None, outputs, rules, default, SPAN)


@st.composite
def scorecards(draw: st.DrawFn) -> Scorecard:
    lines = st.dictionaries(FEEL, FEEL, min_size=1, max_size=2).map(
        lambda each: tuple(PointsEntry(text(tests), text(points)) for tests, points in each.items())
    )
    criteria = tuple(
        Criterion(
            text(id_),
            draw(TITLES),
            draw(st.one_of(st.none(), FEEL.map(text))),
            text(draw(FEEL)),
            draw(lines),
            SPAN,
        )
        for id_ in draw(st.lists(IDS, min_size=1, max_size=2, unique=True))
    )
    bands = tuple(
        Band(
            text(id_),
            text(draw(FEEL)),
            draw(st.one_of(st.none(), FEEL.map(text))),
            draw(BECAUSE),
            SPAN,
        )
        for id_ in draw(st.lists(IDS, max_size=2, unique=True))
    )
    return Scorecard(criteria, (), bands, SPAN)


CONTEXTS = st.dictionaries(NAMES, FEEL, min_size=1, max_size=3).map(
    lambda steps: BoxedContext(tuple(ContextStep(text(n), text(v)) for n, v in steps.items()))
)
LOGIC = st.one_of(
    FEEL.map(lambda each: LiteralExpression(text(each))), CONTEXTS, tables(), scorecards()
)


def type_of_bands(scorecard: Scorecard) -> Enumeration | None:
    """What a scorecard gives that declares no type: its bands, where each is its own result."""
    named = bool(scorecard.bands) and all(each.then is None for each in scorecard.bands)
    return Enumeration(tuple(each.id.text for each in scorecard.bands)) if named else None


@st.composite
def decisions(draw: st.DrawFn, name: str) -> Decision:
    logic = draw(LOGIC)
    kind = None
    if not isinstance(logic, DecisionTable):
        kind = draw(st.sampled_from([None, NUMBER, ListType(STRING), Enumeration(("a", "b"))]))
    elif logic.outputs[0].name is None:
        kind = logic.outputs[0].type
    if kind is None and isinstance(logic, Scorecard):
        kind = type_of_bands(logic)
    titles = draw(TITLES)
    return Decision(
        text(name), titles, kind, {}, logic, draw(BECAUSE), SPAN, description=draw(TITLES)
    )


@st.composite
def facts(draw: st.DrawFn, name: str) -> InputData:
    values = tuple(draw(st.lists(WORDS, min_size=1, max_size=3, unique=True)))
    kinds = [NUMBER, STRING, ListType(STRING), Enumeration(values), ListType(Enumeration(values))]
    kind = draw(st.sampled_from(kinds))
    listed = kind in kinds[3:]
    return InputData(
        text(name),
        kind,
        draw(TITLES),
        draw(st.one_of(st.none(), WORDS)),
        draw(st.one_of(st.none(), FEEL.map(text))),
        {values[0]: draw(TITLES.filter(bool))} if listed else {},
        tuple(draw(st.lists(WORDS, max_size=2, unique=True))),
        draw(st.booleans()),
        draw(st.one_of(st.none(), FEEL.map(text))),
        SPAN,
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    names = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    return Policy(
        text(draw(NAMES)),
        draw(TITLES),
        draw(st.one_of(st.none(), WORDS)),
        "Asia/Shanghai",
        {names[0]: draw(facts(names[0]))},
        {},
        {},
        {name: draw(decisions(name)) for name in names[1:]},
        SPAN,
        description=draw(TITLES),
    )


@given(policies())
def test_any_policy_reads_back_the_same(policy: Policy) -> None:
    assert content(again(policy)) == content(policy)


def test_short_things_stand_on_one_line() -> None:
    policy = read_policy(policies_folder() / "development.yaml")
    written = write_policy(policy)
    assert "      A: {when: {value_rating: A}, then: full_programme}\n" in written
    assert "    values: [need, survey, criteria, tender, inspection, agreement]\n" in written


def test_a_longer_text_is_folded_at_its_spaces() -> None:
    policy = read_policy(policies_folder() / "credit.yaml")
    longer = replace(policy, title={"en": "word " * 30 + "end", "zh": "字"})
    assert "\n  en: >-\n    word word" in write_policy(longer)
