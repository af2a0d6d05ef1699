"""Read the text of a cell as a value of its fact: tolerant in form, exact in meaning.

What SQL reads by itself (`sql_cells`) it reads with the very meaning of this
module, which takes over every cell that is written in any other way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from keyaccount.batch.numerals import NumeralProblem, read_number
from keyaccount.diagnostics import batch_messages
from keyaccount.diagnostics.diagnostic import Diagnostic
from keyaccount.feel import types
from keyaccount.feel.values.date import date_from_text
from keyaccount.feel.values.text import temporal_from_text
from keyaccount.feel.values.typing import is_instance
from keyaccount.ir.core import Fact

MISSING_MARKERS: Final = (
    "N/A",
    "n/a",
    "#N/A",
    "NA",
    "NULL",
    "null",
    "None",
    "-",
    "--",
    "—",
    "——",
    "/",
    "?",
    "缺",
    "缺失",
    "无",
    "暂无",
    "未知",
    "不详",
)
"""What stands for an empty cell unless the caller says otherwise.

Not in columns of free text, where any of them may be meant.
"""

_FREE_TEXT: Final = (types.STRING, types.ANY)

TRUE_WORDS: Final = frozenset({"true", "t", "yes", "y", "1", "是", "真"})
FALSE_WORDS: Final = frozenset({"false", "f", "no", "n", "0", "否", "假"})


class CellError(Exception):
    """A cell that is no value of its fact; `diagnostic` says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message.en)
        self.diagnostic = diagnostic


class _Missing:
    """The one value of `MISSING`."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""What an empty cell gives: the fact is unknown, unless it says otherwise itself."""

Reader = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class MissingMarkers:
    """Texts that stand for an empty cell.

    `listed` was chosen by the caller, and so holds in free text as well.
    """

    texts: frozenset[str] = frozenset(MISSING_MARKERS)
    listed: bool = False

    def for_fact(self, fact: Fact) -> frozenset[str]:
        """The markers in the column of a fact: none that names one of its declared values."""
        if fact.type in _FREE_TEXT and not self.listed:
            return frozenset()
        if not isinstance(fact.type, types.Enumeration):
            return self.texts
        titles = (each for titled in fact.value_titles.values() for each in titled.values())
        names = {each.strip().casefold() for each in (*fact.type.values, *titles)}
        return frozenset(each for each in self.texts if each.casefold() not in names)


def cell_reader(fact: Fact, markers: MissingMarkers, *, items_as_json: bool = False) -> Reader:
    """The function that reads cells of a fact.

    Args:
        fact: what the column holds.
        markers: texts that stand for an empty cell.
        items_as_json: whether a list comes as a JSON array of texts (native
            lists do), and not parted by `|`.

    Returns:
        A function from text to the value, or to `MISSING`; it raises `CellError`.
    """
    read = _reader_of(fact.type, fact.value_titles, items_as_json=items_as_json)
    missing = markers.for_fact(fact)
    # Free text is taken as it stands; only blanks count as nothing there, as in SQL's TRIM.
    blanks = " " if fact.type in _FREE_TEXT else None

    def read_cell(text: str) -> object:
        stripped = text.strip(blanks)
        if not stripped or stripped in missing:
            return MISSING
        return read(text)

    return read_cell


def _reader_of(
    of: types.Type, titles: Mapping[str, Mapping[str, str]], *, items_as_json: bool
) -> Reader:
    match of:
        case types.Enumeration(values):
            return _enumeration_reader(values, titles)
        case types.ListType(item):
            return _list_reader(_reader_of(item, titles, items_as_json=False), items_as_json)
        case types.SimpleType():
            return _SIMPLE_READERS.get(of) or _temporal_reader(of)
        case _:
            return _refuser(of)


def _number(text: str) -> object:
    number = read_number(text)
    match number:
        case NumeralProblem.NOT_A_NUMBER:
            raise CellError(batch_messages.not_a_number(text))
        case NumeralProblem.TOO_MANY_DIGITS:
            raise CellError(batch_messages.too_many_digits(text))
        case _:
            return number


def _boolean(text: str) -> object:
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise CellError(batch_messages.not_a_boolean(text))


def _text(text: str) -> object:
    return text


_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))(?:[T ]00:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)


def _date(text: str) -> object:
    """A date: year, month, day, in ISO form or parted by `/`, `.`, 年月日, or by nothing.

    A spreadsheet gives dates with a time of midnight, which is dropped.
    """
    if found := _DATE.fullmatch(text.strip()):
        year, month, day = (each for each in found.groups() if each is not None)
        date = date_from_text(f"{year}-{month:0>2}-{day:0>2}")
        if date is not None:
            return date
    raise CellError(batch_messages.not_temporal(text, "date"))


_SPACE_BEFORE_CLOCK = re.compile(r"(?<=\d) (?=\d\d:)")
_SHORT_OFFSET = re.compile(r"(?<=:\d\d)(\.\d+)?([+-]\d\d)$")


def _temporal_reader(of: types.SimpleType) -> Reader:
    """A reader of FEEL's own forms, and of a space where ISO has a `T`."""

    def read(text: str) -> object:
        iso = _SPACE_BEFORE_CLOCK.sub("T", text.strip(), count=1)
        value = temporal_from_text(_SHORT_OFFSET.sub(r"\1\2:00", iso))
        if value is None or not is_instance(value, of):
            raise CellError(batch_messages.not_temporal(text, of.name))
        return value

    return read


def _enumeration_reader(values: tuple[str, ...], titles: Mapping[str, Mapping[str, str]]) -> Reader:
    """A reader of declared values, by their name or else by a title that only one has."""
    declared = frozenset(values)
    by_title = titles_of(values, titles)

    def read(text: str) -> object:
        if text in declared:
            return text
        value = by_title.get(text.strip().casefold())
        if value is None:
            raise CellError(batch_messages.undeclared_value(text, values))
        return value

    return read


def titles_of(values: tuple[str, ...], titles: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The declared values by their titles and their own names, case folded, where only one fits."""
    names: dict[str, set[str]] = {}
    for value in values:
        for title in titles.get(value, {}).values():
            names.setdefault(title.strip().casefold(), set()).add(value)
    for value in values:
        names[value.strip().casefold()] = {
            each for each in values if each.strip().casefold() == value.strip().casefold()
        }
    return {name: found.pop() for name, found in names.items() if len(found) == 1}


def _list_reader(read_item: Reader, items_as_json: bool) -> Reader:
    def read(text: str) -> object:
        items = json.loads(text) if items_as_json else text.split("|")
        return [None if each is None else read_item(each.strip()) for each in items]

    return read


def _refuser(of: types.Type) -> Reader:
    def refuse(text: str) -> object:
        raise CellError(batch_messages.unreadable_type(str(of)))

    return refuse


_SIMPLE_READERS: Mapping[types.Type, Reader] = {
    types.NUMBER: _number,
    types.BOOLEAN: _boolean,
    types.STRING: _text,
    types.ANY: _text,
    types.DATE: _date,
}
