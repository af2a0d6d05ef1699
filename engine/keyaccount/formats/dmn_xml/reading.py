"""What all readers of elements share: the problems found so far, names, types, places."""

from __future__ import annotations

from dataclasses import dataclass, field

from keyaccount.diagnostics import dmn_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.formats.dmn_xml.elements import Element
from keyaccount.formats.dmn_xml.versions import FEEL_NAMESPACES
from keyaccount.source import Fragment


@dataclass(slots=True)
class Reading:
    """One reading of a file.

    `unprefixed` are the namespaces of types that go by their local names alone:
    the model's own, and those of imports without a name.
    """

    unprefixed: frozenset[str] = frozenset()
    problems: list[Diagnostic] = field(default_factory=list)

    def name(self, element: Element) -> Fragment:
        """The element's name; reported where it has none."""
        found = element.attributes.get("name")
        if found is None or not found.text.strip():
            self.problems.append(messages.missing_name(element.span, element.name))
            return Fragment("", element.span.source, (element.span.start, element.span.start))
        return stripped(found)

    def type(self, element: Element | None, attribute: str = "typeRef") -> Fragment | None:
        """The type that an element declares by an attribute."""
        found = None if element is None else element.attributes.get(attribute)
        return None if element is None else self._type_name(found, element)

    def type_element(self, element: Element) -> Fragment | None:
        """The type that an element declares by a child `typeRef`."""
        child = element.first("typeRef")
        return None if child is None else self._type_name(child.trimmed, child)

    def _type_name(self, found: Fragment | None, element: Element) -> Fragment | None:
        """The name of a type; DMN 1.1 writes it with a prefix of XML."""
        if found is None or not found.text.strip():
            return None
        name = stripped(found)
        prefix, colon, _ = name.text.partition(":")
        if not colon or prefix not in element.prefixes:
            return name
        namespace = element.prefixes[prefix]
        others = (element.namespace, element.prefixes.get(""))
        own = namespace in FEEL_NAMESPACES or namespace in self.unprefixed or namespace in others
        return name.part(len(prefix) + 1, len(name.text)) if own else name

    def text(self, element: Element | None) -> Fragment | None:
        """The text of a child `text`, white space at its ends gone; None where it is empty."""
        child = None if element is None else element.first("text")
        return None if child is None else child.trimmed


def stripped(fragment: Fragment) -> Fragment:
    """Without white space at its ends."""
    start = len(fragment.text) - len(fragment.text.lstrip())
    return fragment.part(start, max(start, len(fragment.text.rstrip())))
