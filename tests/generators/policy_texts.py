"""Random policies as their authors would write them: YAML with FEEL, as text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from hypothesis import strategies as st

Yaml = object
"""Mappings, texts and scalars; written by `yaml_text`."""

TIERS = ("green", "yellow", "red")

FACTS: dict[str, Yaml] = {
    "tonnes": {"type": "number", "unit": "t", "allowed": ">= 0"},
    "月均 用量": {"type": "number", "nullable": True},
    "share": {"type": "number", "allowed": "[0..1]", "default": 0.1},
    "sector": {"type": "string", "values": ["media", "党政军", "other"]},
    "grade": {"type": "string", "values": list(TIERS), "nullable": True},
    "tied": {"type": "boolean"},
    "agreed": {"type": "boolean", "default": False},
    "since": {"type": "date"},
    "until": {"type": "date", "nullable": True},
    "note": {"type": "string"},
}
PARAMETERS: dict[str, Yaml] = {
    "mark": {"unit": "t", "values": {"2024-01-01": 20, "2026-01-01": 25.5}},
    "part": {"values": {"2024-01-01": 0.30}},
    "grace": {"values": {"2024-01-01": '@"P30D"'}},
}
FUNCTIONS: dict[str, Yaml] = {
    "capped": {
        "parameters": {"value": "number", "cap": "number"},
        "type": "number",
        "value": "if value > cap then cap else value",
    },
    "is long": {
        "parameters": {"from": "date", "to": "date"},
        "value": "from + grace < to",
    },
}

NUMBERS = ("0", "1", "0.1", "0.30", "20", "25.5", "-3", "5000000.10")
DATES = ('@"2024-02-29"', 'date("2025-12-31")', '@"2026-01-31"')
TEXTS = ('""', '"a"', '"大客户"', '"it\'s"')
COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")


@dataclass(frozen=True)
class Names:
    """What an expression may use, by type: facts, parameters and decisions so far."""

    numbers: tuple[str, ...] = ("tonnes", "月均 用量", "share", "mark", "part")
    booleans: tuple[str, ...] = ("tied", "agreed")
    tiers: tuple[str, ...] = ("grade",)
    lists: tuple[str, ...] = ()
    dates: tuple[str, ...] = ("since", "until")
    texts: tuple[str, ...] = ("note",)


@dataclass
class Written:
    """The decisions so far, and the names they add."""

    decisions: dict[str, Yaml] = field(default_factory=dict)
    names: Names = Names()


def _of(*choices: str) -> st.SearchStrategy[str]:
    return st.sampled_from(choices)


@st.composite
def number(draw: st.DrawFn, names: Names, depth: int = 2) -> str:
    """FEEL for a number."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(_of(*NUMBERS, *names.numbers))
    of = number(names, depth - 1)
    kind = draw(_of("sum", "product", "quotient", "if", "capped", "rounded", "least", "year"))
    match kind:
        case "sum":
            return f"{draw(of)} {draw(_of('+', '-'))} {draw(of)}"
        case "product":
            return f"{draw(of)} * ({draw(of)})"
        case "quotient":
            return f"decimal({draw(of)} / ({draw(of)}), {draw(_of('0', '2'))})"
        case "if":
            return f"(if {draw(boolean(names, depth - 1))} then {draw(of)} else {draw(of)})"
        case "capped":
            arguments = draw(_of("{}, {}", "value: {}, cap: {}"))
            return f"capped({arguments.format(draw(of), draw(of))})"
        case "rounded":
            return f"{draw(_of('floor', 'ceiling', 'abs'))}({draw(of)})"
        case "least":
            return f"{draw(_of('min', 'max'))}({draw(of)}, {draw(of)})"
        case _:
            return f"{draw(_of(*names.dates))}.{draw(_of('year', 'month', 'day'))}"


@st.composite
def boolean(draw: st.DrawFn, names: Names, depth: int = 2) -> str:
    """FEEL for a boolean."""
    kind = draw(_of("test", "test", "and", "or", "not", "if"))
    if depth == 0 or kind == "test":
        return draw(draw(st.sampled_from(_tests(names, max(depth - 1, 0)))))
    parts = [draw(boolean(names, depth - 1)) for _ in range(3)]
    forms = {
        "and": "({} and {})",
        "or": "({} or {} or {})",
        "not": "not({})",
        "if": "(if {} then {} else {})",
    }
    return forms[kind].format(*parts)


def _tests(names: Names, depth: int) -> list[st.SearchStrategy[str]]:
    of, tier = number(names, depth), _of(*names.tiers)
    any_name = _of(*names.numbers, *names.tiers, *names.dates, *names.booleans)
    found = [
        _joined("{} {} {}", of, _of(*COMPARISONS), of),
        _joined("{} between {} and {}", of, _of(*NUMBERS), _of(*NUMBERS)),
        _joined("{} in ({})", _of(*names.numbers), number_tests(negated=False)),
        _joined("{} {} {}", date(names), _of(*COMPARISONS), date(names)),
        _joined("{} {} {}", tier, _of("=", "!="), _of(*TIERS)),
        _joined("{}(note, {})", _of("contains", "starts with"), _of(*TEXTS)),
        _joined("{} {} null", any_name, _of("=", "!=")),
        _joined("{}", _of(*names.booleans, "is long(since, until)")),
        _joined("(some x in [0.1, 20, {}] satisfies x {} {})", of, _of("<", "="), of),
    ]
    if names.lists:
        quoted = _of(*(f'"{each}"' for each in TIERS))
        found.append(_joined("list contains({}, {})", _of(*names.lists), quoted))
    return found


def _joined(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda each: form.format(*each))


@st.composite
def date(draw: st.DrawFn, names: Names) -> str:
    """FEEL for a date."""
    base = draw(_of(*DATES, *names.dates))
    shift = draw(_of("", "", "grace", '@"P1M"', 'duration("P1Y")'))
    return f"{base} {draw(_of('+', '-'))} {shift}" if shift else base


@st.composite
def number_tests(draw: st.DrawFn, *, negated: bool = True) -> str:
    """Unary tests of a number by constants."""
    kind = draw(_of("compare", "range", "several", *(["not"] if negated else [])))
    one = draw(_of(*NUMBERS))
    match kind:
        case "compare":
            return f"{draw(_of('<', '<=', '>', '>='))} {one}"
        case "range":
            bounds = st.lists(_of(*NUMBERS), min_size=2, max_size=2, unique=True)
            low, high = sorted(draw(bounds), key=float)
            return f"{draw(_of('[', '('))}{low}..{high}{draw(_of(']', ')'))}"
        case "several":
            return f"{one}, {draw(_of(*NUMBERS))}, > 100"
        case _:
            return f"not({one})"


@st.composite
def cell(draw: st.DrawFn, names: Names) -> tuple[str, str]:
    """An input, and unary tests of it."""
    kind = draw(_of("number", "expression", "tier", "sector", "boolean", "date", "null"))
    match kind:
        case "number":
            return draw(_of(*names.numbers)), draw(number_tests())
        case "expression":
            return draw(number(names, 1)), draw(number_tests())
        case "tier":
            tests = _of("green", "green, red", "not(yellow)", '"red"', '? != "green"')
            return draw(_of(*names.tiers)), draw(tests)
        case "sector":
            return "sector", draw(_of("media", "党政军, media", "not(other)", "-"))
        case "boolean":
            return draw(_of(*names.booleans)), draw(_of("true", "false", "not(true)"))
        case "date":
            return draw(_of(*names.dates)), f"{draw(_of('<', '>='))} {draw(_of(*DATES))}"
        case _:
            return draw(_of(*names.tiers, *names.numbers)), draw(_of("null", "not(null)"))


@st.composite
def when(draw: st.DrawFn, names: Names) -> Yaml:
    """A condition: FEEL, or cell by cell, or always."""
    kind = draw(_of("feel", "feel", "cells", "cells", "cells", "always"))
    if kind == "feel":
        return draw(boolean(names))
    return True if kind == "always" else dict(draw(st.lists(cell(names), min_size=1, max_size=3)))


@st.composite
def rules(draw: st.DrawFn, names: Names, outputs: st.SearchStrategy[Yaml]) -> dict[str, Yaml]:
    """Rules by id; some in force only for a time."""
    found: dict[str, Yaml] = {}
    for i in range(draw(st.integers(1, 4))):
        rule: dict[str, Yaml] = {"when": draw(when(names)), "then": draw(outputs)}
        valid = draw(
            st.sampled_from((None, None, None, {"from": "2026-01-31"}, {"until": "2026-01-31"}))
        )
        if valid is not None:
            rule["valid"] = valid
        found[f"rule {i}"] = rule
    return found


@st.composite
def table(draw: st.DrawFn, names: Names) -> tuple[str, Yaml]:
    """A decision table, and what it gives: a tier, tiers, a number or several outputs."""
    kind = draw(_of("tier", "tier", "tiers", "number", "several"))
    if kind == "number":
        hit_policy = draw(
            _of("collect sum", "collect min", "collect max", "collect count", "first")
        )
        decision: dict[str, Yaml] = {"hit policy": hit_policy, "type": "number"}
        outputs = _of(*NUMBERS) if draw(st.booleans()) else number(names, 1)
        decision["rules"] = draw(rules(names, outputs))
        if draw(st.booleans()):
            decision["default"] = draw(_of(*NUMBERS))
        return kind, decision
    if kind == "several":
        one = st.fixed_dictionaries({"days": _of(*NUMBERS), "tier": _of(*TIERS)})
        types = {"days": {"type": "number"}, "tier": {"values": list(TIERS)}}
        hit_policy = draw(_of("unique", "first", "any"))
        return kind, {"hit policy": hit_policy, "outputs": types, "rules": draw(rules(names, one))}
    policies = ("unique", "first", "any", "priority")
    lists = ("collect", "rule order", "output order")
    decision = {
        "hit policy": draw(_of(*(policies if kind == "tier" else lists))),
        "values": list(TIERS),
        "rules": draw(rules(names, _of(*TIERS))),
    }
    if kind == "tier" and draw(st.booleans()):
        decision["default"] = draw(_of(*TIERS))
    return kind, decision


@st.composite
def scorecard(draw: st.DrawFn, names: Names) -> tuple[str, Yaml]:
    """A scorecard: with bands and perhaps a veto, or plain, which gives a number."""
    criteria: dict[str, Yaml] = {}
    for i in range(draw(st.integers(1, 3))):
        criterion: dict[str, Yaml] = {"weight": draw(_of("1", "0.25", "part"))}
        if draw(st.booleans()):
            criterion["points"] = draw(number(names, 1))
        else:
            criterion["input"] = draw(_of(*names.numbers))
            tests = [draw(number_tests()) for _ in range(draw(st.integers(1, 3)))]
            criterion["points"] = {test: draw(_of("0", "5", "10")) for test in tests}
        criteria[f"criterion {i}"] = criterion
    card: dict[str, Yaml] = {"criteria": criteria}
    if draw(st.booleans()):
        return "number", {"type": "number", "scorecard": card}
    if draw(st.booleans()):
        card["vetoes"] = {"veto": {"when": draw(when(names)), "then": "red"}}
    card["bands"] = {"green": ">= 10", "yellow": "[2.5..10)", "red": "< 2.5"}
    return "tier", {"values": list(TIERS), "scorecard": card}


@st.composite
def expression(draw: st.DrawFn, names: Names) -> tuple[str, Yaml]:
    """A decision that is one expression, or several steps."""
    kind = draw(_of("number", "boolean", "date"))
    if kind == "date":
        return kind, {"type": "date", "value": draw(date(names))}
    result = draw(number(names) if kind == "number" else boolean(names))
    if draw(st.booleans()):
        return kind, {"type": kind, "value": result}
    step = draw(number(names, 1))
    last = f"step + ({result})" if kind == "number" else f"step > 1 or {result}"
    return kind, {"type": kind, "context": {"step": step, "result": last}}


@st.composite
def policies(draw: st.DrawFn) -> str:
    """The text of a policy `p` of a few decisions that use each other."""
    written = Written()
    for i in range(draw(st.integers(1, 4))):
        kind, decision = draw(
            st.one_of(table(written.names), scorecard(written.names), expression(written.names))
        )
        name = f"d{i}"
        written.decisions[name] = decision
        written.names = _with(written.names, kind, name)
    return yaml_text(
        {
            "policy": "p",
            "facts": FACTS,
            "parameters": PARAMETERS,
            "functions": FUNCTIONS,
            "decisions": written.decisions,
        }
    )


def _with(names: Names, kind: str, name: str) -> Names:
    numbers, booleans, tiers = names.numbers, names.booleans, names.tiers
    lists, dates = names.lists, names.dates
    match kind:
        case "number":
            numbers += (name,)
        case "boolean":
            booleans += (name,)
        case "tier":
            tiers += (name,)
        case "tiers":
            lists += (name,)
        case "date":
            dates += (name,)
        case _:
            numbers, tiers = (*numbers, f"{name}.days"), (*tiers, f"{name}.tier")
    return Names(numbers, booleans, tiers, lists, dates, names.texts)


def yaml_text(value: Yaml, indent: str = "") -> str:
    """Block mappings; texts in double quotes, numbers, dates and words bare."""
    if not isinstance(value, dict):
        return f" {_scalar(value)}\n"
    lines = []
    for key, each in value.items():
        inner = yaml_text(each, indent + "  ")
        lines.append(f"{indent}{_scalar(key)}:" + ("\n" if isinstance(each, dict) else "") + inner)
    return "".join(lines)


_FIGURE = re.compile(r"\d{4}[-\d]*\Z")
"""Years, dates and numbers of four digits and more."""


def _scalar(value: Yaml) -> str:
    if isinstance(value, str) and (value.isidentifier() or _FIGURE.match(value)):
        return value
    return json.dumps(value, ensure_ascii=False)
