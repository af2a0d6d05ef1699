"""What can be wrong with a model in DMN XML."""

from __future__ import annotations

from collections.abc import Iterable

from keyaccount.diagnostics.counting import counted
from keyaccount.diagnostics.diagnostic import Diagnostic, Text
from keyaccount.diagnostics.suggest import nearest
from keyaccount.source import Span


def not_well_formed(span: Span, reason: str) -> Diagnostic:
    """Text that is no XML. `reason`: the parser's own words."""
    return Diagnostic(
        "xml.not-well-formed",
        Text(f"this is not well-formed XML: {reason}", f"XML 格式错误：{reason}"),
        span,
        Text("export the model anew from the tool that made it", "请从建模工具重新导出该模型"),
    )


def document_type(span: Span) -> Diagnostic:
    """A document type declaration, the door to entities and to other files."""
    return Diagnostic(
        "xml.document-type",
        Text("a document type declaration is not allowed", "不允许使用文档类型声明"),
        span,
        Text("take out `<!DOCTYPE ...>`: DMN needs none", "请删去 `<!DOCTYPE ...>`：DMN 不需要它"),
    )


def unknown_entity(span: Span) -> Diagnostic:
    """An entity that XML itself does not have."""
    return Diagnostic(
        "xml.unknown-entity",
        Text(f"there is no entity `{span.text}`", f"实体 `{span.text}` 不存在"),
        span,
        Text(
            "write the character itself, or by its number: `&#233;`",
            "请直接写该字符，或用编号：`&#233;`",
        ),
    )


def unknown_encoding(span: Span, name: str) -> Diagnostic:
    """An encoding that is not read, or not the one that the file is in."""
    return Diagnostic(
        "xml.unknown-encoding",
        Text(f"the file is not readable as `{name}`", f"无法按 `{name}` 编码读取文件"),
        span,
        Text("save it as UTF-8", "请保存为 UTF-8"),
    )


def too_much(span: Span, what: str, what_zh: str, limit: int) -> Diagnostic:
    """More of something than the limit."""
    return Diagnostic(
        "xml.too-much",
        Text(f"the file has more than {limit:,} {what}", f"文件的{what_zh}超过 {limit:,}"),
        span,
        Text("split the model, or raise the limit", "请拆分模型，或调高上限"),
    )


def not_dmn(span: Span, name: str) -> Diagnostic:
    """A root element that is no DMN model of a known version."""
    return Diagnostic(
        "dmn.not-dmn",
        Text(
            f"`{name}` is not `definitions` of DMN 1.1 to 1.5",
            f"`{name}` 不是 DMN 1.1 至 1.5 的 `definitions`",
        ),
        span,
        Text("look at the namespace in `xmlns`", "请检查 `xmlns` 中的命名空间"),
    )


def missing_name(span: Span, element: str) -> Diagnostic:
    """An element that needs a name and has none."""
    return Diagnostic(
        "dmn.missing-name",
        Text(f"this `{element}` has no name", f"此 `{element}` 没有名称"),
        span,
        Text('give it one: `name="..."`', '请加上名称：`name="..."`'),
    )


def repeated_name(span: Span, element: str, name: str) -> Diagnostic:
    """A name that another element of the model has."""
    return Diagnostic(
        "dmn.repeated-name",
        Text(f"there is another {element} `{name}`", f"名为 `{name}` 的 {element} 重复"),
        span,
        Text("rename one of the two", "请重命名其中一个"),
    )


def unknown_choice(span: Span, attribute: str, value: str, known: Iterable[str]) -> Diagnostic:
    """An attribute that has none of its values."""
    listed = list(known)
    near = nearest(value, listed)
    words = ", ".join(listed)
    return Diagnostic(
        "dmn.unknown-choice",
        Text(f"`{attribute}` cannot be `{value}`", f"`{attribute}` 不能是 `{value}`"),
        span,
        Text(f"did you mean `{near}`?", f"是否想写 `{near}`？")
        if near
        else Text(f"it is one of {words}", f"可用的值：{words}"),
    )


def unknown_expression(span: Span, element: str) -> Diagnostic:
    """An element of DMN where a boxed expression should stand, that is none."""
    return Diagnostic(
        "dmn.unknown-expression",
        Text(f"`{element}` is no boxed expression", f"`{element}` 不是盒装表达式"),
        span,
        Text("see clause 10.2 of DMN 1.5", "参见 DMN 1.5 第 10.2 节"),
    )


def wrong_cells(span: Span, found: int, wanted: int) -> Diagnostic:
    """A row with more or fewer cells than its table has columns."""
    return Diagnostic(
        "dmn.wrong-cells",
        Text(
            f"the row has {counted(found, 'cell')}, the table {counted(wanted, 'column')}",
            f"该行有 {found} 个单元格，表有 {wanted} 列",
        ),
        span,
        Text("every row needs a cell for each column", "每行每列都需要一个单元格"),
    )


def unknown_reference(span: Span, target: str) -> Diagnostic:
    """An `href` to nothing."""
    return Diagnostic(
        "dmn.unknown-reference",
        Text(f"there is no element `{target}`", f"元素 `{target}` 不存在"),
        span,
        Text("hand in all models that this one imports", "请同时提供此模型导入的所有模型"),
    )


def unknown_import(span: Span, namespace: str) -> Diagnostic:
    """An import of a model that was not handed in."""
    return Diagnostic(
        "dmn.unknown-import",
        Text(f"no model has the namespace `{namespace}`", f"没有命名空间为 `{namespace}` 的模型"),
        span,
        Text("hand in all models that this one imports", "请同时提供此模型导入的所有模型"),
    )


def boxes_too_deep(span: Span) -> Diagnostic:
    """Boxed expressions inside one another, more than the program can follow."""
    return Diagnostic(
        "dmn.boxes-too-deep",
        Text("boxed expressions are nested too deep", "框式表达式嵌套过深"),
        span,
        Text("split them into decisions", "请拆分成多个决策"),
    )


def runs_too_deep(name: str) -> Diagnostic:
    """A decision whose functions call each other without end, or nearly."""
    return Diagnostic(
        "dmn.runs-too-deep",
        Text(
            f"`{name}` calls functions too deep inside each other",
            f"`{name}` 的函数调用嵌套过深",
        ),
        None,
        Text("see that every recursion comes to an end", "请确认每个递归都会结束"),
    )


def not_a_value(name: str) -> Diagnostic:
    """A value from outside that FEEL has none for, or that is nested too deep."""
    return Diagnostic(
        "dmn.not-a-value",
        Text(
            f"`{name}` holds what is no FEEL value, or is nested too deep",
            f"`{name}` 含有 FEEL 没有的值，或嵌套过深",
        ),
        None,
        Text(
            "give numbers, texts, booleans, dates, durations, and lists and mappings of these",
            "请提供数字、文本、布尔值、日期、时长，或由它们组成的列表和映射",
        ),
    )


def unknown_decision(name: str, known: Iterable[str]) -> Diagnostic:
    """A decision, function or service that the model does not have."""
    near = nearest(name, known)
    return Diagnostic(
        "dmn.unknown-decision",
        Text(f"the model has no `{name}`", f"模型中没有 `{name}`"),
        None,
        Text(f"did you mean `{near}`?", f"是否想写 `{near}`？") if near else None,
    )
