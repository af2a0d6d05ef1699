"""What can be wrong with an account list: its file, its headers, its cells."""

from __future__ import annotations

from collections.abc import Sequence

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Severity, Text
from keyaccount.diagnostics.suggest import meant_or_listed
from keyaccount.source import Span

_SHOWN = 60
_LISTED = 12


def shown(text: str) -> str:
    """A cell's text as a message shows it: one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."


# ---- the file -------------------------------------------------------------------------------


def unknown_ending(path: str) -> Diagnostic:
    """A file whose ending names no format of account lists."""
    return _of(
        "unknown-format",
        f"`{path}` has an ending that names no account list",
        f"`{path}` 的扩展名不是可识别的客户清单格式",
        Text("use .csv, .parquet or .xlsx", "请使用 .csv、.parquet 或 .xlsx"),
    )


def rejects_not_csv(path: str) -> Diagnostic:
    """A rejects file that is to be something else than CSV."""
    return _of(
        "unknown-format",
        f"rejects are written as CSV, not to `{path}`",
        f"被拒绝的行以 CSV 写出，不能写到 `{path}`",
        Text("give the rejects file the ending .csv", "请将该文件的扩展名改为 .csv"),
    )


def not_found(path: str) -> Diagnostic:
    """No such file."""
    return _of(
        "not-found",
        f"there is no file `{path}`",
        f"文件 `{path}` 不存在",
        Text("check the path", "请检查路径"),
    )


def is_a_directory(path: str) -> Diagnostic:
    """A directory where a file is needed."""
    return _of(
        "is-a-directory",
        f"`{path}` is a directory",
        f"`{path}` 是目录",
        Text("name a file in it", "请指定其中的文件"),
    )


def not_a_file(path: str) -> Diagnostic:
    """A pipe, a device or the like."""
    return _of(
        "not-a-file",
        f"`{path}` is not an ordinary file",
        f"`{path}` 不是普通文件",
        Text("write its content to a file first", "请先将其内容写入文件"),
    )


def unreadable_file(path: str, reason: str) -> Diagnostic:
    """A file that cannot be opened or is not what its ending says; `reason` is the reader's own."""
    return _of(
        "unreadable-file",
        f"`{path}` cannot be read: {shown(reason)}",
        f"无法读取 `{path}`：{shown(reason)}",
        Text(
            "check that the file is whole and of the kind its ending says",
            "请确认文件完整，且格式与扩展名一致",
        ),
    )


def unwritable_file(path: str, reason: str) -> Diagnostic:
    """A place that cannot be written to; `reason` is the system's own."""
    return _of(
        "unwritable-file",
        f"`{path}` cannot be written: {shown(reason)}",
        f"无法写入 `{path}`：{shown(reason)}",
        Text("choose another place for the output", "请选择其他输出位置"),
    )


def disk_full(folder: str) -> Diagnostic:
    """No room for the output, or for what does not fit into memory on the way."""
    return _of(
        "disk-full",
        f"the disk that holds `{folder}` is full; nothing was written",
        f"`{folder}` 所在的磁盘已满，没有写出任何内容",
        Text("make room there, or choose another place", "请清理磁盘空间，或选择其他输出位置"),
    )


def same_file(path: str) -> Diagnostic:
    """An output that would overwrite the input, or another output."""
    return _of(
        "same-file",
        f"`{path}` is named twice, and would be overwritten",
        f"`{path}` 被重复指定，将被覆盖",
        Text("give the output a name of its own", "请为输出指定另一个文件名"),
    )


def no_header(path: str) -> Diagnostic:
    """A file without a single line."""
    return _of(
        "no-header",
        f"`{path}` is empty: it has no header line",
        f"`{path}` 为空：没有表头行",
        Text("the first line names the columns", "第一行应为各列的名称"),
    )


def bad_header(path: str, reason: Text) -> Diagnostic:
    """A first line that cannot be taken apart."""
    return _of(
        "bad-header",
        f"the header line of `{path}` cannot be read: {reason.en}",
        f"无法读取 `{path}` 的表头行：{reason.zh}",
        Text("the first line names the columns", "第一行应为各列的名称"),
    )


def unknown_encoding(name: str) -> Diagnostic:
    """An encoding that does not exist."""
    return _of(
        "unknown-encoding",
        f"there is no encoding `{name}`",
        f"没有名为 `{name}` 的编码",
        Text("write utf-8 or gb18030", "请写 utf-8 或 gb18030"),
    )


def too_large(path: str, limit: str) -> Diagnostic:
    """A workbook past a limit; `limit` names it with its unit."""
    return _of(
        "too-large",
        f"`{path}` is larger than the limit of {limit}",
        f"`{path}` 超过限制：{limit}",
        Text(
            "save the list as CSV or Parquet, which have no such limit",
            "请将清单另存为 CSV 或 Parquet，二者没有该限制",
        ),
    )


def wide_decimal(header: str, digits: int) -> Diagnostic:
    """A Parquet column of decimals with more digits than can be read exactly."""
    return _of(
        "wide-decimal",
        f"the column `{header}` holds decimals of {counted(digits, 'digit')}, "
        "more than can be read exactly",
        f"列 `{header}` 的小数有 {digits} 位，无法精确读取",
        Text("write it with at most 38 digits, or as text", "请改为最多 38 位，或写成文本"),
    )


def missing_extra(extra: str, package: str) -> Diagnostic:
    """A format that needs a package which is not installed."""
    return _of(
        "missing-extra",
        f"XLSX needs the package `{package}`, which is not installed",
        f"XLSX 需要软件包 `{package}`，但尚未安装",
        Text(f"pip install 'keyaccount[{extra}]'", f"pip install 'keyaccount[{extra}]'"),
    )


def cannot_compute(reason: str) -> Diagnostic:
    """The database under the batch gave up; `reason` is its own."""
    return _of(
        "failed",
        f"the list could not be evaluated: {shown(reason)}",
        f"清单未能完成评估：{shown(reason)}",
        Text("nothing was written", "未写出任何内容"),
    )


def miscounted(rows_in: int, rows_out: int, rejected: int) -> Diagnostic:
    """Rows that got lost or doubled on the way: a defect of ours, never passed over."""
    return _of(
        "miscounted",
        f"{counted(rows_in, 'row')} came in, but {rows_out} went out and {rejected} were rejected",
        f"读入 {rows_in} 行，写出 {rows_out} 行，拒绝 {rejected} 行，数目不符",
        Text("nothing was written; please report this", "未写出任何内容；请报告此问题"),
    )


# ---- headers, facts, decisions --------------------------------------------------------------


def unknown_header(header: str, known: Sequence[str]) -> Diagnostic:
    """A mapping from a column that the list does not have."""
    return _of(
        "unknown-header",
        f"the list has no column `{header}`",
        f"清单中没有名为 `{header}` 的列",
        meant_or_listed(header, known),
    )


def unknown_fact(name: str, known: Sequence[str]) -> Diagnostic:
    """A mapping to, or a constant for, a fact that the policy does not have."""
    return _of(
        "unknown-fact",
        f"the policy has no fact `{name}`",
        f"策略中没有名为 `{name}` 的事实",
        meant_or_listed(name, known),
    )


def two_columns(fact: str, headers: Sequence[str]) -> Diagnostic:
    """Several columns that go by the name of one fact."""
    listed = ", ".join(f"`{each}`" for each in headers)
    return _of(
        "two-columns",
        f"the columns {listed} are both the fact `{fact}`",
        f"{listed} 这几列都对应事实 `{fact}`",
        Text(
            f"choose one: --map '{headers[0]}={fact}'", f"请选定一列：--map '{headers[0]}={fact}'"
        ),
    )


def unit_differs(header: str, unit: str, fact: str, fact_unit: str) -> Diagnostic:
    """A column taken for a fact, whose header says another unit."""
    return _doubt(
        "unit-differs",
        f"the header `{header}` says `{unit}`, but `{fact}` is in {fact_unit}: "
        "the figures are taken as they stand",
        f"表头 `{header}` 的单位是 `{unit}`，而 `{fact}` 的单位是 {fact_unit}："
        "数值按原样读取，未换算",
        Text(
            f"if the figures are not in {fact_unit}, convert them first",
            f"若数值不是以 {fact_unit} 计，请先换算",
        ),
    )


def left_out(header: str, unit: str, fact: str, fact_unit: str | None) -> Diagnostic:
    """A column that looks like a fact's, but for what stands in brackets."""
    measured = Text(f", which is in {fact_unit}", f"（单位 {fact_unit}）")
    of_fact = measured if fact_unit else Text("", "")
    return _doubt(
        "column-left-out",
        f"the column `{header}` looks like `{fact}`{of_fact.en}, but says `{unit}`: it is not used",
        f"列 `{header}` 看似 `{fact}`{of_fact.zh}，但注明 `{unit}`，因此没有使用",
        Text(
            f"where its figures are right as they stand: --map '{header}={fact}'; "
            "else convert them first",
            f"若其数值无需换算：--map '{header}={fact}'；否则请先换算",
        ),
    )


def no_fact_columns(headers: Sequence[str]) -> Diagnostic:
    """A list of which no column holds a fact: perhaps the header is further down."""
    shown_ = ", ".join(f"`{shown(each)}`" for each in headers[:_LISTED])
    return _doubt(
        "no-fact-columns",
        f"no column of the list holds a fact; its headers are {shown_}",
        f"清单中没有任何一列对应事实；表头为 {shown_}",
        Text(
            "see that the first line names the columns; --map HEADER=FACT says what they hold",
            "请确认第一行是列名；用 --map 表头=事实 指明各列的含义",
        ),
    )


def other_sheets(read: str, others: Sequence[str]) -> Diagnostic:
    """A workbook with more sheets than the one that was read."""
    names = ", ".join(f"`{shown(each)}`" for each in others[:_LISTED])
    return _doubt(
        "other-sheets",
        f"only the first sheet, `{shown(read)}`, was read, and not {names}",
        f"只读取了第一个工作表 `{shown(read)}`，没有读取 {names}",
        Text(
            "put the list on the first sheet, or save each sheet as a file of its own",
            "请将清单放在第一个工作表，或将各工作表另存为单独的文件",
        ),
    )


def ambiguous_header(header: str, facts: Sequence[str]) -> Diagnostic:
    """A column whose header is a name of several facts."""
    listed = ", ".join(f"`{each}`" for each in facts)
    return _of(
        "ambiguous-header",
        f"the column `{header}` may be any of the facts {listed}",
        f"列 `{header}` 可对应多个事实：{listed}",
        Text(
            f"choose one: --map '{header}={facts[0]}'", f"请选定一个：--map '{header}={facts[0]}'"
        ),
    )


def constant_and_column(fact: str, header: str) -> Diagnostic:
    """A fact that has both a column and a value for all rows."""
    return _of(
        "constant-and-column",
        f"the fact `{fact}` has the column `{header}` and a value for all rows",
        f"事实 `{fact}` 既有列 `{header}`，又设定了统一取值",
        Text("take the --set out, or rename the column", "请去掉 --set，或更改该列的名称"),
    )


def bad_constant(fact: str, text: str, reason: Diagnostic) -> Diagnostic:
    """A value for all rows that is no value of its fact."""
    return _of(
        "bad-constant",
        f"`{fact}` cannot be `{shown(text)}` for all rows: {reason.message.en}",
        f"`{fact}` 不能统一取值 `{shown(text)}`：{reason.message.zh}",
        reason.help,
    )


def output_collides(headers: Sequence[str]) -> Diagnostic:
    """Columns of the list that are named as columns to be written."""
    listed = ", ".join(f"`{each}`" for each in headers[:_LISTED])
    return _of(
        "output-collides",
        f"the list already has columns named as results are: {listed}",
        f"清单中已有与结果列同名的列：{listed}",
        Text(
            "rename them, or take them out: they may be results of an earlier run",
            "请重命名或删除这些列：它们可能是之前运行的结果",
        ),
    )


def outputs_alike(headers: Sequence[str]) -> Diagnostic:
    """Results of several decisions that would stand in columns of one name."""
    listed = ", ".join(f"`{each}`" for each in dict.fromkeys(headers[:_LISTED]))
    return _of(
        "outputs-alike",
        f"several results would be columns named {listed}",
        f"多个结果列将同名：{listed}",
        Text(
            "ask for these decisions in runs of their own, or rename one in the policy",
            "请分开运行这些决策，或在策略中重命名其一",
        ),
    )


def duplicate_headers(headers: Sequence[str], kind: str) -> Diagnostic:
    """Several columns of one name, where the output cannot hold that."""
    listed = ", ".join(f"`{each}`" for each in headers[:_LISTED])
    return _of(
        "duplicate-headers",
        f"{kind} cannot hold several columns named {listed}",
        f"{kind} 不能有多个同名列：{listed}",
        Text(
            "rename them, or write CSV; case does not tell names apart",
            "请重命名这些列，或改为输出 CSV；名称不区分大小写",
        ),
    )


# ---- rows and cells: why something is rejected ----------------------------------------------


def not_a_number(text: str) -> Diagnostic:
    """Text in a number column."""
    return _of(
        "not-a-number",
        f"`{shown(text)}` is not a number",
        f"`{shown(text)}` 不是数值",
        Text(
            "write it as 1234.50 or 1,234.50; leave the cell empty where it is not known",
            "请写作 1234.50 或 1,234.50；未知时请留空",
        ),
    )


def too_many_digits(text: str) -> Diagnostic:
    """A number that 34 digits cannot hold exactly."""
    return _of(
        "too-many-digits",
        f"`{shown(text)}` has more than 34 digits",
        f"`{shown(text)}` 超过 34 位有效数字",
        Text("round it yourself", "请自行舍入"),
    )


def not_a_boolean(text: str) -> Diagnostic:
    """Text in a column of yes and no."""
    return _of(
        "not-a-boolean",
        f"`{shown(text)}` is neither true nor false",
        f"`{shown(text)}` 既不是真也不是假",
        Text("write true or false, yes or no, 1 or 0", "请写 是/否、true/false 或 1/0"),
    )


def not_temporal(text: str, type_name: str) -> Diagnostic:
    """A date, time or duration that is none."""
    return _of(
        f"not-a-{type_name.replace(' ', '-')}",
        f"`{shown(text)}` is not a {type_name}",
        f"`{shown(text)}` 不是有效的 {type_name}",
        _TEMPORAL_HELP.get(type_name),
    )


def undeclared_value(text: str, declared: Sequence[str]) -> Diagnostic:
    """A text that is none of the values its fact may have."""
    return _of(
        "undeclared-value",
        f"`{shown(text)}` is not a declared value",
        f"`{shown(text)}` 不是已声明的值",
        meant_or_listed(text, declared),
    )


def not_allowed(text: str, allowed: str) -> Diagnostic:
    """A value outside what the policy allows; `allowed` is the author's own text."""
    return _of(
        "not-allowed",
        f"`{shown(text)}` is not allowed: the policy says `{allowed}`",
        f"`{shown(text)}` 不在允许范围内：策略规定 `{allowed}`",
        Text("correct the cell, or change the policy", "请更正该单元格，或修改策略"),
    )


def unreadable_type(type_name: str) -> Diagnostic:
    """A fact of a type that no cell can hold."""
    return _of(
        "unreadable-type",
        f"a cell cannot hold a value of type {type_name}",
        f"单元格不能表示 {type_name} 类型的值",
        Text("leave the column out, or declare another type", "请去掉该列，或声明其他类型"),
    )


def nul_character() -> Diagnostic:
    """A NUL inside a row."""
    return _of(
        "nul",
        "there is a NUL character in the row",
        "该行含有 NUL 字符",
        Text("export the list again", "请重新导出清单"),
    )


def not_in_encoding(encoding: str) -> Diagnostic:
    """Bytes that are no text."""
    return _of(
        "encoding",
        f"the row is not valid {encoding}",
        f"该行不是有效的 {encoding} 文本",
        Text("name the encoding, or export the list again", "请指定编码，或重新导出清单"),
    )


def too_many_columns(found: int, wanted: int) -> Diagnostic:
    """A row longer than the header."""
    return _of(
        "too-many-columns",
        f"the row has {counted(found, 'column')}, the header {wanted}",
        f"该行有 {found} 列，表头有 {wanted} 列",
        Text(
            "put quotes around text that holds the delimiter",
            "含有分隔符的文本请加双引号",
        ),
    )


def too_few_columns(found: int, wanted: int) -> Diagnostic:
    """A row shorter than the header."""
    return _of(
        "too-few-columns",
        f"the row has {counted(found, 'column')}, the header {wanted}",
        f"该行有 {found} 列，表头有 {wanted} 列",
        Text("fill the row up with delimiters", "请用分隔符补齐该行"),
    )


def unclosed_quote() -> Diagnostic:
    """A quote that opens and never closes."""
    return _of(
        "unclosed-quote",
        "a quote opens here and never closes",
        "此处的双引号没有闭合",
        Text(
            "close it, or double it where it belongs to the text",
            "请闭合；若属于文本，请写两个双引号",
        ),
    )


def text_after_quote() -> Diagnostic:
    """Something between a closing quote and the next delimiter."""
    return _of(
        "text-after-quote",
        "there is text behind a closing quote",
        "闭合的双引号之后还有文本",
        Text("double the quotes that belong to the text", "属于文本的双引号请写两个"),
    )


def row_too_long(limit: int) -> Diagnostic:
    """A row of more bytes than a row may have."""
    return _of(
        "row-too-long",
        f"the row has more than {counted(limit, 'byte')}",
        f"该行超过 {limit} 字节",
        Text("export the list again", "请重新导出清单"),
    )


def unwritable_value(span: Span) -> Diagnostic:
    """A decision whose values SQL would not write as the other backends do."""
    return Diagnostic(
        "batch.unwritable-value",
        Text(
            "SQL does not write the values of this decision as the other backends do",
            "SQL 写出此决策的值时与其他后端不一致",
        ),
        span,
        Text("evaluate the list with the engine `python`", "请使用 python 引擎评估该清单"),
    )


_TEMPORAL_HELP = {
    "date": Text("write it as 2026-01-31", "请写作 2026-01-31"),
    "time": Text("write it as 17:30:00", "请写作 17:30:00"),
    "date and time": Text("write it as 2026-01-31T17:30:00", "请写作 2026-01-31T17:30:00"),
    "days and time duration": Text("write it as P2DT4H", "请写作 P2DT4H"),
    "years and months duration": Text("write it as P1Y6M", "请写作 P1Y6M"),
}


def _doubt(code: str, en: str, zh: str, help_: Text) -> Diagnostic:
    return Diagnostic(f"batch.{code}", Text(en, zh), None, help_, Severity.WARNING)


def _of(code: str, en: str, zh: str, help_: Text | None) -> Diagnostic:
    return Diagnostic(f"batch.{code}", Text(en, zh), None, help_)
