"""What kind of value an unquoted scalar is.

Source: YAML 1.2.2, 10.3.2 (core schema); dates and numbers in other bases are
text here, as FEEL has its own way to write them.
"""

from __future__ import annotations

import re

from keyaccount.formats.yaml.nodes import Kind

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_NUMBER_STARTS = frozenset("0123456789+-.")
_WORDS = dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), Kind.BOOLEAN)
_WORDS |= dict.fromkeys(("", "~", "null", "Null", "NULL"), Kind.NULL)

_CORE_TAG = "tag:yaml.org,2002:"
_KINDS_BY_TAG = {
    "bool": (Kind.BOOLEAN,),
    "int": (Kind.NUMBER,),
    "float": (Kind.NUMBER,),
    "null": (Kind.NULL,),
}


def plain_kind(value: str) -> Kind:
    """The kind of a scalar without quotes and without a tag."""
    if value[:1] in _NUMBER_STARTS and _NUMBER.match(value):
        return Kind.NUMBER
    return _WORDS.get(value, Kind.TEXT)


def tagged_kind(tag: str, value: str, is_plain: bool) -> Kind | None:
    """The kind of a scalar with a tag; None where the tag is not the core's or does not fit."""
    if tag in ("!", _CORE_TAG + "str"):
        return Kind.TEXT
    kind = plain_kind(value) if is_plain else Kind.TEXT
    return kind if kind in _KINDS_BY_TAG.get(tag.removeprefix(_CORE_TAG), ()) else None


def is_collection_tag(tag: str, name: str) -> bool:
    """Whether a tag is the core's for a collection of that name (`map`, `seq`)."""
    return tag in ("!", _CORE_TAG + name)
