from __future__ import annotations

import re
from typing import Any

import pytest

from keyaccount.diagnostics.diagnostic import Language
from keyaccount.service.bodies import read_question
from keyaccount.service.refusal import RefusalError, problem

REFUSED = {
    b'{"facts": null}': ("expected `object`, got `null`", "应为对象，而不是空值 null"),
    b'{"facts": {}, "as_of": 5}': (
        "expected `date` or `null`, got `integer`",
        "应为日期或空值 null，而不是整数",
    ),
    b'{"facts": {}, "explain": "yes"}': (
        "expected `boolean`, got `string`",
        "应为布尔值，而不是文本",
    ),
    b'{"facts": {}, "as_of": "2026-02-30"}': (
        "no date: write 2026-01-31",
        "不是日期：请写成 2026-01-31",
    ),
    b'{"facts": {}, "reference": ""}': ("expected at least 1 character", "至少应有 1 个字符"),
    b'{"facts": {}, "reference": "\\u0007"}': (
        "it holds characters that cannot stand here",
        "含有此处不允许的字符",
    ),
    b'{"facts": {}, "fact`s": {}}': ("`fact`s` is not known here", "此处没有 `fact`s`"),
    b"{}": ("`facts` is missing", "缺少 `facts`"),
    b"": ("it breaks off", "内容不完整"),
    b"[1]": ("expected `object`, got `array`", "应为对象，而不是数组"),
    b'{"facts": {},}': ("trailing comma in object (byte 13)", "对象末尾有多余的逗号（字节 13）"),
    b'{"facts" {}}': ("expected ':' (byte 9)", "应为 ':'（字节 9）"),
    b'{"facts": {"a": 1 "b": 2}}': ("expected ',' or '}' (byte 18)", "应为 ',' 或 '}'（字节 18）"),
    b'{"facts": {"a": 01}}': ("invalid number (byte 17)", "数值写法不对（字节 17）"),
    b'{"facts": {"a": NaN}}': ("invalid character (byte 16)", "字符不合法（字节 16）"),
    b"{'facts': {}}": ("object keys must be strings (byte 1)", "对象的键必须是文本（字节 1）"),
    b'{"facts": {}} x': ("trailing characters (byte 15)", "末尾有多余的字符（字节 15）"),
}


@pytest.mark.parametrize("body", REFUSED)
def test_a_reason_comes_in_both_languages(body: bytes) -> None:
    with pytest.raises(RefusalError) as refused:
        read_question(body)
    message = refused.value.diagnostics[0].message
    en, zh = REFUSED[body]
    assert (message.en.partition(": ")[2], message.zh.partition("：")[2]) == (en, zh)


def test_no_chinese_message_holds_english_words() -> None:
    """Beyond JSON's own `null`."""
    for body in REFUSED:
        with pytest.raises(RefusalError) as refused:
            read_question(body)
        told: Any = problem(refused.value, Language.ZH)
        plain = re.sub(r"`[^`]*`|JSON|null", "", told["detail"])
        assert not re.search("[a-z]{2}", plain), plain
