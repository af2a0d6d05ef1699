"""Boxed expressions to elements, in the order of DMN's schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from keyaccount.formats.dmn_xml.document import Remark
from keyaccount.formats.dmn_xml.xml_text import Tag, tag
from keyaccount.model import boxed
from keyaccount.source import Fragment


@dataclass(frozen=True, slots=True)
class BoxedWriter:
    """Writes boxed expressions; `type_prefix` stands before FEEL's own types in DMN 1.1."""

    remarks: Mapping[str, Remark] = field(default_factory=dict)
    own_types: frozenset[str] = frozenset()
    type_prefix: str = ""
    with_annotations: bool = True

    def type(self, fragment: Fragment | None) -> str | None:
        """A `typeRef`."""
        if fragment is None:
            return None
        name = fragment.text
        return name if name in self.own_types else f"{self.type_prefix}{name}"

    def expression(self, node: boxed.Expression | None) -> Tag | None:  # noqa: C901 -- one arm a node
        """The element of a boxed expression."""
        match node:
            case None:
                return None
            case boxed.LiteralExpression():
                return self._literal("literalExpression", node)
            case boxed.Context():
                return self._context(node)
            case boxed.DecisionTable():
                return self._table(node)
            case boxed.Invocation():
                bindings = [self._binding(each) for each in node.bindings]
                return self._box("invocation", node, self.expression(node.function), *bindings)
            case boxed.FunctionDefinition():
                return self.function("functionDefinition", node)
            case boxed.Relation():
                return self._relation(node)
            case boxed.List():
                return self._box("list", node, *map(self.expression, node.items))
            case boxed.Conditional():
                parts = {"if": node.condition, "then": node.then, "else": node.otherwise}
                return self._box("conditional", node, *self._parts(parts))
            case boxed.Filter():
                parts = {"in": node.base, "match": node.match}
                return self._box("filter", node, *self._parts(parts))
            case boxed.For():
                parts = {"in": node.source, "return": node.body}
                return self._iteration("for", node, parts)
            case boxed.Quantified():
                parts = {"in": node.source, "satisfies": node.predicate}
                return self._iteration(node.quantifier, node, parts)
            case _:
                assert_never(node)

    def function(self, name: str, node: boxed.FunctionDefinition) -> Tag:
        """`functionDefinition`, or `encapsulatedLogic`."""
        parameters = [
            tag("formalParameter", name=each.name.text, typeRef=self.type(each.type))
            for each in node.parameters
        ]
        kind = None if node.kind == "FEEL" else node.kind
        body = self.expression(node.body)
        return tag(name, *parameters, body, typeRef=self.type(node.type), kind=kind)

    def _box(self, name: str, node: boxed.Boxed, *inside: Tag | None) -> Tag:
        return tag(name, *inside, typeRef=self.type(node.type))

    def _parts(self, parts: Mapping[str, boxed.Expression | None]) -> list[Tag]:
        return [tag(name, self.expression(each)) for name, each in parts.items()]

    def _iteration(
        self,
        name: str,
        node: boxed.For | boxed.Quantified,
        parts: Mapping[str, boxed.Expression | None],
    ) -> Tag:
        inside = self._parts(parts)
        variable = node.variable.text
        return tag(name, *inside, typeRef=self.type(node.type), iteratorVariable=variable)

    def _literal(self, name: str, node: boxed.LiteralExpression) -> Tag:
        return tag(name, text_tag("text", node.text), typeRef=self.type(node.type))

    def _context(self, node: boxed.Context) -> Tag:
        return self._box("context", node, *map(self._entry, node.entries))

    def _entry(self, entry: boxed.ContextEntry) -> Tag:
        variable = None
        if entry.name is not None:
            variable = tag("variable", name=entry.name.text, typeRef=self.type(entry.type))
        return tag("contextEntry", variable, self.expression(entry.value))

    def _binding(self, binding: boxed.Binding) -> Tag:
        parameter = tag("parameter", name=binding.name.text)
        return tag("binding", parameter, self.expression(binding.value))

    def _relation(self, node: boxed.Relation) -> Tag:
        columns = [
            tag("column", name=each.name.text, typeRef=self.type(each.type))
            for each in node.columns
        ]
        rows = [tag("row", *map(self.expression, row)) for row in node.rows]
        return self._box("relation", node, *columns, *rows)

    def _table(self, node: boxed.DecisionTable) -> Tag:
        annotations = node.annotations if self.with_annotations else ()
        return tag(
            "decisionTable",
            *map(self._input, node.inputs),
            *map(self._output, node.outputs),
            *(tag("annotation", name=each) for each in annotations),
            *map(self._rule, node.rules),
            typeRef=self.type(node.type),
            hitPolicy=node.hit_policy.value.upper(),
            aggregation=None if node.aggregation is None else node.aggregation.name,
        )

    def _input(self, clause: boxed.InputClause) -> Tag:
        expression = self._literal("inputExpression", clause.expression)
        values = None if clause.values is None else unary_tests("inputValues", clause.values)
        return tag("input", expression, values, label=clause.label)

    def _output(self, clause: boxed.OutputClause) -> Tag:
        values = None if clause.values is None else unary_tests("outputValues", clause.values)
        default = clause.default
        return tag(
            "output",
            values,
            None if default is None else self._literal("defaultOutputEntry", default),
            name=None if clause.name is None else clause.name.text,
            typeRef=self.type(clause.type),
        )

    def _rule(self, rule: boxed.DecisionRule) -> Tag:
        annotations = rule.annotations if self.with_annotations else ()
        remark = self.remarks.get(rule.id, Remark())
        return tag(
            "rule",
            plain("description", remark.description),
            *(unary_tests("inputEntry", each) for each in rule.tests),
            *(self._literal("outputEntry", each) for each in rule.results),
            *(tag("annotationEntry", tag("text", text=each)) for each in annotations),
            id=rule.id,
            label=remark.label,
            ka_fingerprint=remark.fingerprint,
        )


def unary_tests(name: str, tests: Fragment | None) -> Tag:
    """A cell, or the values allowed; `-` where any will do."""
    return tag(name, tag("text", text="-" if tests is None else tests.text))


def text_tag(name: str, text: Fragment | None) -> Tag | None:
    """An element that holds text."""
    return plain(name, None if text is None else text.text)


def plain(name: str, text: str | None) -> Tag | None:
    """An element that holds text, if there is any."""
    return None if text is None else tag(name, text=text)
