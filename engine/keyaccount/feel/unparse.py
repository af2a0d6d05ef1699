"""From a tree back to FEEL text: no more brackets than the grammar needs.

`parse(unparse(x)) == x` for every tree that the parser makes. Works on a stack
of its own, so that no tree is too deep for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from keyaccount.feel import syntax
from keyaccount.feel.lexer import is_name
from keyaccount.feel.names import NameIndex, Scope
from keyaccount.feel.parsing.name_reading import member
from keyaccount.feel.parsing.name_reading import name as read_name
from keyaccount.feel.parsing.operators import expression
from keyaccount.feel.parsing.powers import (
    AND,
    ANYTHING,
    COMPARISON,
    INSTANCE_OF,
    NEGATION,
    OPERAND,
    OR,
    POWERS,
)
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.parsing.type_expressions import type_expression
from keyaccount.limits import DEFAULT_LIMITS
from keyaccount.source import Fragment

_Tree = syntax.Expression | syntax.UnaryTests | syntax.TypeExpression
_BELOW_ALL = -1
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile('["\\\\\t-\r\x85\u2028\u2029]')


@dataclass(frozen=True, slots=True)
class _Inner:
    """A part of a tree, in brackets unless it binds more tightly than the floor."""

    node: syntax.Node
    floor: int = _BELOW_ALL


@dataclass(frozen=True, slots=True)
class _Mark:
    """Here stands the name, the member or the type of a node, which might read as a longer one."""

    node: syntax.Name | syntax.Path | syntax.InstanceOf


_Part = str | _Inner | _Mark


def unparse(node: _Tree, scope: Scope | None = None) -> str:
    """FEEL text that parses to the same tree.

    scope: what is declared where the text will stand. With `a-b` declared, the
    difference of `a` and `b` is written `(a) - b`.
    """
    reads_in = scope or Scope()
    bracketed: set[int] = set()
    while True:
        writer = _Writer(bracketed)
        text = writer.write(node)
        misread = writer.misread(text, reads_in) - bracketed
        if not misread:
            return text
        bracketed |= misread


class _Writer:
    """Writes a tree, and remembers where which name stands."""

    __slots__ = ("bracketed", "local", "marks")

    def __init__(self, bracketed: set[int]) -> None:
        self.bracketed = bracketed
        self.local = NameIndex(("partial",))
        self.marks: list[tuple[int, _Mark]] = []

    def write(self, tree: syntax.Node) -> str:
        pieces: list[str] = []
        length = 0
        pending: list[_Part] = [_Inner(tree)]
        while pending:
            part = pending.pop()
            if isinstance(part, _Inner):
                pending += reversed(self._opened(part))
            elif isinstance(part, _Mark):
                self.marks.append((length, part))
            else:
                pieces.append(part)
                length += len(part)
        return "".join(pieces)

    def misread(self, text: str, scope: Scope) -> set[int]:
        """The nodes that would be read with a longer name; they need brackets."""
        if not self.marks:
            return set()
        reader = Reader(Fragment.whole(text), scope, DEFAULT_LIMITS, expression)
        reader.layers += (*scope.members, self.local)
        reader.keys = self.local
        token = {start: at for at, start in enumerate(reader.starts[:-1])}
        return {
            id(mark.node)
            for offset, mark in self.marks
            if not _reads_as(reader, token[offset], mark.node)
        }

    def _opened(self, part: _Inner) -> tuple[_Part, ...]:
        node = part.node
        for name in _declared(node):
            self.local.add(name)
        parts = _parts(node)
        if id(node) in self.bracketed or _power(node) <= part.floor:
            return ("(", *parts, ")")
        return parts


def _declared(node: syntax.Node) -> tuple[str, ...]:
    """The names that a node declares for its parts."""
    match node:
        case syntax.ContextLiteral(entries=entries):
            return tuple(each.key for each in entries)
        case syntax.For(iterators=iterators) | syntax.Quantified(iterators=iterators):
            return tuple(each.name for each in iterators)
        case syntax.FunctionDefinition(parameters=parameters):
            return tuple(each.name for each in parameters)
        case _:
            return ()


def _reads_as(reader: Reader, at: int, node: syntax.Name | syntax.Path | syntax.InstanceOf) -> bool:
    """Whether the parser finds at a token the very name, member or type of the node."""
    reader.at = at
    match node:
        case syntax.Name(name="not"):
            return True
        case syntax.Name():
            return read_name(reader) == node
        case syntax.Path():
            return member(reader) == node.name
        case syntax.InstanceOf():
            return type_expression(reader) == node.of


def _power(node: syntax.Node) -> int:
    match node:
        case syntax.UnaryComparison():
            return _BELOW_ALL  # only as a test does it stand without brackets
        case syntax.If() | syntax.For() | syntax.Quantified() | syntax.FunctionDefinition():
            return ANYTHING
        case syntax.Disjunction():
            return OR
        case syntax.Conjunction():
            return AND
        case syntax.Comparison() | syntax.Between() | syntax.In():
            return COMPARISON
        case syntax.Arithmetic():
            return POWERS[node.operator]
        case syntax.Negation():
            return NEGATION
        case syntax.InstanceOf():
            return INSTANCE_OF
        case _:
            return OPERAND


def _parts(node: syntax.Node) -> tuple[_Part, ...]:
    """A node as text and inner nodes."""
    for parts_of in (_literal, _operation, _phrase, _compound, _type):
        parts = parts_of(node)
        if parts is not None:
            return parts
    raise TypeError(f"no node of FEEL's tree: {node!r}")


def _literal(node: syntax.Node) -> tuple[_Part, ...] | None:
    match node:
        case syntax.NullLiteral():
            return ("null",)
        case syntax.BooleanLiteral():
            return ("true" if node.value else "false",)
        case syntax.NumberLiteral():
            return (str(node.value),)
        case syntax.StringLiteral():
            return (_quoted(node.value),)
        case syntax.AtLiteral():
            return ("@" + _quoted(node.text),)
        case syntax.Name():
            return (_Mark(node), node.name)
        case syntax.InputValue():
            return ("?",)
        case _:
            return None


def _operation(node: syntax.Node) -> tuple[_Part, ...] | None:
    power = _power(node)
    match node:
        case syntax.Arithmetic() | syntax.Comparison():
            return _infix(node.left, node.operator, node.right, power)
        case syntax.Conjunction():
            return _infix(node.left, "and", node.right, power)
        case syntax.Disjunction():
            return _infix(node.left, "or", node.right, power)
        case syntax.Negation():
            return ("-", _Inner(node.operand, power - 1))
        case syntax.Between():
            low, high = _Inner(node.low, power), _Inner(node.high, power)
            return (_Inner(node.operand, power - 1), " between ", low, " and ", high)
        case syntax.In():
            return (_Inner(node.operand, power - 1), " in ", *_in_tests(node.tests))
        case syntax.InstanceOf():
            left = _Inner(node.operand, power - 1)
            return (left, " instance of ", _Mark(node), _Inner(node.of))
        case syntax.UnaryComparison():
            return (f"{node.operator} ", _Inner(node.right, COMPARISON))
        case syntax.UnaryTests():
            return _unary_tests(node)
        case _:
            return None


def _infix(left: syntax.Node, operator: str, right: syntax.Node, power: int) -> tuple[_Part, ...]:
    return (_Inner(left, power - 1), f" {operator} ", _Inner(right, power))


def _phrase(node: syntax.Node) -> tuple[_Part, ...] | None:
    match node:
        case syntax.If():
            condition, then, otherwise = map(_Inner, (node.condition, node.then, node.otherwise))
            return ("if ", condition, " then ", then, " else ", otherwise)
        case syntax.For():
            return ("for ", *_listed(node.iterators), " return ", _Inner(node.body))
        case syntax.Quantified():
            iterators = _listed(node.iterators)
            return (f"{node.quantifier} ", *iterators, " satisfies ", _Inner(node.predicate))
        case syntax.Iterator():
            return (f"{node.name} in ", _Inner(node.source))
        case syntax.IterationRange():
            return (_Inner(node.start), "..", _Inner(node.end))
        case syntax.FunctionDefinition():
            external = "external " if node.external else ""
            return ("function(", *_listed(node.parameters), f") {external}", _Inner(node.body))
        case syntax.FormalParameter():
            return (node.name,) if node.type is None else (f"{node.name}: ", _Inner(node.type))
        case _:
            return None


def _compound(node: syntax.Node) -> tuple[_Part, ...] | None:
    match node:
        case syntax.ListLiteral():
            return ("[", *_listed(node.items), "]")
        case syntax.ContextLiteral():
            return ("{", *_listed(node.entries), "}")
        case syntax.ContextEntry():
            key = node.key if is_name(node.key) else _quoted(node.key)
            return (f"{key}: ", _Inner(node.value))
        case syntax.RangeLiteral():
            return _range(node)
        case syntax.Path():
            return (_Inner(node.base, INSTANCE_OF), ".", _Mark(node), node.name)
        case syntax.Filter():
            return (_Inner(node.base, INSTANCE_OF), "[", _Inner(node.predicate), "]")
        case syntax.Invocation():
            return (_Inner(node.function, INSTANCE_OF), "(", *_listed(node.arguments), ")")
        case syntax.Argument():
            name = "" if node.name is None else f"{node.name}: "
            return (name, _Inner(node.value))
        case _:
            return None


def _type(node: syntax.Node) -> tuple[_Part, ...] | None:
    match node:
        case syntax.NamedType():
            return (node.name,)
        case syntax.ListTypeExpression():
            return ("list<", _Inner(node.item), ">")
        case syntax.RangeTypeExpression():
            return ("range<", _Inner(node.bound), ">")
        case syntax.ContextTypeExpression():
            entries = [(f"{name}: ", _Inner(each)) for name, each in node.entries]
            return ("context<", *_separated(entries), ">")
        case syntax.FunctionTypeExpression():
            return ("function<", *_listed(node.parameters), "> -> ", _Inner(node.result))
        case _:
            return None


def _range(node: syntax.RangeLiteral) -> tuple[_Part, ...]:
    if node.low is not None and node.high is not None:
        start, end = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
        return (start, _Inner(node.low), "..", _Inner(node.high), end)
    if node.high is not None:
        return ("(<= " if node.high_closed else "(< ", _Inner(node.high, COMPARISON), ")")
    if node.low is not None:
        return ("(>= " if node.low_closed else "(> ", _Inner(node.low, COMPARISON), ")")
    raise TypeError("a range without bounds has no text in FEEL")


def _in_tests(tests: tuple[syntax.Expression, ...]) -> tuple[_Part, ...]:
    if len(tests) != 1:
        return ("(", *_separated([_test(each) for each in tests]), ")")
    match tests[0]:
        case syntax.UnaryComparison():
            return _test(tests[0])
        case syntax.RangeLiteral(low=low, high=high) if low is None or high is None:
            # `x in (< 5)` is the test `< 5`, not the range.
            return ("(", _Inner(tests[0]), ")")
        case test:
            return (_Inner(test, COMPARISON),)


def _unary_tests(node: syntax.UnaryTests) -> tuple[_Part, ...]:
    tests = _separated([_test(each) for each in node.tests])
    if node.negated:
        return ("not(", *tests, ")")
    match node.tests:
        case ():
            return ("-",)
        case (syntax.Invocation(function=syntax.Name(name="not")),):
            return ("(", *tests, ")")
        case _:
            return tests


def _test(test: syntax.Expression) -> tuple[_Part, ...]:
    return _parts(test) if isinstance(test, syntax.UnaryComparison) else (_Inner(test),)


def _listed(nodes: Sequence[syntax.Node]) -> tuple[_Part, ...]:
    return _separated([(_Inner(each),) for each in nodes])


def _separated(items: Sequence[tuple[_Part, ...]]) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    for item in items:
        parts += (", ", *item) if parts else item
    return tuple(parts)


def _quoted(text: str) -> str:
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"
