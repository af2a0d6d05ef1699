"""XML to elements, each of which knows its place in the author's file.

Expat reads without ever opening anything: no document type, no entities but
XML's own five, no network. It tells where each event stands, which other
parsers don't. Source: XML 1.0; Namespaces in XML 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from keyaccount.diagnostics import dmn_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError
from keyaccount.limits import Limits
from keyaccount.source import Fragment, Source, Span

_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*("[^"<]*"|'[^'<]*')""")
_TAG = re.compile(r"""<(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_REFERENCE = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|(amp|lt|gt|quot|apos));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class Element:
    """An element: its name without prefix and its namespace, attributes, children, text.

    Places become spans, and attributes are read, only when they are asked for:
    most elements of a big table are never looked at in that way.
    """

    __slots__ = (
        "_attributes",
        "_end",
        "_pieces",
        "_source",
        "_start",
        "_tag_end",
        "children",
        "name",
        "namespace",
        "prefixes",
    )

    def __init__(
        self,
        name: str,
        namespace: str,
        prefixes: dict[str, str],
        source: Source,
        start: int,
        tag_end: int,
    ) -> None:
        self.name = name
        self.namespace = namespace
        self.prefixes = prefixes
        self.children: list[Element] = []
        self._source = source
        self._start = start
        self._tag_end = tag_end
        self._end = tag_end
        self._attributes: dict[str, Fragment] | None = None
        self._pieces: list[tuple[str, int]] = []

    @property
    def attributes(self) -> dict[str, Fragment]:
        """By name; one of an extension's with its prefix. Declarations of namespaces are none."""
        if self._attributes is None:
            self._attributes = _attributes(self._source, self._start, self._tag_end)
        return self._attributes

    @property
    def span(self) -> Span:
        """From its first tag to its last."""
        return Span(self._source, self._start, self._end)

    def end_at(self, offset: int) -> None:
        """Note where it ends."""
        self._end = max(offset, self._tag_end)

    def add_text(self, text: str, at: int) -> None:
        """Note a piece of its text; a reference to a character is a piece of its own."""
        self._pieces.append((text, at))

    def of(self, name: str) -> Iterator[Element]:
        """The children of a name, in this element's namespace."""
        return (e for e in self.children if e.name == name and e.namespace == self.namespace)

    def first(self, name: str) -> Element | None:
        """The first child of a name, if any."""
        return next(self.of(name), None)

    def get(self, name: str) -> str | None:
        """An attribute's value, if it is there."""
        found = self.attributes.get(name)
        return None if found is None else found.text

    @property
    def text(self) -> Fragment:
        """All text directly inside, white space at both ends included."""
        source = self._source
        if len(self._pieces) == 1:
            text, at = self._pieces[0]
            if source.text.startswith(text, at):
                return Fragment(text, source, range(at, at + len(text) + 1))
        offsets: list[int] = []
        for piece, at in self._pieces:
            # A reference, or a line break that XML makes one character, is not what it says.
            literal = source.text.startswith(piece, at)
            offsets.extend(range(at, at + len(piece)) if literal else [at] * len(piece))
        offsets.append(offsets[-1] + 1 if offsets else self._end)
        return Fragment("".join(piece for piece, _ in self._pieces), source, offsets)

    @property
    def trimmed(self) -> Fragment | None:
        """The text without white space at its ends; None where nothing is left."""
        whole = self.text
        start = len(whole.text) - len(whole.text.lstrip())
        end = len(whole.text.rstrip())
        return whole.part(start, end) if start < end else None


def parse_xml(source: Source, limits: Limits) -> Element:
    """The root element.

    Raises:
        PolicyError: no XML, past a limit, a document type, an entity of its own.
    """
    if len(source.text) > limits.xml_bytes:
        raise PolicyError(
            [messages.too_much(source.span(0, 0), "bytes", "字节数", limits.xml_bytes)]
        )
    return _Builder(source, limits).root()


class _Builder:
    """Hears expat's events."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._data = source.text.encode("utf-8", "surrogatepass")
        self._is_ascii = len(self._data) == len(source.text)
        self._byte = self._offset = 0
        self._open: list[Element] = []
        self._root: Element | None = None
        self._count = 0
        self._prefixes: dict[str, str] = {}
        # Handed over as UTF-8 whatever the declaration says: it is text already.
        self._expat = expat.ParserCreate("utf-8", namespace_separator=" ")
        self._expat.buffer_text = False
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text
        self._expat.StartNamespaceDeclHandler = self._prefix
        self._expat.StartDoctypeDeclHandler = self._document_type
        self._expat.SkippedEntityHandler = self._entity

    def root(self) -> Element:
        try:
            self._expat.Parse(self._data, True)  # noqa: FBT003 -- expat's own signature
        except expat.ExpatError as error:
            raise PolicyError([self._problem(error)]) from None
        assert self._root is not None  # noqa: S101 -- INVARIANT: well-formed XML has a root
        return self._root

    def _problem(self, error: expat.ExpatError) -> Diagnostic:
        at = self._at(self._expat.ErrorByteIndex)
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
            end = self._source.text.find(";", at) + 1
            return messages.unknown_entity(self._source.span(at, max(end, at + 1)))
        return messages.not_well_formed(
            self._source.span(at, at + 1), expat.errors.messages[error.code]
        )

    def _at(self, byte: int) -> int:
        """The offset in characters of one in bytes; quick where they are asked in order."""
        if self._is_ascii:
            return byte
        while byte < len(self._data) and self._data[byte] & 0xC0 == 0x80:
            byte -= 1  # the parser may stop inside a character
        if byte < self._byte:
            self._byte = self._offset = 0
        between = self._data[self._byte : byte]
        # An error may stand inside a character.
        self._offset += len(between.decode("utf-8", "ignore"))
        self._byte = byte
        return self._offset

    def _here(self) -> int:
        return self._at(self._expat.CurrentByteIndex)

    def _document_type(self, *_: object) -> None:
        at = self._here()
        raise PolicyError([messages.document_type(self._source.span(at, at + len("<!DOCTYPE")))])

    def _entity(self, *_: object) -> None:
        at = self._here()
        end = self._source.text.find(";", at) + 1
        raise PolicyError([messages.unknown_entity(self._source.span(at, end))])

    def _prefix(self, prefix: str | None, namespace: str | None) -> None:
        self._prefixes = {**self._prefixes, prefix or "": namespace or ""}

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes  # they are read again, with their places
        at = self._here()
        self._refuse_too_much(at)
        namespace, _, local = name.rpartition(" ")
        end = self._end_of_tag(at)
        element = Element(local, namespace, self._prefixes, self._source, at, end)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _refuse_too_much(self, at: int) -> None:
        self._count += 1
        if self._count > self._limits.xml_nodes:
            what = ("elements", "元素数", self._limits.xml_nodes)
        elif len(self._open) >= self._limits.xml_nesting:
            what = ("levels of elements", "元素嵌套层数", self._limits.xml_nesting)
        else:
            return
        raise PolicyError([messages.too_much(self._source.span(at, at + 1), *what)])

    def _end_of_tag(self, at: int) -> int:
        """Behind the `>` of the tag that starts at an offset; quoted values may hold `>`."""
        found = _TAG.match(self._source.text, at)
        return len(self._source.text) if found is None else found.end()

    def _end(self, name: str) -> None:
        del name  # expat has seen to it that it matches
        element = self._open.pop()
        self._prefixes = self._open[-1].prefixes if self._open else {}
        element.end_at(self._source.text.find(">", self._here()) + 1)

    def _text(self, text: str) -> None:
        self._open[-1].add_text(text, self._here())


def _attributes(source: Source, start: int, end: int) -> dict[str, Fragment]:
    """The attributes of a start tag, by their names without prefix; `xmlns` left out."""
    found: dict[str, Fragment] = {}
    for match in _ATTRIBUTE.finditer(source.text, start, end):
        prefix, _, local = match.group(1).rpartition(":")
        if prefix == "xmlns" or match.group(1) == "xmlns":
            continue
        if prefix and local in found:
            continue  # an extension's attribute never hides DMN's own
        value = _attribute_value(source, match.start(2) + 1, match.end(2) - 1)
        if not prefix or prefix == "xml":
            found[local] = value
        else:
            found.setdefault(f"{prefix}:{local}", value)
    return found


def _attribute_value(source: Source, start: int, end: int) -> Fragment:
    raw = source.text[start:end]
    if "&" not in raw and not any(each in raw for each in "\t\r\n"):
        return Fragment(raw, source, range(start, end + 1))
    characters: list[str] = []
    offsets: list[int] = []
    at = 0
    while at < len(raw):
        match = _REFERENCE.match(raw, at)
        written = raw[at] if match is None else _referred(match)
        characters.append(" " if match is None and written in "\t\r\n" else written)
        offsets.extend([start + at] * len(written))
        at = at + 1 if match is None else match.end()
    return Fragment("".join(characters), source, [*offsets, end])


def _referred(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _ENTITIES[name]
    return chr(int(decimal) if decimal else int(hexadecimal, 16))
