"""What can be wrong with a file before it is a policy: bytes, YAML, limits."""

from __future__ import annotations

from collections.abc import Iterable

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import nearest
from keyaccount.source import Span

_QUOTE_IT = Text(
    'FEEL that YAML reads otherwise goes in quotes: `\'@"P10D"\'`, `">= 20"`, `"[1..5)"`',
    '与 YAML 语法冲突的 FEEL 须加引号：`\'@"P10D"\'`、`">= 20"`、`"[1..5)"`',
)


def file_not_found(name: str, near: str | None) -> Diagnostic:
    """A path where no file is. `near`: a file beside it that may have been meant."""
    return Diagnostic(
        "file.not-found",
        Text(f"there is no file `{name}`", f"文件 `{name}` 不存在"),
        None,
        Text(f"did you mean `{near}`?", f"是否想写 `{near}`？") if near else None,
    )


def folder_not_found(name: str) -> Diagnostic:
    """A path where no folder is."""
    return Diagnostic(
        "file.not-found",
        Text(f"there is no folder `{name}`", f"文件夹 `{name}` 不存在"),
        None,
        Text("name the folder that holds the policy files", "请指定存放策略文件的文件夹"),
    )


def no_policies(name: str) -> Diagnostic:
    """A folder without policy files."""
    return Diagnostic(
        "file.no-policies",
        Text(f"the folder `{name}` holds no policy", f"文件夹 `{name}` 中没有策略文件"),
        None,
        Text(
            "policies are the files ending in .yaml or .yml directly in the folder",
            "策略是该文件夹下（不含子文件夹）以 .yaml 或 .yml 结尾的文件",
        ),
    )


def file_unreadable(name: str, reason: str) -> Diagnostic:
    """A file that the operating system does not give. `reason`: its own words."""
    return Diagnostic(
        "file.unreadable",
        Text(f"the file `{name}` cannot be read: {reason}", f"无法读取文件 `{name}`：{reason}"),
        None,
        Text("see to the file's permissions", "请检查文件权限"),
    )


def file_too_large(span: Span, limit: int) -> Diagnostic:
    """A file over the size limit. `limit`: in bytes."""
    return Diagnostic(
        "file.too-large",
        Text(
            f"the file is larger than {counted(limit, 'byte')}, so it was not read",
            f"文件超过 {limit:,} 字节，未读取",
        ),
        span,
        Text(
            "split the policy, or keep the rules of a big table in CSV: `rules: {from: x.csv}`",
            "请拆分策略，或将大表的规则放入 CSV 文件：`rules: {from: x.csv}`",
        ),
    )


def not_utf8(span: Span, byte: int, offset: int) -> Diagnostic:
    """Bytes that are no UTF-8. `offset`: of the bad byte in the file, from 0."""
    return Diagnostic(
        "file.not-utf8",
        Text(
            f"the file is not UTF-8: byte 0x{byte:02x} at offset {offset}",
            f"文件不是 UTF-8 编码：偏移 {offset} 处的字节为 0x{byte:02x}",
        ),
        span,
        Text("save the file as UTF-8", "请将文件另存为 UTF-8 编码（GBK 等编码不受支持）"),
    )


def control_character(span: Span, character: str) -> Diagnostic:
    """A character that no text file should hold."""
    code = f"U+{ord(character):04X}"
    return Diagnostic(
        "yaml.control-character",
        Text(f"the character {code} cannot stand in YAML", f"YAML 中不能出现字符 {code}"),
        span,
        Text(
            f'take it out, or write it in double quotes as "\\u{ord(character):04x}"',
            f'请删除，或在双引号内写作 "\\u{ord(character):04x}"',
        ),
    )


def empty_file(span: Span) -> Diagnostic:
    """A file with nothing in it but space and comments."""
    return Diagnostic(
        "yaml.empty",
        Text("the file is empty", "文件为空"),
        span,
        Text("begin with `policy: name`", "请从 `policy: 名称` 开始编写"),
    )


def several_documents(span: Span) -> Diagnostic:
    """A second YAML document in the file."""
    return Diagnostic(
        "yaml.several-documents",
        Text("a second YAML document begins here", "此处开始了第二个 YAML 文档"),
        span,
        Text(
            "keep one policy in each file, without `---` between",
            "每个文件只写一个策略，不用 `---` 分隔",
        ),
    )


def not_a_mapping(span: Span) -> Diagnostic:
    """A file whose top is a list or a single value."""
    return Diagnostic(
        "yaml.not-a-mapping",
        Text("the file is not made of `key: value` lines", "文件不是由 `键: 值` 组成"),
        span,
        Text("begin with `policy: name`", "请从 `policy: 名称` 开始编写"),
    )


def duplicate_key(span: Span, key: str, first_line: int) -> Diagnostic:
    """A key that the same mapping has already."""
    return Diagnostic(
        "yaml.duplicate-key",
        Text(
            f"the key `{key}` stands here already, in line {first_line}",
            f"键 `{key}` 重复，第 {first_line} 行已有",
        ),
        span,
        Text(
            "give one of the two another name, or take it out", "请更改其中一个的名称，或将其删除"
        ),
    )


def key_not_text(span: Span) -> Diagnostic:
    """A mapping or a list as a key."""
    return Diagnostic(
        "yaml.key-not-text",
        Text("a key must be a single text", "键必须是单个文本"),
        span,
        Text("put the key in quotes", "请给键加上引号"),
    )


def empty_key(span: Span) -> Diagnostic:
    """Nothing before the colon."""
    return Diagnostic(
        "yaml.empty-key",
        Text("there is no key before this `:`", "此 `:` 之前没有键"),
        span,
        Text("write the key before the colon", "请在冒号前写键"),
    )


def missing_value(span: Span, key: str | None) -> Diagnostic:
    """Nothing after the colon or the dash. `key`: None for an item of a list."""
    where = Text(f"`{key}` has no value", f"`{key}` 没有值")
    return Diagnostic(
        "yaml.missing-value",
        where if key else Text("this item of the list is empty", "列表的这一项为空"),
        span,
        Text(
            "write the value after it, or indent the lines below it further; for null write `null`",
            "请在其后写值，或将下面各行缩进；若值为空请写 `null`",
        ),
    )


COMMA = "yaml.comma"


def comma_in_value(span: Span, key: str) -> Diagnostic:
    """`{sector: media, other}`: in brackets, YAML takes what follows a comma for a key."""
    return Diagnostic(
        COMMA,
        Text(f"`{key}` is taken for a key, and has no value", f"`{key}` 被当作键，但没有值"),
        span,
        Text(
            'a value that holds a comma goes in quotes: `"a, b"`; a key is followed by `: `',
            '含逗号的值须加引号：`"a, b"`；键之后须写 `: `',
        ),
    )


def merge_key(span: Span) -> Diagnostic:
    """`<<`, which YAML 1.2 does not have."""
    return Diagnostic(
        "yaml.merge-key",
        Text("merge keys `<<` are not used here", "不支持合并键 `<<`"),
        span,
        Text("write the keys out", "请将各键逐一写出"),
    )


def unknown_tag(span: Span, tag: str) -> Diagnostic:
    """`!x` or `!!python/...` before a value."""
    return Diagnostic(
        "yaml.unknown-tag",
        Text(f"the tag `{tag}` is not allowed", f"不允许使用标签 `{tag}`"),
        span,
        Text(
            'take the tag out; FEEL that begins with `!` goes in quotes: `"!= 3"`',
            '请删除标签；以 `!` 开头的 FEEL 须加引号：`"!= 3"`',
        ),
    )


def unknown_alias(span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """`*name` where no `&name` came before."""
    near = nearest(name, known)
    return Diagnostic(
        "yaml.unknown-alias",
        Text(f"nothing above is marked `&{name}`", f"上文没有标记 `&{name}`"),
        span,
        Text(f"did you mean `*{near}`?", f"是否想写 `*{near}`？")
        if near
        else Text(
            "FEEL that begins with `*` goes in quotes; else mark the value above with `&`",
            "以 `*` 开头的 FEEL 须加引号；否则请在上文用 `&` 标记该值",
        ),
    )


def recursive_alias(span: Span, name: str) -> Diagnostic:
    """An alias of the very value that it stands in."""
    return Diagnostic(
        "yaml.recursive-alias",
        Text(f"`*{name}` stands inside the value it repeats", f"`*{name}` 位于它所引用的值之内"),
        span,
        Text("write the value out", "请将该值直接写出"),
    )


def too_many_aliases(span: Span, limit: int) -> Diagnostic:
    """More aliases than anyone writes by hand."""
    return Diagnostic(
        "yaml.too-many-aliases",
        Text(
            f"the file has more than {counted(limit, 'alias', 'aliases')}",
            f"文件中的别名超过 {limit} 个",
        ),
        span,
        Text("write the repeated values out", "请将重复的值直接写出"),
    )


def too_many_nodes(span: Span, limit: int) -> Diagnostic:
    """More values than the limit, aliases written out."""
    return Diagnostic(
        "yaml.too-many-values",
        Text(
            f"the file has more than {counted(limit, 'value')}, aliases written out",
            f"展开别名后，文件中的值超过 {limit:,} 个",
        ),
        span,
        Text(
            "do not repeat aliases inside aliases; split a policy that is really so large",
            "请勿在别名中嵌套别名；若策略确实很大，请拆分",
        ),
    )


def too_deep(span: Span, limit: int) -> Diagnostic:
    """Mappings and lists inside each other beyond the limit."""
    return Diagnostic(
        "yaml.too-deep",
        Text(f"values nest more than {limit} deep here", f"此处嵌套超过 {limit} 层"),
        span,
        Text("see whether a bracket was never closed", "请检查是否有括号未闭合"),
    )


def tab(span: Span) -> Diagnostic:
    """A tab where YAML wants spaces."""
    return Diagnostic(
        "yaml.tab",
        Text("a tab stands in the indentation", "缩进中使用了制表符"),
        span,
        Text("indent with spaces", "请使用空格缩进"),
    )


def unclosed_quote(span: Span, quote: str) -> Diagnostic:
    """A quoted text that runs to the end of the file."""
    return Diagnostic(
        "yaml.unclosed-quote",
        Text(f"the text that opens with {quote} is never closed", f"以 {quote} 开头的文本没有闭合"),
        span,
        Text(f"close it with {quote}", f"请用 {quote} 闭合"),
    )


def unclosed_bracket(span: Span, bracket: str, closing: str) -> Diagnostic:
    """A flow list or mapping that does not end as it should."""
    return Diagnostic(
        "yaml.unclosed-bracket",
        Text(f"`{bracket}` is not closed by `{closing}`", f"`{bracket}` 没有用 `{closing}` 闭合"),
        span,
        Text(
            f"close it with `{closing}`, with commas between the items; "
            'a FEEL range or list goes in quotes: `"[1..5)"`',
            f'请用 `{closing}` 闭合，各项以逗号分隔；FEEL 的范围或列表须加引号：`"[1..5)"`',
        ),
    )


def stray_bracket(span: Span, bracket: str) -> Diagnostic:
    """A closing bracket or comma that nothing opened."""
    return Diagnostic(
        "yaml.stray-bracket",
        Text(f"YAML does not expect `{bracket}` here", f"此处不应出现 `{bracket}`"),
        span,
        Text(
            f'take it out; FEEL that begins with `{bracket}` goes in quotes: `"]1..5]"`',
            f'请删除；以 `{bracket}` 开头的 FEEL 须加引号：`"]1..5]"`',
        ),
    )


def block_indicator(span: Span, indicator: str) -> Diagnostic:
    """`>` or `|` with text after it in the same line."""
    return Diagnostic(
        "yaml.block-indicator",
        Text(
            f"`{indicator}` begins a block of text in YAML, so nothing may follow it in this line",
            f"`{indicator}` 在 YAML 中表示文本块，同一行不能再有内容",
        ),
        span,
        Text('put the FEEL in quotes: `">= 20"`', '请给 FEEL 加上引号：`">= 20"`'),
    )


def reserved_character(span: Span, character: str) -> Diagnostic:
    """A value that begins with a character YAML keeps for itself."""
    return Diagnostic(
        "yaml.reserved-character",
        Text(
            f"a value without quotes cannot begin with `{character}`",
            f"不带引号的值不能以 `{character}` 开头",
        ),
        span,
        _QUOTE_IT,
    )


def colon_inside(span: Span) -> Diagnostic:
    """A second `: ` in the line."""
    return Diagnostic(
        "yaml.colon",
        Text("a second `:` stands in this value", "值中又出现了 `:`"),
        span,
        Text(
            "put the value in quotes, or begin a new line for the key",
            "请给值加上引号，或将键另起一行",
        ),
    )


def key_under_value(span: Span) -> Diagnostic:
    """A `key:` indented below a line that has its value already."""
    return Diagnostic(
        "yaml.indentation",
        Text(
            "this key is indented below a line that already has a value",
            "此键缩进在已有值的一行之下",
        ),
        span,
        Text(
            "align it with the keys above, or take the value of the line above out",
            "请与上面的键对齐，或去掉上一行的值",
        ),
    )


def colon_without_space(span: Span) -> Diagnostic:
    """`{a:1}`."""
    return Diagnostic(
        "yaml.colon",
        Text("a space is missing after this `:`", "此 `:` 之后缺少空格"),
        span,
        Text("write `key: value`, with a space", "请写作 `键: 值`，冒号后加空格"),
    )


def full_width_colon(span: Span) -> Diagnostic:
    """`unit：t`, from a Chinese input method."""
    return Diagnostic(
        "yaml.full-width",
        Text("`：` does not part a key from its value", "`：` 不能用来分隔键和值"),
        span,
        Text(
            "write `: `, with a space behind it, typed with the input method off",
            "请切换到英文输入法，写 `: `，冒号后加空格",
        ),
    )


def thousands_separator(span: Span) -> Diagnostic:
    """`{2024-01-01: 1,000}`: YAML parts it at the comma."""
    plain = span.text.replace(",", "")
    return Diagnostic(
        "yaml.thousands-separator",
        Text("numbers have no thousands separators", "数字中不用千位分隔符"),
        span,
        Text(f"write `{plain}`", f"写 `{plain}`"),
    )


def foreign_space(span: Span, character: str) -> Diagnostic:
    """An ideographic or no-break space in the indentation."""
    code = f"U+{ord(character):04X}"
    return Diagnostic(
        "yaml.foreign-space",
        Text(
            f"the indentation holds {code}, which is no space to YAML",
            f"缩进中有字符 {code}，YAML 不把它当作空格",
        ),
        span,
        Text("indent with plain spaces", "请用半角空格缩进"),
    )


def text_after_quote(span: Span) -> Diagnostic:
    """Text after the end of a quoted text or a bracket."""
    return Diagnostic(
        "yaml.text-after-value",
        Text("the value has ended before this", "值在此之前已经结束"),
        span,
        Text(
            "put the whole in single quotes: `'sector = \"media\"'`; inside them write '' for '",
            "请用单引号括起整个值：`'sector = \"media\"'`；其中的 ' 写作 ''",
        ),
    )


def wrong_indentation(span: Span) -> Diagnostic:
    """A line that aligns with nothing above."""
    return Diagnostic(
        "yaml.indentation",
        Text("the indentation of this line fits none above", "此行的缩进与上文都不对齐"),
        span,
        Text("align it with the keys it belongs to", "请与同级的键对齐"),
    )


def missing_colon(span: Span, text: str) -> Diagnostic:
    """A line among keys that is no key."""
    return Diagnostic(
        "yaml.missing-colon",
        Text(f"`{text}` is followed by no `:`", f"`{text}` 之后没有 `:`"),
        span,
        Text(
            "write `key: value`; a text over several lines is indented below its key",
            "请写作 `键: 值`；跨行的文本须缩进在键之下",
        ),
    )


def dash(span: Span) -> Diagnostic:
    """A `-` where no list can begin."""
    return Diagnostic(
        "yaml.dash",
        Text(
            "`-` begins an item of a list, which cannot stand here",
            "`-` 表示列表项，不能出现在此处",
        ),
        span,
        Text(
            'begin the list in a new line; FEEL\'s "any" goes in quotes: `"-"`',
            '列表请另起一行；FEEL 的“任意”须加引号：`"-"`',
        ),
    )


def question_mark(span: Span) -> Diagnostic:
    """A `? ` where no key can begin."""
    return Diagnostic(
        "yaml.question-mark",
        Text(
            "`?` begins a key in YAML, which cannot stand here",
            "`?` 在 YAML 中表示键，不能出现在此处",
        ),
        span,
        Text('put the FEEL in quotes: `"? > 20"`', '请给 FEEL 加上引号：`"? > 20"`'),
    )


def unknown_escape(span: Span, escape: str) -> Diagnostic:
    r"""`\d` in double quotes."""
    return Diagnostic(
        "yaml.unknown-escape",
        Text(f"`{escape}` means nothing in double quotes", f"双引号内的 `{escape}` 没有含义"),
        span,
        Text(
            "write `\\\\` for a backslash, or use single quotes",
            "反斜杠请写作 `\\\\`，或改用单引号",
        ),
    )


def directive(span: Span) -> Diagnostic:
    """A line beginning with `%`."""
    return Diagnostic(
        "yaml.directive",
        Text("a line that begins with `%` is a YAML directive", "以 `%` 开头的行是 YAML 指令"),
        span,
        Text("take the line out", "请删除该行"),
    )


def not_yaml(span: Span, problem: str) -> Diagnostic:
    """Any other trouble of the YAML parser. `problem`: its own words."""
    return Diagnostic(
        "yaml.syntax",
        Text(f"this is not YAML: {problem}", f"不是有效的 YAML：{problem}"),
        span,
        _QUOTE_IT,
    )
