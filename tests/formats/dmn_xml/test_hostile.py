"""Hostile XML: each file ends in one clear error, or is read as the harmless text that it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.formats.dmn_xml import read_definitions
from keyaccount.formats.dmn_xml.encoding import decode_xml
from keyaccount.limits import Limits
from keyaccount.source import Source

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
OPEN = f'<definitions xmlns="{NAMESPACE}" name="m" namespace="n">'
LAUGHS = "".join(
    f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' if i else '<!ENTITY l0 "lol">' for i in range(10)
)

REFUSED = {
    "entities inside entities": (
        f"<!DOCTYPE d [{LAUGHS}]>{OPEN}&l9;</definitions>",
        "document-type",
    ),
    "one huge entity, often": (
        f'<!DOCTYPE d [<!ENTITY a "{"x" * 1000}">]>{OPEN}{"&a;" * 1000}</definitions>',
        "document-type",
    ),
    "an entity in an attribute": (
        f'<!DOCTYPE d [<!ENTITY a "x">]><definitions xmlns="{NAMESPACE}" name="&a;"/>',
        "document-type",
    ),
    "a file as an entity": (
        f'<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]>{OPEN}&f;</definitions>',
        "document-type",
    ),
    "a network address as an entity": (
        f'<!DOCTYPE d [<!ENTITY f SYSTEM "http://localhost:9/x">]>{OPEN}&f;</definitions>',
        "document-type",
    ),
    "a public entity": (
        f'<!DOCTYPE d [<!ENTITY f PUBLIC "-//x//y" "http://localhost:9/x">]>{OPEN}</definitions>',
        "document-type",
    ),
    "a parameter entity": (
        f'<!DOCTYPE d [<!ENTITY % p SYSTEM "http://localhost:9/x.dtd"> %p;]>{OPEN}</definitions>',
        "document-type",
    ),
    "an external document type": (
        f'<!DOCTYPE definitions SYSTEM "http://localhost:9/dmn.dtd">{OPEN}</definitions>',
        "document-type",
    ),
    "a public document type": (
        f'<!DOCTYPE definitions PUBLIC "-//OMG//DMN" "dmn.dtd">{OPEN}</definitions>',
        "document-type",
    ),
    "an empty document type": (f"<!DOCTYPE definitions>{OPEN}</definitions>", "document-type"),
    "default attributes by a document type": (
        f'<!DOCTYPE d [<!ATTLIST definitions name CDATA "x">]>{OPEN}</definitions>',
        "document-type",
    ),
    "a notation": (
        f'<!DOCTYPE d [<!NOTATION n SYSTEM "calc.exe">]>{OPEN}</definitions>',
        "document-type",
    ),
    "an unparsed entity": (
        '<!DOCTYPE d [<!NOTATION n SYSTEM "n"><!ENTITY e SYSTEM "e.gif" NDATA n>]>'
        f"{OPEN}</definitions>",
        "document-type",
    ),
    "a document type behind a comment": (
        f"<!-- x --><!DOCTYPE d [{LAUGHS}]>{OPEN}</definitions>",
        "document-type",
    ),
    "an entity of HTML's": (f"{OPEN}&nbsp;</definitions>", "unknown-entity"),
    "an entity that nobody declares": (f"{OPEN}&secret;</definitions>", "unknown-entity"),
    "an unknown entity in an attribute": (
        f'<definitions xmlns="{NAMESPACE}" name="&x;"/>',
        "unknown-entity",
    ),
    "a character that XML does not have": (f"{OPEN}&#0;</definitions>", "not-well-formed"),
    "a character beyond Unicode": (f"{OPEN}&#x110000;</definitions>", "not-well-formed"),
    "a control character": (f"{OPEN}\x01</definitions>", "not-well-formed"),
    "an element that stays open": (OPEN, "not-well-formed"),
    "two roots": (f"{OPEN}</definitions>{OPEN}</definitions>", "not-well-formed"),
    "an attribute twice": (f'{OPEN}<decision id="a" id="b"/></definitions>', "not-well-formed"),
    "a prefix that nobody declares": (f"{OPEN}<x:y/></definitions>", "not-well-formed"),
    "nothing": ("", "not-well-formed"),
    "no XML": ("not xml at all", "not-well-formed"),
    "elements 10,000 deep": (f"{OPEN}{'<a>' * 10_000}", "too-much"),
    "contexts 10,000 deep": (
        f'{OPEN}<decision name="d">{"<context><contextEntry>" * 10_000}',
        "too-much",
    ),
    "250,000 elements": (f"{OPEN}{'<a/>' * 250_000}</definitions>", "too-much"),
    "another kind of document": ("<html/>", "not-dmn"),
    "another namespace": ('<definitions xmlns="urn:x"/>', "not-dmn"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text, code = REFUSED[name]
    with pytest.raises(PolicyError) as raised:
        read_definitions(Source("m.dmn", text))
    assert [each.code.partition(".")[2] for each in raised.value.diagnostics] == [code]


def test_processing_instructions_do_nothing() -> None:
    text = f'<?xml-stylesheet href="http://localhost:9/x.xsl"?>{OPEN}<?php x?></definitions>'
    assert read_definitions(Source("m.dmn", text)).name == "m"


def test_schema_locations_are_not_looked_up() -> None:
    at = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="n http://localhost:9/x"'
    text = f'<definitions xmlns="{NAMESPACE}" name="m" namespace="n" {at}/>'
    assert read_definitions(Source("m.dmn", text)).name == "m"


def test_inclusions_are_not_made() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
    text = f"{OPEN}{include}</definitions>"
    assert read_definitions(Source("m.dmn", text)).name == "m"


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.dmn"
    path.write_text(f"{OPEN}</definitions>{' ' * 1000}", "utf-8")
    with pytest.raises(PolicyError) as raised:
        read_definitions(path, Limits(xml_bytes=500))
    assert [each.code for each in raised.value.diagnostics] == ["xml.too-much"]


@pytest.mark.parametrize("encoding", ["utf-7", "rot13", "utf-32", "zlib_codec"])
def test_odd_encodings_are_refused(encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()
    with pytest.raises(PolicyError) as raised:
        decode_xml(data, "m.dmn")
    assert [each.code for each in raised.value.diagnostics] == ["xml.unknown-encoding"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "iso-8859-1"])
def test_usual_encodings_are_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>é</a>'
    assert decode_xml(text.encode(encoding), "m.dmn").text == text
