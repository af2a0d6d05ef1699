"""What can be wrong with the facts handed in: one function a message.

There is no file to point into, so no message has a span: the fact's name, with
the place inside it (`orders[2].tonnes`), says where.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import did_you_mean, meant_or_listed

_WRITE_AS = {
    "number": Text("give a number, such as 20 or 0.95", "请给出数值，例如 20 或 0.95"),
    "string": Text("give text in quotes", "请给出带引号的文本"),
    "boolean": Text("give true or false", "请给出 true 或 false"),
    "date": Text('give a date as text: "2026-01-31"', '请以文本给出日期："2026-01-31"'),
    "time": Text('give a time as text: "17:30:00"', '请以文本给出时间："17:30:00"'),
    "date and time": Text(
        'give date and time as text: "2026-01-31T17:30:00+08:00"',
        '请以文本给出日期时间："2026-01-31T17:30:00+08:00"',
    ),
    "days and time duration": Text(
        'give a duration as text: "P2DT4H"', '请以文本给出时长："P2DT4H"'
    ),
    "years and months duration": Text(
        'give a duration as text: "P1Y6M"', '请以文本给出时长："P1Y6M"'
    ),
}

_IN_CHINESE = {
    "number": "数值",
    "string": "文本",
    "boolean": "布尔值",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "天时分秒的时长",
    "years and months duration": "年月的时长",
}
"""FEEL's simple types."""


def unknown_name(name: str, known: Sequence[str], meant: str | None = None) -> Diagnostic:
    """A fact that no policy in use declares. `meant`: the fact whose alias or title the name is."""
    return _of(
        "unknown-name",
        f"no fact is called `{name}`",
        f"没有名为 `{name}` 的事实",
        meant_or_listed(name, known) if meant is None else did_you_mean(meant, [meant]),
        name,
    )


def wrong_type(place: str, wanted: str, got: Text) -> Diagnostic:
    """A value of another type than the fact's.

    Args:
        place: the fact's name, and the place inside it.
        wanted: the type's FEEL name.
        got: the value, as told by `described`.
    """
    return _of(
        "wrong-type",
        f"`{place}` must be a {wanted}, not {got.en}",
        f"`{place}` 必须是{_IN_CHINESE.get(wanted, f' {wanted}')}，而不是{got.zh}",
        _WRITE_AS.get(wanted),
        place,
    )


def nested_too_deep(place: str) -> Diagnostic:
    """Lists or mappings inside one another, more than can be followed, or one that holds itself."""
    fact = re.split(r"[.\[]", place, maxsplit=1)[0]
    return _of(
        "nested-too-deep",
        f"`{fact}` holds lists or mappings nested too deep",
        f"`{fact}` 中的列表或映射嵌套过深",
        Text("give the parts as facts of their own", "请把各部分分别作为事实给出"),
    )


def number_as_text(place: str, text: str) -> Diagnostic:
    """A number in quotes."""
    return _of(
        "wrong-type",
        f'`{place}` must be a number, not the text `"{text}"`',
        f'`{place}` 必须是数值，而不是文本 `"{text}"`',
        Text(f"leave the quotes out: {text}", f"请去掉引号：{text}"),
        place,
    )


def not_a_number(place: str, got: str) -> Diagnostic:
    """NaN or an infinity."""
    return _of(
        "not-finite",
        f"`{place}` must be a finite number, not `{got}`",
        f"`{place}` 必须是有限的数值，而不是 `{got}`",
        Text("leave the fact out where it is not known", "若不知道其值，请不要给出该事实"),
        place,
    )


def too_precise(place: str, got: str) -> Diagnostic:
    """A number that 34 digits cannot hold exactly."""
    return _of(
        "too-many-digits",
        f"`{place}` has more digits than a number can hold: `{got}`",
        f"`{place}` 的位数超出数值的精度：`{got}`",
        Text(
            "round it yourself to 34 significant digits: it is never rounded without a word",
            "请自行舍入到 34 位有效数字：系统不会悄悄舍入",
        ),
        place,
    )


def not_allowed(place: str, got: Text, allowed: str) -> Diagnostic:
    """A value outside what the policy allows; `allowed` is the author's own text."""
    return _of(
        "not-allowed",
        f"`{place}` is {got.en}, which is not allowed",
        f"`{place}` 为{got.zh}，不在允许范围内",
        Text(f"allowed is `{allowed}`", f"允许的范围：`{allowed}`"),
        place,
    )


def undeclared_value(place: str, value: str, declared: Sequence[str]) -> Diagnostic:
    """A text that is none of an enumeration's declared values."""
    return _of(
        "undeclared-value",
        f"`{place}` has no value `{value}`",
        f"`{place}` 没有取值 `{value}`",
        meant_or_listed(value, declared),
        place,
    )


def not_facts(got: Text) -> Diagnostic:
    """The facts as a whole are no mapping from name to value."""
    return _of(
        "not-a-mapping",
        f"facts must be a mapping from name to value, not {got.en}",
        f"事实必须是从名称到值的映射，而不是{got.zh}",
        Text('for example {"monthly": 20}', '例如 {"monthly": 20}'),
    )


def _of(code: str, en: str, zh: str, help_: Text | None, place: str | None = None) -> Diagnostic:
    return Diagnostic(f"fact.{code}", Text(en, zh), None, help_, place=place)
