"""FEEL of a policy as FEEL of a DMN model: the author's text, but for a few names.

A declared value that stands bare is quoted; what is borrowed from another
policy goes by its name in the model. Which words are declared values is known
from the lowered program, as their literals stand where the author wrote them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression, parse_unary_tests
from keyaccount.feel.types import Enumeration
from keyaccount.interchange.elements import Element, Elements
from keyaccount.ir import core
from keyaccount.ir.lowering.texts import free_names
from keyaccount.ir.rewrite import descendants
from keyaccount.source import Fragment, Source

BareValues = Mapping[tuple[Source, int, int], str]
"""Declared values written bare, by where they stand."""


def bare_values(program: core.Program) -> BareValues:
    """The bare values of all texts of a program."""
    return {
        (node.span.source, node.span.start, node.span.end): node.value
        for root in _roots(program)
        for node in descendants(root)
        if isinstance(node, core.Literal) and isinstance(node.value, str) and _is_bare(node)
    }


def _roots(program: core.Program) -> Iterator[core.Expression]:
    for fact in program.facts.values():
        if fact.allowed is not None:
            yield fact.allowed
    yield from (each.logic for each in program.decisions.values())


def _is_bare(node: core.Literal) -> bool:
    written = node.span.text.split()
    return isinstance(node.type, Enumeration) and written == str(node.value).split()


@dataclass(slots=True)
class Written:
    """What texts of an element need, noted while they are rewritten."""

    needs: dict[str, Element] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeelText:
    """Rewrites the texts of one policy. `constants` are written in place of parameters."""

    policy: str
    scope: Scope
    elements: Elements
    bare: BareValues
    constants: Mapping[str, str] = field(default_factory=dict)

    def expression(
        self, fragment: Fragment, written: Written, local: Iterable[str] = ()
    ) -> Fragment:
        """An expression; `local` are names that stand for nothing of the policy's."""
        names = tuple(local)
        tree = parse_expression(fragment, self.scope.with_names(names))
        return self._rewritten(fragment, tree, written, names)

    def tests(self, fragment: Fragment, written: Written, local: Iterable[str] = ()) -> Fragment:
        """Unary tests."""
        names = tuple(local)
        tree = parse_unary_tests(fragment, self.scope.with_names(names))
        return self._rewritten(fragment, tree, written, names)

    def _rewritten(
        self,
        fragment: Fragment,
        tree: syntax.Expression,
        written: Written,
        local: tuple[str, ...],
    ) -> Fragment:
        edits: dict[tuple[int, int], str] = {}
        for name, span in free_names(tree):
            value = self.bare.get((span.source, span.start, span.end))
            if value is not None:
                edits[span.start, span.end] = quoted(value)
            elif name.partition(".")[0] not in local:
                new = self._renamed(name, written)
                if new is not None:
                    edits[span.start, span.end] = new
        return Fragment.whole(edited(fragment, edits), fragment.source.name)

    def _renamed(self, name: str, written: Written) -> str | None:
        """What to write for a name; None to leave it."""
        if name in self.constants:
            return self.constants[name]
        element = self.elements.visible(self.policy, name)
        if element is None:
            return None
        written.needs[element.id] = element
        return element.name if element.name != name else None


def edited(fragment: Fragment, edits: Mapping[tuple[int, int], str]) -> str:
    """The text with spans of its source replaced; of two, one in the other, the outer."""
    starts = {offset: place for place, offset in reversed(list(enumerate(fragment.offsets[:-1])))}
    ends = {offset + 1: place + 1 for place, offset in enumerate(fragment.offsets[:-1])}
    text, kept = fragment.text, len(fragment.text) + 1
    pieces: list[str] = []
    behind = len(text)
    for (start, end), new in sorted(edits.items(), key=lambda e: (-e[0][1], e[0][0])):
        first, last = starts[start], ends[end]
        if last > kept:
            continue  # inside of one that is replaced as a whole
        pieces += [text[last:behind], new]
        kept = behind = first
    return "".join([text[:behind], *reversed(pieces)])


def quoted(value: str) -> str:
    """A text as FEEL's literal."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"{}"'.format(escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r"))


def whole(text: str) -> Fragment:
    """A text that stands in no file."""
    return Fragment.whole(text, "<dmn>")
