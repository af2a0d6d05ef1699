"""What to say where the text doesn't go on as the grammar wants: the common slips by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from keyaccount.diagnostics import feel_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, Text
from keyaccount.feel.lexer import (
    CURLY_STRING,
    NUMBER,
    OTHER,
    STRING,
    SYMBOL,
    UNCLOSED_COMMENT,
    UNCLOSED_STRING,
    WORD,
)
from keyaccount.feel.names import RESERVED
from keyaccount.feel.parsing.reader import Reader

_MOST_AT_ONCE = 20
_GROUP = 3  # digits between thousands separators
CLOSING = (")", "]", "}")
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_OPERATORS = (*_COMPARISONS, "+", "-", "*", "/", "**", "and", "or", "in", "between")
_VALUE_WORDS = ("null", "true", "false", "not", "if", "for", "some", "every", "function")
_VALUE_SIGNS = ("(", "[", "{", "@", "?", "-")
AT_LITERAL = Text(
    'write a date, time or duration in double quotes: `@"2024-01-01"`',
    '日期、时间或时长须用双引号：`@"2024-01-01"`',
)
_LEADING_WORDS = ("if", "then", "else", "return", "satisfies")

_FULL_WIDTH = {
    # The full-width forms of ASCII, in the order of ASCII.
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    "、": ",",
    "。": ".",
    "；": ",",
    "…": "..",
    "≥": ">=",
    "≧": ">=",
    "≤": "<=",
    "≦": "<=",
    "≠": "!=",
    "×": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "「": '"',
    "」": '"',
    "『": '"',
    "』": '"',
    "《": '"',
    "》": '"',
    "〈": "<",
    "〉": ">",
    "‘": '"',
    "’": '"',
    "＇": '"',
    "＂": '"',
    "【": "[",
    "】": "]",
    "〔": "[",
    "〕": "]",
    "〖": "[",
    "〗": "]",
}

_FOREIGN = {
    "==": Text("write `=`", "写 `=`"),
    "&&": Text("write `and`", "写 `and`"),
    "&": Text("write `and`; texts are joined by `+`", "写 `and`；连接文字用 `+`"),
    "||": Text("write `or`", "写 `or`"),
    "|": Text("write `or`", "写 `or`"),
    "!": Text("write `not(...)`; unequal is `!=`", "写 `not(...)`；不等于写 `!=`"),
    "<>": Text("write `!=`", "写 `!=`"),
    "=>": Text("write `>=`", "写 `>=`"),
    "=<": Text("write `<=`", "写 `<=`"),
    "%": Text(
        "write 20% as `0.2`; a remainder is `modulo(a, b)`",
        "20% 写 `0.2`；求余写 `modulo(a, b)`",
    ),
    "^": Text("write `**`", "写 `**`"),
    ";": Text("write `,` between the parts", "各部分之间写 `,`"),
    "?": Text("write `if ... then ... else ...`", "写 `if ... then ... else ...`"),
}


_FORMS = {
    "then": Text("a choice is `if ... then ... else ...`", "条件式写作 `if ... then ... else ...`"),
    "return": Text("a loop is `for x in list return ...`", "循环写作 `for x in list return ...`"),
    "satisfies": Text(
        "a test of a list is `some x in list satisfies ...`",
        "对列表的判断写作 `some x in list satisfies ...`",
    ),
    "in": Text("a variable and its list are `x in list`", "变量与列表写作 `x in list`"),
    "and": Text("a range is tested by `x between 1 and 5`", "范围判断写作 `x between 1 and 5`"),
    "..": Text("a range is `]1..5]`", "范围写作 `]1..5]`"),
    "(": Text("a function is `function(a, b) a + b`", "函数写作 `function(a, b) a + b`"),
    ":": Text("an entry is `name: type`", "条目写作 `名称: 类型`"),
    "->": Text(
        "such a type is `function<number> -> string`", "该类型写作 `function<number> -> string`"
    ),
}


def no_value(reader: Reader) -> PolicyError:
    """A value has to stand here, and none does."""
    at = reader.at
    slip = _slip(reader)
    if slip is not None:
        return PolicyError(slip)
    found = reader.texts[at]
    behind = _operator_behind(reader)
    span = reader.token_span(at)
    if found in _COMPARISONS and behind in ("and", "or"):
        return PolicyError([messages.bare_comparison(span, found, behind)])
    if found in _OPERATORS and behind is None:
        return PolicyError([messages.missing_left_side(span, found)])
    if found in CLOSING and behind is None and not _open_bracket(reader):
        return PolicyError([messages.stray_bracket(span, found)])
    return PolicyError([messages.expected_value(span, found, behind)])


def no_symbol(
    reader: Reader, *wanted: str, opening: int | None = None, help: Text | None = None
) -> PolicyError:
    """One of the wanted words or signs has to stand here.

    `opening` is the token of the bracket, or of the `if`, that it belongs to.
    """
    slip = _slip(reader) or _two_values(reader)
    if slip is not None:
        return PolicyError(slip)
    found = reader.texts[reader.at]
    span = reader.token_span(reader.at)
    if opening is None:
        form = help or _FORMS.get(wanted[0])
        return PolicyError([messages.expected_symbol(span, wanted, found, form)])
    place = reader.token_span(opening).position
    if wanted == ("else",):
        return PolicyError([messages.missing_else(span, found, place)])
    opened = reader.texts[opening]
    return PolicyError([messages.unclosed_bracket(span, opened, place, wanted, found)])


def no_end(reader: Reader) -> PolicyError:
    """The text has to end here."""
    slip = _slip(reader) or _two_values(reader)
    if slip is not None:
        return PolicyError(slip)
    at = reader.at
    found = reader.texts[at]
    span = reader.token_span(at)
    if found in CLOSING:
        return PolicyError([messages.stray_bracket(span, found)])
    if found == "," and reader.kinds[at - 1] == NUMBER and reader.kinds[at + 1] == NUMBER:
        return PolicyError([messages.thousands_separator(span)])
    return PolicyError([messages.unexpected_end(span, found)])


def joined_tests(reader: Reader) -> PolicyError:
    """`and` or `or` behind the first test of a cell."""
    word = reader.texts[reader.at]
    return PolicyError([messages.joined_tests(reader.token_span(reader.at), word)])


def refuse_thousands(reader: Reader) -> None:
    """Refuse `5,000` among the tests of a cell, where FEEL reads two numbers, 5 and 0."""
    texts, kinds, starts, ends = reader.tokens
    at = reader.at
    if (
        texts[at] == ","
        and kinds[at - 1] == kinds[at + 1] == NUMBER
        and len(texts[at + 1]) == _GROUP
        and texts[at + 1][0] == "0"
        and texts[at + 1].isdigit()
        and starts[at + 1] - ends[at - 1] == 1
    ):
        raise PolicyError([messages.thousands_separator(reader.token_span(at))])


def no_name(reader: Reader, what: Text) -> PolicyError:
    """A name has to stand here."""
    slip = _slip(reader)
    if slip is not None:
        return PolicyError(slip)
    found = reader.texts[reader.at]
    return PolicyError([messages.expected_name(reader.token_span(reader.at), found, what)])


def no_type(reader: Reader) -> PolicyError:
    """A type has to stand here."""
    found = reader.texts[reader.at]
    slip = None if found == "<>" else _slip(reader)
    if slip is not None:
        return PolicyError(slip)
    return PolicyError([messages.expected_type(reader.token_span(reader.at), found)])


def no_bracket(reader: Reader, at: int) -> PolicyError:
    """`not`, at a token, has no bracket behind it."""
    slip = _slip(reader)
    return PolicyError(slip or [messages.not_without_brackets(reader.token_span(at))])


def refuse_repeated(reader: Reader, name: str, names: set[str], at: int, what: Text) -> None:
    """Add a name to those that are there, or refuse it where it is there already."""
    if name in names:
        raise PolicyError([messages.repeated_name(reader.token_span(at), name, what)])
    names.add(name)


def _slip(reader: Reader) -> list[Diagnostic] | None:
    """What is wrong with the next token wherever it stands; None where nothing is."""
    at = reader.at
    text = reader.texts[at]
    span = reader.token_span(at)
    match reader.kinds[at]:
        case kind if kind == UNCLOSED_STRING:
            return [messages.unclosed_string(span)]
        case kind if kind == UNCLOSED_COMMENT:
            return [messages.unclosed_comment(span)]
        case kind if kind in (CURLY_STRING, OTHER):
            return _odd_character(reader)
        case kind if kind == SYMBOL and text in _FOREIGN and text != "?":
            return [messages.foreign_operator(span, text, _FOREIGN[text])]
        case kind if kind == SYMBOL and text == "'":
            return [_single_quotes(reader)]
        case kind if kind == WORD and text.isupper() and text.lower() in RESERVED:
            return [messages.upper_case_word(span, text)]
        case _:
            return None


def _odd_character(reader: Reader) -> list[Diagnostic]:
    at = reader.at
    text = reader.texts[at]
    if text[0] in _FULL_WIDTH:
        return [
            messages.full_width(
                reader.token_span(each), reader.texts[each][0], _FULL_WIDTH[reader.texts[each][0]]
            )
            for each in islice(_full_width_behind(reader), _MOST_AT_ONCE)
        ]
    span = reader.token_span(at)
    if text in _FOREIGN:
        return [messages.foreign_operator(span, text, _FOREIGN[text])]
    return [messages.unknown_character(span, text)]


def _full_width_behind(reader: Reader) -> Iterator[int]:
    for at in range(reader.at, len(reader.texts)):
        odd = reader.kinds[at] in (CURLY_STRING, OTHER)
        if odd and reader.texts[at][0] in _FULL_WIDTH:
            yield at


def _single_quotes(reader: Reader) -> Diagnostic:
    texts = reader.texts
    try:
        closing = texts.index("'", reader.at + 1)
    except ValueError:
        closing = reader.at
    first = reader.token_span(reader.at)
    return messages.single_quotes(first.to(reader.token_span(closing)))


def _two_values(reader: Reader) -> list[Diagnostic] | None:
    """The next token starts a value right behind another one."""
    at = reader.at
    if at == 0 or not starts_value(reader, at) or not _ends_value(reader, at - 1):
        return None
    text = reader.texts[at]
    span = reader.token_span(at)
    if text == "?":
        return [messages.foreign_operator(span, text, _FOREIGN[text])]
    words = _words_before(reader)
    joined = f"{words} {text}" if words and reader.kinds[at] == WORD else ""
    return [messages.expected_operator(span, text, joined, reader.scope)]


def starts_value(reader: Reader, at: int) -> bool:
    """Whether a value may start at a token, by the look of it."""
    text = reader.texts[at]
    if reader.kinds[at] == WORD:
        return reader.plain_word(at) or text in _VALUE_WORDS
    return reader.kinds[at] in (NUMBER, STRING) or text in _VALUE_SIGNS


def _ends_value(reader: Reader, at: int) -> bool:
    text = reader.texts[at]
    if reader.kinds[at] == WORD:
        return text not in RESERVED or text in ("null", "true", "false")
    return reader.kinds[at] in (NUMBER, STRING) or text in (*CLOSING, "?")


def _words_before(reader: Reader) -> str:
    first = reader.at
    while first > 0 and reader.kinds[first - 1] in (WORD, NUMBER):
        if reader.texts[first - 1] in RESERVED:
            break
        first -= 1
    return reader.spelling(first, reader.at) if first < reader.at else ""


def _operator_behind(reader: Reader) -> str | None:
    """The operator or word right before the next token, where there is one."""
    before = reader.texts[reader.at - 1] if reader.at else ""
    if before == "," and not reader.texts[reader.at]:
        return before
    return before if before in _OPERATORS or before in _LEADING_WORDS else None


def _open_bracket(reader: Reader) -> bool:
    before = reader.texts[: reader.at]
    return any(before.count(a) > before.count(b) for a, b in ("()", "[]", "{}"))
