"""Elements to boxed expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal as OneOf
from typing import cast

from keyaccount.diagnostics import dmn_messages as messages
from keyaccount.formats.dmn_xml.elements import Element
from keyaccount.formats.dmn_xml.reading import Reading, stripped
from keyaccount.formats.dmn_xml.table_reader import decision_table
from keyaccount.model import boxed
from keyaccount.source import Fragment

_KINDS: tuple[boxed.FunctionKind, ...] = ("FEEL", "Java", "PMML")


def expression_in(element: Element | None, reading: Reading) -> boxed.Expression | None:
    """The boxed expression among an element's children, if any."""
    for child in () if element is None else element.children:
        if child.namespace == element.namespace and child.name in READERS:  # type: ignore[union-attr]  # looped over
            return READERS[child.name](child, reading)
    return None


def expressions_in(element: Element, reading: Reading) -> tuple[boxed.Expression, ...]:
    """All boxed expressions among an element's children."""
    return tuple(
        READERS[child.name](child, reading)
        for child in element.children
        if child.namespace == element.namespace and child.name in READERS
    )


def _literal(element: Element, reading: Reading) -> boxed.LiteralExpression:
    return boxed.LiteralExpression(reading.type(element), element.span, reading.text(element))


def _context(element: Element, reading: Reading) -> boxed.Context:
    entries = tuple(_entry(each, reading) for each in element.of("contextEntry"))
    return boxed.Context(reading.type(element), element.span, entries)


def _entry(element: Element, reading: Reading) -> boxed.ContextEntry:
    variable = element.first("variable")
    name = None if variable is None else reading.name(variable)
    return boxed.ContextEntry(name, reading.type(variable), expression_in(element, reading))


def _invocation(element: Element, reading: Reading) -> boxed.Invocation:
    bindings = tuple(
        boxed.Binding(reading.name(parameter), expression_in(each, reading))
        for each in element.of("binding")
        if (parameter := each.first("parameter")) is not None
    )
    callee = expression_in(element, reading)
    return boxed.Invocation(reading.type(element), element.span, callee, bindings)


def function_definition(element: Element, reading: Reading) -> boxed.FunctionDefinition:
    """`<functionDefinition>`, or `<encapsulatedLogic>`, which is one."""
    parameters = tuple(
        boxed.FormalParameter(reading.name(each), reading.type(each))
        for each in element.of("formalParameter")
    )
    body = expression_in(element, reading)
    kind = _kind(element, reading)
    return boxed.FunctionDefinition(reading.type(element), element.span, kind, parameters, body)


def _kind(element: Element, reading: Reading) -> boxed.FunctionKind:
    written = element.attributes.get("kind")
    if written is None:  # DMN 1.1 has no such attribute: its tools have one of their own
        own = [each for name, each in element.attributes.items() if name.endswith(":kind")]
        written = own[0] if own else None
    if written is None:
        return "FEEL"
    short = {"F": "FEEL", "J": "Java", "P": "PMML"}.get(written.text, written.text)
    for kind in _KINDS:
        if short.lower() == kind.lower():
            return kind
    problem = messages.unknown_choice(written.span(), "kind", written.text, _KINDS)
    reading.problems.append(problem)
    return "FEEL"


def _relation(element: Element, reading: Reading) -> boxed.Relation:
    columns = tuple(
        boxed.Column(reading.name(each), reading.type(each)) for each in element.of("column")
    )
    rows: list[tuple[boxed.Expression, ...]] = []
    for each in element.of("row"):
        rows.append(expressions_in(each, reading))
        if len(rows[-1]) != len(columns):
            problem = messages.wrong_cells(each.span, len(rows[-1]), len(columns))
            reading.problems.append(problem)
    return boxed.Relation(reading.type(element), element.span, columns, tuple(rows))


def _list(element: Element, reading: Reading) -> boxed.List:
    items = expressions_in(element, reading)
    return boxed.List(reading.type(element), element.span, items)


def _conditional(element: Element, reading: Reading) -> boxed.Conditional:
    condition, then, otherwise = (
        expression_in(element.first(name), reading) for name in ("if", "then", "else")
    )
    return boxed.Conditional(reading.type(element), element.span, condition, then, otherwise)


def _filter(element: Element, reading: Reading) -> boxed.Filter:
    base = expression_in(element.first("in"), reading)
    match = expression_in(element.first("match"), reading)
    return boxed.Filter(reading.type(element), element.span, base, match)


def _for(element: Element, reading: Reading) -> boxed.For:
    source = expression_in(element.first("in"), reading)
    body = expression_in(element.first("return"), reading)
    variable = _variable(element, reading)
    return boxed.For(reading.type(element), element.span, variable, source, body)


def _quantified(element: Element, reading: Reading) -> boxed.Quantified:
    return boxed.Quantified(
        reading.type(element),
        element.span,
        cast(OneOf["some", "every"], element.name),
        _variable(element, reading),
        expression_in(element.first("in"), reading),
        expression_in(element.first("satisfies"), reading),
    )


def _variable(element: Element, reading: Reading) -> Fragment:
    found = element.attributes.get("iteratorVariable")
    if found is not None and found.text.strip():
        return stripped(found)
    reading.problems.append(messages.missing_name(element.span, element.name))
    return Fragment("", element.span.source, (element.span.start, element.span.start))


READERS: dict[str, Callable[[Element, Reading], boxed.Expression]] = {
    "literalExpression": _literal,
    "context": _context,
    "decisionTable": decision_table,
    "invocation": _invocation,
    "functionDefinition": function_definition,
    "relation": _relation,
    "list": _list,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}
