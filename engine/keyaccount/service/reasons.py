"""What the JSON reader says is wrong, in both languages and without the names of Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from keyaccount.diagnostics.diagnostic import Text

_JSON = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}
"""JSON's own words, where the reader has others."""
_ZH = {
    "string": "文本",
    "boolean": "布尔值",
    "integer": "整数",
    "number": "数值",
    "object": "对象",
    "array": "数组",
    "date": "日期",
    "null": "空值 null",
}
_UNITS = {
    "string": Text("characters", "个字符"),
    "array": Text("items", "项"),
    "object": Text("keys", "项"),
}
_SYNTAX: Mapping[str, str] = {
    "invalid character": "字符不合法",
    "invalid character in unicode escape": "unicode 转义中的字符不合法",
    "invalid escape character in string": "文本中的转义字符不合法",
    "invalid escaped character": "转义字符不合法",
    "invalid number": "数值写法不对",
    "invalid utf-16 surrogate pair": "UTF-16 代理对不合法",
    "unexpected end of escaped utf-16 surrogate pair": "UTF-16 代理对不完整",
    "unexpected end of hex escape": "十六进制转义不完整",
    "object keys must be strings": "对象的键必须是文本",
    "trailing characters": "末尾有多余的字符",
    "trailing comma in array": "数组末尾有多余的逗号",
    "trailing comma in object": "对象末尾有多余的逗号",
}


def reason_of(told: str) -> Text:
    """The reader's own words as ours; what is not known stays as it is."""
    for pattern, words in _PATTERNS:
        if found := pattern.fullmatch(told):
            return words(found)
    lowered = told[:1].lower() + told[1:]
    return Text(lowered, lowered)


def _other_kind(found: re.Match[str]) -> Text:
    wanted, got = _kinds(found["wanted"]), _kinds(found["got"])
    return Text(f"expected {wanted.en}, got {got.en}", f"应为{wanted.zh}，而不是{got.zh}")


def _length(found: re.Match[str]) -> Text:
    kind, number = _JSON.get(found["kind"], found["kind"]), found["number"]
    unit = _UNITS[kind]
    en, zh = ("at most", "最多") if found["sign"] == "<=" else ("at least", "至少")
    units = unit.en.removesuffix("s") if number == "1" else unit.en
    return Text(f"expected {en} {number} {units}", f"{zh}应有 {number} {unit.zh}")


def _bound(found: re.Match[str]) -> Text:
    bound = f"{found['sign']} {found['number'].removesuffix('.0')}"
    return Text(f"expected a number {bound}", f"数值应 {bound}")


def _syntax(found: re.Match[str]) -> Text:
    reason, at = found["reason"], found["at"]
    known = _SYNTAX.get(reason)
    if known is None and reason.startswith("expected "):
        known = f"应为 {reason.removeprefix('expected ')}".replace(" or ", " 或 ")
    return Text(f"{reason} (byte {at})", f"{known or reason}（字节 {at}）")


def _kinds(given: str) -> Text:
    """One kind, or several of which any will do."""
    names = [_JSON.get(each, each) for each in given.split(" | ")]
    en = " or ".join(f"`{each}`" for each in names)
    return Text(en, "或".join(_ZH.get(each, f"`{each}`") for each in names))


def _fixed(en: str, zh: str) -> Callable[[re.Match[str]], Text]:
    return lambda _: Text(en, zh)


def _named(en: str, zh: str) -> Callable[[re.Match[str]], Text]:
    return lambda found: Text(en.format(found["name"]), zh.format(found["name"]))


_NUMBER = r"(?P<sign>[<>]=?) (?P<number>[-+.e\d]+)"
_PATTERNS = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`", _other_kind),
        (rf"Expected `(?P<kind>str|array|object)` of length {_NUMBER}", _length),
        (rf"Expected `(?:int|float)` {_NUMBER}", _bound),
        (
            r"Expected `str` matching regex .*",
            _fixed("it holds characters that cannot stand here", "含有此处不允许的字符"),
        ),
        (
            r"Object missing required field `(?P<name>.*)`",
            _named("`{}` is missing", "缺少 `{}`"),
        ),
        (
            r"Object contains unknown field `(?P<name>.*)`",
            _named("`{}` is not known here", "此处没有 `{}`"),
        ),
        (
            r"Invalid enum value ['\"](?P<name>.*)['\"]",
            _named("`{}` is none of its values", "没有取值 `{}`"),
        ),
        (
            r"Invalid RFC3339 encoded date",
            _fixed("no date: write 2026-01-31", "不是日期：请写成 2026-01-31"),
        ),
        (
            r"Number out of range|Integer value out of range",
            _fixed("number out of range", "数值超出范围"),
        ),
        (r"Input data was truncated", _fixed("it breaks off", "内容不完整")),
        (r"(?:JSON is malformed: )?(?P<reason>[a-z].*) \(byte (?P<at>\d+)\)", _syntax),
    )
)
