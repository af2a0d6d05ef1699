"""Random FEEL as text: by the grammar, most of it of kinds that fit, and changed at random."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from keyaccount.feel import types
from keyaccount.feel.functions import FUNCTIONS
from keyaccount.feel.types import ContextType, FunctionType, ListType, RangeType

FACTS = ("a", "b", "c", "n", "s", "xs", "in stock", "月用量")
KINDS = (
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "moment",
    "days",
    "months",
    "list",
    "context",
)
_BY_TYPE = {
    types.NUMBER: "number",
    types.STRING: "string",
    types.BOOLEAN: "boolean",
    types.DATE: "date",
    types.TIME: "time",
    types.DATE_AND_TIME: "moment",
    types.DAYS_AND_TIME_DURATION: "days",
    types.YEARS_AND_MONTHS_DURATION: "months",
}
LITERALS = {
    "number": [
        "0",
        "1",
        "-1",
        "2",
        "3",
        "10",
        "0.1",
        "1.50",
        "1e3",
        "-2.5",
        "1e-7",
        "9" * 35,
        "1e6144",
    ],
    "string": [
        '""',
        '"a"',
        '"abc"',
        '"a b"',
        '"12"',
        '"12.5"',
        '"😀é"',
        '"2024-02-29"',
        '"P1D"',
        '"a+"',
        '"(a|b)*"',
        '"[a-z-[aeiou]]"',
        '"$1"',
        '"i"',
        '"\\\\"',
        '","',
        '"10:00:00Z"',
    ],
    "boolean": ["true", "false", "null"],
    "date": ['@"2024-02-29"', '@"-0001-12-31"', 'date("999999999-12-31")', "today()"],
    "time": [
        '@"00:00:00"',
        '@"23:59:59.999Z"',
        '@"10:30:00+14:00"',
        'time("12:00:00@Europe/Paris")',
    ],
    "moment": [
        '@"2024-02-29T23:59:59"',
        '@"2024-03-31T02:30:00@Europe/Paris"',
        "now()",
        'date and time("-999999999-01-01T00:00:00Z")',
    ],
    "days": ['@"P1D"', '@"-PT36H"', '@"PT0.000000001S"', 'duration("P999999999D")'],
    "months": ['@"P1Y2M"', '@"-P13M"', 'duration("P999999999Y")'],
    "list": ["[]", "[1, 2, 3]", '["a", null, "b"]', "[[1], [2, [3]]]", "[true, false]", "xs"],
    "context": ["{}", "{a: 1, b: 2}", '{"x y": [1], b: {c: null}}', "c"],
}
_NAMES = st.sampled_from((*FACTS, "item", "partial", "i", "nothing known", "?"))
_COMPARISONS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_TYPES = st.sampled_from(
    [
        "number",
        "string",
        "Any",
        "Null",
        "date",
        "list<number>",
        "range<number>",
        "context<a:",
        "number>",
        "date and time",
        "days and time duration",
        "function<number> -> number",
    ]
)


def _form(pattern, *parts):
    return st.tuples(*parts).map(lambda values: pattern.format(*values))


@cache
def of_kind(kind, depth):
    """Texts that come to a kind of value, most of them."""
    leaf = st.sampled_from(LITERALS[kind]) if kind in LITERALS else _NAMES
    leaf = leaf | leaf | _NAMES
    if depth == 0:
        return leaf
    deeper = of_kind(kind, depth - 1)
    whatever = anything(depth - 1)
    number, boolean = of_kind("number", depth - 1), of_kind("boolean", depth - 1)
    some_list = of_kind("list", depth - 1)
    forms = [
        leaf,
        calls(kind, depth - 1),
        calls(kind, depth - 1),
        _form("if {} then {} else {}", boolean, deeper, deeper),
        _form("({})", deeper),
        _form("{}[{}]", some_list, number),
        _form("{}.{}", of_kind("context", depth - 1), st.sampled_from(["a", "b", "x y", "year"])),
        _form("(function(i, x: Any) {})({}, {})", deeper, whatever, whatever),
    ]
    return st.one_of(*forms, *_OWN.get(kind, _temporal)(depth - 1))


def _numbers(depth):
    number = of_kind("number", depth)
    temporal = st.sampled_from(["date", "time", "moment", "days", "months"])
    members = st.sampled_from(
        ["year", "month", "day", "weekday", "hour", "minute", "second", "months", "days"]
    )
    return [
        _form("{} {} {}", number, st.sampled_from(["+", "-", "*", "/", "**"]), number),
        _form("-{}", number),
        temporal.flatmap(lambda kind: _form("({}).{}", of_kind(kind, depth), members)),
    ]


def _strings(depth):
    return [_form("{} + {}", of_kind("string", depth), of_kind("string", depth))]


def _booleans(depth):
    boolean, whatever = of_kind("boolean", depth), anything(depth)
    alike = st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(*[of_kind(kind, depth)] * 3))
    quantified = st.sampled_from(["some", "every"])
    return [
        _form("{} {} {}", boolean, st.sampled_from(["and", "or"]), boolean),
        st.tuples(alike, _COMPARISONS).map(lambda found: f"{found[0][0]} {found[1]} {found[0][1]}"),
        alike.map(lambda found: "{} between {} and {}".format(*found)),
        alike.map(lambda found: "{} in [{}..{})".format(*found)),
        alike.map(lambda found: "{} in (< {}, {})".format(*found)),
        _form("{} in {}", whatever, whatever),
        _form("{} instance of {}", whatever, _TYPES),
        _form("{} i in {} satisfies {}", quantified, of_kind("list", depth), boolean),
    ]


def _lists(depth):
    item, boolean = anything(depth), of_kind("boolean", depth)
    some_list, number = of_kind("list", depth), of_kind("number", depth)
    return [
        _form("[{}, {}]", item, item),
        _form("for i in {} return {}", some_list, item),
        _form("for i in {}..{}, x in {} return {}", number, st.just("3"), some_list, item),
        _form("for i in 1..4 return if i = 1 then {} else partial[-1]", item),
        _form("{}[{}]", some_list, boolean),
        _form("{}[item {} {}]", some_list, _COMPARISONS, item),
        _form("{}.{}", some_list, st.sampled_from(["a", "b"])),
    ]


def _contexts(depth):
    item = anything(depth)
    return [
        _form("{{a: {}, b: {}}}", item, item),
        _form('{{"x y": {}, f: function(q) q + {}, b: f(a)}}', item, item),
    ]


def _temporal(depth):
    moment = st.sampled_from(["date", "time", "moment", "days", "months"])
    pair = st.tuples(moment, moment).flatmap(lambda ks: st.tuples(*(of_kind(k, depth) for k in ks)))
    return [
        st.tuples(pair, st.sampled_from("+-")).map(lambda f: f"{f[0][0]} {f[1]} {f[0][1]}"),
        st.tuples(moment, st.sampled_from("*/")).flatmap(
            lambda f: _form("{} " + f[1] + " {}", of_kind(f[0], depth), of_kind("number", depth))
        ),
    ]


_OWN = {
    "number": _numbers,
    "string": _strings,
    "boolean": _booleans,
    "list": _lists,
    "context": _contexts,
}


@cache
def anything(depth):
    """Texts of any kind."""
    return st.sampled_from(KINDS).flatmap(lambda kind: of_kind(kind, depth))


@cache
def calls(kind, depth):
    """Calls of built-in functions, the arguments mostly of the kinds that they take."""
    return st.sampled_from(sorted(_giving(kind))).flatmap(lambda name: _call(name, depth))


@cache
def _giving(kind):
    """The functions that give a kind, as far as they say so; all for a kind that none gives."""
    found = [
        name
        for name, function in FUNCTIONS.items()
        for each in function.signatures
        if not callable(each.result) and _kind_of(each.result) == kind
    ]
    return found or list(FUNCTIONS)


def _call(name, depth):
    return st.sampled_from(FUNCTIONS[name].signatures).flatmap(
        lambda signature: st.integers(
            signature.required, len(signature.parameters) + signature.variadic
        ).flatmap(lambda count: _arguments(name, signature, count, depth))
    )


def _arguments(name, signature, count, depth):
    wanted = list(signature.parameters_for(count))
    arguments = st.tuples(*(_argument(each.type, depth) for each in wanted))
    positional = arguments.map(lambda found: f"{name}({', '.join(found)})")
    if signature.variadic:
        return positional
    named = arguments.map(
        lambda found: "{}({})".format(
            name, ", ".join(f"{p.name}: {text}" for p, text in zip(wanted, found, strict=True))
        )
    )
    return positional | named


def _argument(wanted, depth):
    match wanted:
        case FunctionType(parameters=parameters):
            names = ", ".join(["x", "y", "z"][: len(parameters)])
            body = st.sampled_from(["x < y", "x = y", "true", "x", "null"]) | anything(depth)
            return body.map(lambda text: f"function({names}) {text}")
        case RangeType():
            return _form("[{}..{}]", anything(0), anything(0)) | _form("(< {})", anything(0))
        case _:
            fits = of_kind(_kind_of(wanted), depth)
            return fits | fits | fits | anything(depth)


def _kind_of(wanted):
    if isinstance(wanted, ListType):
        return "list"
    if isinstance(wanted, ContextType):
        return "context"
    return _BY_TYPE.get(wanted, "list")


CELLS = st.one_of(
    st.just("-"),
    _form("{} {}", _COMPARISONS, anything(1)),
    _form("{}, {} {}", anything(1), _COMPARISONS, anything(1)),
    _form("not({}, {})", anything(1), anything(1)),
    _form("[{}..{})", anything(1), anything(1)),
    of_kind("boolean", 2),
    of_kind("list", 1),
)

VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**12), 10**12),
        st.decimals(
            allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000
        ),
        st.text(max_size=5),
        st.dates(),
        st.times(),
        st.datetimes(),
        st.timedeltas(),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "x y", "年"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def changed(draw, texts):
    """A text of some, with pieces cut out, doubled, swapped or put in from another."""
    text, other = draw(texts), draw(texts)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        piece = draw(
            st.sampled_from(["", text[start:end] * 2, other[start:end], *"()[]{}.,:;-+*/<>=\"'@?#"])
            | st.sampled_from([" null ", "9" * 40, "1e400", " and ", " in ", "\\u0000", "..", "𝒳"])
        )
        text = text[:start] + piece + text[end:]
    return text
