"""The small parts that policies are written of: words, FEEL, types, values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyaccount.feel.types import Enumeration, ListType, Type
from keyaccount.formats.yaml.emitter import Mapping as Map
from keyaccount.formats.yaml.emitter import Node, Scalar, Sequence, Style
from keyaccount.formats.yaml.nodes import Kind
from keyaccount.model.policy import InputEntry, OutputEntry, Titles, Validity
from keyaccount.source import Fragment

_FEEL = frozenset({Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN})
_RESULT = _FEEL | {Kind.NULL}
_CONDITION = frozenset({Kind.TEXT})
_NUMBER_OR_TEXT = frozenset({Kind.TEXT, Kind.NUMBER})
TRUE = Scalar("true", frozenset({Kind.BOOLEAN}))


def mapping(style: Style = Style.BLOCK, /, **entries: Node | None) -> Map:
    """A mapping without the entries that are None; `hit_policy` is the key `hit policy`."""
    found = {name.replace("hit_policy", "hit policy"): e for name, e in entries.items()}
    return Map(tuple((name, each) for name, each in found.items() if each is not None), style)


def text(value: str | None) -> Scalar | None:
    """Plain words, quoted where they would be read as anything else."""
    return Scalar(value) if value else None


def texts(values: Iterable[str], *, numbers: bool = False) -> Sequence | None:
    """A list of words; `numbers`: among which numbers may stand as they are."""
    kinds = _NUMBER_OR_TEXT if numbers else frozenset({Kind.TEXT})
    items = tuple(Scalar(each, kinds) for each in values)
    return Sequence(items) if items else None


def words(by_language: Titles) -> Node | None:
    """Words by language; the same in all languages are written once."""
    if not by_language:
        return None
    if list(by_language) == ["en", "zh"] and len(set(by_language.values())) == 1:
        return Scalar(by_language["en"])
    entries = tuple((language, Scalar(each)) for language, each in by_language.items())
    return Map(entries, Style.FLOW if _is_short(by_language) else Style.FIT)


def _is_short(by_language: Titles) -> bool:
    return all("\n" not in each and len(each) <= 60 for each in by_language.values())


def reasons(because: Mapping[str, Fragment]) -> Node | None:
    """`because:`, a line for each language."""
    found = words({language: each.text for language, each in because.items()})
    return Map(found.entries, Style.BLOCK) if isinstance(found, Map) else found


def titles(by_value: Mapping[str, Titles]) -> Map | None:
    """`titles:` of declared values."""
    found = ((value, words(each)) for value, each in by_value.items())
    entries = tuple((value, each) for value, each in found if each is not None)
    return Map(entries) if entries else None


def feel(fragment: Fragment | None) -> Scalar | None:
    """FEEL text; numbers and booleans as they are."""
    return None if fragment is None else of_feel(fragment)


def of_feel(fragment: Fragment) -> Scalar:
    """FEEL text that is there."""
    return Scalar(fragment.text, _FEEL)


def figure(fragment: Fragment) -> Scalar:
    """FEEL text where a boolean has no place without quotes."""
    return Scalar(fragment.text, _NUMBER_OR_TEXT)


def condition(fragment: Fragment) -> Scalar:
    """FEEL text as a rule's `when`, where a boolean without quotes means something else."""
    return Scalar(fragment.text, _CONDITION)


def result(fragment: Fragment | None) -> Scalar | None:
    """FEEL text where null may stand as it is."""
    return None if fragment is None else Scalar(fragment.text, _RESULT)


def declared(kind: Type | None, *, with_type: bool = False) -> dict[str, Node | None]:
    """`type:` and `values:`; `with_type`: the type is written where values tell it, too."""
    match kind:
        case None:
            return {}
        case Enumeration(values):
            of_strings = Scalar("string") if with_type else None
            return {"type": of_strings, "values": texts(values)}
        case ListType(Enumeration(values)):
            return {"type": Scalar("list<string>"), "values": texts(values)}
        case _:
            return {"type": Scalar(str(kind))}


def cells(entries: Iterable[InputEntry]) -> Map:
    """`when:` cell by cell."""
    return Map(tuple((e.input.text, Scalar(e.tests.text, _FEEL)) for e in entries))


def outcome(entries: tuple[OutputEntry, ...]) -> Node | None:
    """`then:` or `default:`: one value, or one for each output."""
    if not entries:
        return None
    if entries[0].name is None:
        return result(entries[0].text)
    return Map(
        tuple((e.name.text, Scalar(e.text.text, _RESULT)) for e in entries if e.name is not None)
    )


def validity(valid: Validity) -> Map | None:
    """`valid:`."""
    ends = {"from": valid.since, "until": valid.until}
    entries = tuple((name, Scalar(str(day))) for name, day in ends.items() if day is not None)
    return Map(entries) if entries else None
