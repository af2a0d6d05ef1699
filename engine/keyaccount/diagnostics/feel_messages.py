"""What is said about FEEL text: one function a message.

`found` is the author's text at the place, empty where the text ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import did_you_mean
from keyaccount.source import Position, Span

_SHOWN = 40

FOREIGN_OPERATORS = {
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
    "~": Text("write a range as `[20..50]`", "范围写作 `[20..50]`"),
    ";": Text("write `,` between the parts", "各部分之间写 `,`"),
    "且": Text("write `and`", "写 `and`"),
    "并且": Text("write `and`", "写 `and`"),
    "或": Text("write `or`", "写 `or`"),
    "或者": Text("write `or`", "写 `or`"),
    "is": Text("write `=`, or `!=` for `is not`", "写 `=`；`is not` 写 `!=`"),
    "to": Text("a range is `x between 1 and 5`", "范围写作 `x between 1 and 5`"),
    "?": Text("write `if ... then ... else ...`", "写 `if ... then ... else ...`"),
}
"""What other languages write, and what FEEL writes in its place."""

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


def empty(span: Span, *, tests: bool) -> Diagnostic:
    """There is no FEEL in the text at all."""
    if tests:
        hint = Text(
            "write a test such as `>= 20`, or `-` for any value",
            "写一个条件，如 `>= 20`；任意值写 `-`",
        )
    else:
        hint = Text("write a value or a calculation, or `null`", "写一个值或算式；没有值写 `null`")
    return Diagnostic(
        "feel.empty", Text("there is no expression here", "此处没有表达式"), span, hint
    )


def expected_value(span: Span, found: str, behind: str | None) -> Diagnostic:
    """A value has to stand here; `behind` is the operator or word before it."""
    if behind is None:
        message = Text(f"expected a value, found {_en(found)}", f"此处应为一个值，却是{_zh(found)}")
    else:
        message = Text(
            f"expected a value behind `{behind}`, found {_en(found)}",
            f"`{behind}` 之后应为一个值，却是{_zh(found)}",
        )
    return Diagnostic("feel.expected-value", message, span, _value_help(found, behind))


def _value_help(found: str, behind: str | None) -> Text:
    if not found and behind is not None:
        return Text(
            f"write what stands on the right of `{behind}`, or take `{behind}` away",
            f"补上 `{behind}` 右边的内容，或删去 `{behind}`",
        )
    if found in (")", "]", "}", ","):
        return Text(f"write the missing value before `{found}`", f"在 `{found}` 之前补上缺少的值")
    if found in ("then", "else", "return", "satisfies", "in", "between"):
        return Text(
            f"`{found}` is a word of the language; a name that holds it has to be declared",
            f"`{found}` 是语言的保留字；含有它的名称须先声明",
        )
    if behind is not None:
        return Text(
            f"write a value between `{behind}` and `{found}`, or take one of them away",
            f"在 `{behind}` 与 `{found}` 之间补上一个值，或删去其中一个",
        )
    return Text(
        "write a value: a number such as `0.5`, text in double quotes, or a declared name",
        "请写一个值：数字（如 `0.5`）、双引号中的文字，或已声明的名称",
    )


def missing_left_side(span: Span, operator: str) -> Diagnostic:
    """An operator at the start of a text."""
    return Diagnostic(
        "feel.missing-left-side",
        Text(f"`{operator}` has nothing on its left", f"`{operator}` 左边没有内容"),
        span,
        Text(f"write a value before `{operator}`", f"在 `{operator}` 之前写一个值"),
    )


def bare_comparison(span: Span, operator: str, joined_by: str) -> Diagnostic:
    """A comparison without its left side, as in `x >= 5 and <= 10`."""
    return Diagnostic(
        "feel.missing-left-side",
        Text(f"`{operator}` has nothing on its left", f"`{operator}` 左边没有内容"),
        span,
        Text(
            f"name the value again: `x >= 5 {joined_by} x <= 10`; a range is `x in [5..10]`",
            f"请重复写出被比较的值：`x >= 5 {joined_by} x <= 10`；范围写作 `x in [5..10]`",
        ),
    )


def joined_tests(span: Span, word: str) -> Diagnostic:
    """Tests of a cell joined by `and` or `or`."""
    return Diagnostic(
        "feel.joined-tests",
        Text(f"tests are not joined by `{word}`", f"条件之间不用 `{word}` 连接"),
        span,
        Text(
            "a range is `[5..10]`, alternatives are `< 5, > 10`;"
            f" or name the value under test: `? >= 5 {word} ? <= 10`",
            "范围写作 `[5..10]`，并列的条件写作 `< 5, > 10`；"
            f"或用 `?` 写出被测的值：`? >= 5 {word} ? <= 10`",
        ),
    )


def expected_symbol(span: Span, wanted: str, found: str) -> Diagnostic:
    """A word or sign of the grammar has to stand here."""
    return Diagnostic(
        "feel.expected-symbol",
        Text(f"expected `{wanted}`, found {_en(found)}", f"此处应为 `{wanted}`，却是{_zh(found)}"),
        span,
        _FORMS.get(wanted),
    )


def expected_entry_value(span: Span, found: str) -> Diagnostic:
    """A colon has to stand between an entry's name and its value."""
    return Diagnostic(
        "feel.expected-symbol",
        Text(f"expected `:`, found {_en(found)}", f"此处应为 `:`，却是{_zh(found)}"),
        span,
        Text("an entry is `name: value`", "条目写作 `名称: 值`"),
    )


def expected_date_text(span: Span, found: str) -> Diagnostic:
    """`@` without its text."""
    return Diagnostic(
        "feel.expected-symbol",
        Text(f'expected `"`, found {_en(found)}', f'此处应为 `"`，却是{_zh(found)}'),
        span,
        Text(
            'write a date, time or duration in double quotes: `@"2024-01-01"`',
            '日期、时间或时长须用双引号：`@"2024-01-01"`',
        ),
    )


def expected_operator(span: Span, found: str, joined: str, known: Iterable[str]) -> Diagnostic:
    """Two values with nothing between; `joined` is both as one name, empty where they are none."""
    meant = did_you_mean(joined, known) if joined else None
    return Diagnostic(
        "feel.expected-operator",
        Text(f"expected an operator before {_en(found)}", f"{_zh(found).strip()} 之前应有运算符"),
        span,
        meant
        or Text(
            "put an operator between them, such as `and`, `=` or `+`, or quotes around text",
            "在两者之间加运算符，如 `and`、`=`、`+`；文字请加双引号",
        ),
    )


_MULTIPLES = {"百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8}
"""Chinese units of counting, as powers of ten."""


def unit_after_number(span: Span, number: str, unit: str) -> Diagnostic:
    """A number with letters right behind it."""
    if unit in _MULTIPLES:
        whole = format(Decimal(number).scaleb(_MULTIPLES[unit]), "f")
        help_ = Text(f"write the number out: `{whole}`", f"请写出完整的数字：`{whole}`")
    else:
        help_ = Text(
            "write the number alone; what it is measured in stands under `unit:`",
            "只写数字；计量单位请写在 `unit:` 中",
        )
    return Diagnostic(
        "feel.unit-after-number",
        Text(f"`{unit}` cannot follow a number", f"数字之后不能写 `{unit}`"),
        span,
        help_,
    )


def range_without_brackets(span: Span) -> Diagnostic:
    """`20..50` by itself."""
    return Diagnostic(
        "feel.range-without-brackets",
        Text("a range stands in brackets", "范围须写在括号内"),
        span,
        Text(
            "write `[20..50]`, or `[20..50)` without the upper bound itself",
            "写作 `[20..50]`；不含上限写作 `[20..50)`",
        ),
    )


def unexpected_end(span: Span, found: str) -> Diagnostic:
    """The expression is complete, but text goes on."""
    return Diagnostic(
        "feel.unexpected-text",
        Text(
            f"the expression is complete before {_en(found)}", f"表达式在{_zh(found)} 之前已经完整"
        ),
        span,
        Text(
            "take the rest away, or put brackets around what belongs together",
            "删去其后的内容，或给属于一体的部分加括号",
        ),
    )


def thousands_separator(span: Span) -> Diagnostic:
    """`5,000,000` for 5000000: FEEL reads three numbers."""
    return Diagnostic(
        "feel.thousands-separator",
        Text("numbers have no thousands separators", "数字中不用千位分隔符"),
        span,
        Text(
            "write `5000000`; several values stand apart, as in `1, 2`",
            "写 `5000000`；多个值之间加空格，如 `1, 2`",
        ),
    )


def unclosed_bracket(
    span: Span, opening: str, place: Position, closing: str, found: str
) -> Diagnostic:
    """A bracket that was opened at `place` is not closed where it should be."""
    return Diagnostic(
        "feel.unclosed-bracket",
        Text(
            f"expected `{closing}`, found {_en(found)}", f"此处应为 `{closing}`，却是{_zh(found)}"
        ),
        span,
        Text(
            f"`{opening}` was opened in line {place.line}, column {place.column}:"
            f" close it with `{closing}`",
            f"第 {place.line} 行第 {place.column} 列的 `{opening}` 没有闭合：请加 `{closing}`",
        ),
    )


def stray_bracket(span: Span, found: str) -> Diagnostic:
    """A closing bracket that nothing opened."""
    return Diagnostic(
        "feel.stray-bracket",
        Text(f"`{found}` closes nothing", f"`{found}` 没有对应的左括号"),
        span,
        Text("take it away, or open the bracket further left", "删去它，或在左边补上左括号"),
    )


def unclosed_string(span: Span) -> Diagnostic:
    """A string without its closing quote in the line."""
    return Diagnostic(
        "feel.unclosed-string",
        Text("this string is not closed", "此字符串没有闭合"),
        span,
        Text(
            'end it with `"` in the same line; a quote inside is `\\"`, a line break `\\n`',
            '在同一行内以 `"` 结束；其中的引号写 `\\"`，换行写 `\\n`',
        ),
    )


def unclosed_comment(span: Span) -> Diagnostic:
    """`/*` without `*/`."""
    return Diagnostic(
        "feel.unclosed-comment",
        Text("this comment is not closed", "此注释没有闭合"),
        span,
        Text("end it with `*/`", "以 `*/` 结束"),
    )


def foreign_operator(span: Span, written: str) -> Diagnostic:
    """One of `FOREIGN_OPERATORS`."""
    return Diagnostic(
        "feel.foreign-operator",
        Text(f"`{written}` is no operator of FEEL", f"`{written}` 不是 FEEL 的运算符"),
        span,
        FOREIGN_OPERATORS[written],
    )


def upper_case_word(span: Span, written: str) -> Diagnostic:
    """`AND` for `and`."""
    return Diagnostic(
        "feel.upper-case-word",
        Text(f"`{written}` is written in lower case", f"`{written}` 应为小写"),
        span,
        Text(f"write `{written.lower()}`", f"写 `{written.lower()}`"),
    )


def single_quotes(span: Span) -> Diagnostic:
    """Text in single quotes."""
    return Diagnostic(
        "feel.single-quotes",
        Text("text stands in double quotes", "文字须用双引号"),
        span,
        Text("write `\"` in place of `'`", "请把 `'` 换成 `\"`"),
    )


def full_width(span: Span, written: str, ascii: str) -> Diagnostic:
    """Punctuation from a Chinese input method or a word processor."""
    return Diagnostic(
        "feel.full-width",
        Text(f"`{written}` is no sign of FEEL", f"`{written}` 不是 FEEL 的符号"),
        span,
        Text(
            f"write `{ascii}`, typed with the input method off",
            f"请切换到英文输入法，写 `{ascii}`",
        ),
    )


def unknown_character(span: Span, written: str) -> Diagnostic:
    """A character that no FEEL text holds outside strings."""
    shown = written if written.isprintable() else f"U+{ord(written[0]):04X}"
    return Diagnostic(
        "feel.unknown-character",
        Text(f"`{shown}` has no meaning in FEEL", f"`{shown}` 在 FEEL 中没有意义"),
        span,
        Text(
            'take it away; text stands in double quotes: `"text"`',
            '删去它；文字须用双引号：`"文字"`',
        ),
    )


def missing_else(span: Span, found: str, opened: Position) -> Diagnostic:
    """An `if` without `else`."""
    return Diagnostic(
        "feel.missing-else",
        Text(f"expected `else`, found {_en(found)}", f"此处应为 `else`，却是{_zh(found)}"),
        span,
        Text(
            f"the `if` in line {opened.line}, column {opened.column} needs an `else`:"
            " write `else null` where there is no other value",
            f"第 {opened.line} 行第 {opened.column} 列的 `if` 需要 `else`："
            "没有其他值时写 `else null`",
        ),
    )


def not_without_brackets(span: Span) -> Diagnostic:
    """`not x` for `not(x)`."""
    return Diagnostic(
        "feel.not-without-brackets",
        Text("`not` needs brackets", "`not` 之后须有括号"),
        span,
        Text("write `not(...)`; unequal is `!=`", "写 `not(...)`；不等于写 `!=`"),
    )


def expected_name(span: Span, found: str, what: Text) -> Diagnostic:
    """A name has to stand here: of a member, a variable, a parameter, an entry."""
    return Diagnostic(
        "feel.expected-name",
        Text(
            f"expected the name of {what.en}, found {_en(found)}",
            f"此处应为{what.zh}的名称，却是{_zh(found)}",
        ),
        span,
        Text("a name starts with a letter or `_`", "名称以文字、字母或 `_` 开头"),
    )


def expected_type(span: Span, found: str) -> Diagnostic:
    """A type has to stand here."""
    return Diagnostic(
        "feel.expected-type",
        Text(f"expected a type, found {_en(found)}", f"此处应为类型，却是{_zh(found)}"),
        span,
        Text(
            "such as `number`, `string`, `date and time`, `list<number>`",
            "如 `number`、`string`、`date and time`、`list<number>`",
        ),
    )


def mixed_arguments(span: Span) -> Diagnostic:
    """Named and positional arguments in one call."""
    return Diagnostic(
        "feel.mixed-arguments",
        Text("named and unnamed arguments in one call", "同一调用中混用了命名参数和位置参数"),
        span,
        Text("name all of them or none", "要么全部写参数名，要么全部不写"),
    )


def repeated_name(span: Span, name: str, what: Text) -> Diagnostic:
    """An entry, argument or parameter that is there already."""
    return Diagnostic(
        "feel.repeated-name",
        Text(f"{what.en} named `{name}` is there already", f"已有名为 `{name}` 的{what.zh}"),
        span,
        Text("rename one of them, or take it away", "给其中一个改名，或删去"),
    )


def bad_escape(span: Span, written: str) -> Diagnostic:
    """A `\\u` or `\\U` that stands for no character."""
    return Diagnostic(
        "feel.bad-escape",
        Text(f"`{written}` stands for no character", f"`{written}` 不代表任何字符"),
        span,
        Text(
            "`\\u` takes the four hexadecimal digits of a character, `\\U` six, up to 10FFFF;"
            " a backslash itself is `\\\\`",
            "`\\u` 后为四位十六进制字符编码，`\\U` 后为六位，至 10FFFF；反斜杠本身写 `\\\\`",
        ),
    )


def number_out_of_range(span: Span) -> Diagnostic:
    """A number too large or too small for a 34-digit decimal."""
    return Diagnostic(
        "feel.number-out-of-range",
        Text("this number is out of range", "此数字超出范围"),
        span,
        Text("numbers reach from 1E-6143 to 9.99E+6144", "数字的范围为 1E-6143 至 9.99E+6144"),
    )


def too_deep(span: Span, limit: int) -> Diagnostic:
    """Expressions nested deeper than the limit."""
    return Diagnostic(
        "feel.too-deep",
        Text(f"nested more than {counted(limit, 'level')} deep", f"嵌套超过 {limit} 层"),
        span,
        Text("split it into named steps or decisions", "请拆分为命名的步骤或决策"),
    )


def too_long(span: Span, length: int, limit: int) -> Diagnostic:
    """A text longer than the limit."""
    return Diagnostic(
        "feel.too-long",
        Text(
            f"{counted(length, 'character')}, more than {limit}",
            f"共 {length} 个字符，超过 {limit}",
        ),
        span,
        Text("split it into named steps or decisions", "请拆分为命名的步骤或决策"),
    )


def too_many_steps(limit: int) -> Diagnostic:
    """An evaluation that takes more work than the limit."""
    return Diagnostic(
        "feel.too-many-steps",
        Text(
            f"working this out takes more than {counted(limit, 'step')}",
            f"计算步数超过 {limit:,}",
        ),
        None,
        Text(
            "go over fewer items, make shorter texts, or raise the limit `feel_steps`",
            "请减少循环的项数或缩短文本，或调高上限 `feel_steps`",
        ),
    )


def _short(found: str) -> str:
    return found if len(found) <= _SHOWN else found[: _SHOWN - 1] + "…"


def _en(found: str) -> str:
    return f"`{_short(found)}`" if found else "the end"


def _zh(found: str) -> str:
    return f" `{_short(found)}`" if found else "结尾"
