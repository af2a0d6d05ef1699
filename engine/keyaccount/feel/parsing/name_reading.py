"""Read names: those used, by what is declared; those declared in the text itself."""

from __future__ import annotations

from keyaccount.diagnostics.diagnostic import Text
from keyaccount.feel.lexer import NUMBER, WORD, may_be_in_name
from keyaccount.feel.names import RESERVED
from keyaccount.feel.parsing import mistakes
from keyaccount.feel.parsing.reader import Reader
from keyaccount.feel.syntax import Name

_MEMBER = Text("an entry", "条目")


def name(reader: Reader) -> Name | None:
    """The name that starts at a word: declared, or else as many plain words as follow.

    None where the word is one of the language's own.
    """
    at = reader.at
    entry = reader.declared(at)
    if entry is not None and entry[0] == 1 and entry[1] in RESERVED:
        entry = None
    if entry is None:
        if not reader.plain_word(at):
            return None
        end = _run_end(reader, at + 1, numbers=True)
        spelling = reader.texts[at] if end == at + 1 else reader.spelling(at, end)
    else:
        spelling = entry[1]
        end = at + entry[0]
        if reader.kinds[end] == WORD and reader.plain_word(end) and not reader.declared(end):
            # Declared `monthly`, written `monthly tonnage`: one name, and not a known one.
            end = _run_end(reader, end, numbers=False)
            spelling = reader.spelling(at, end)
    reader.at = end
    return Name(reader.span(at), spelling)


def member(reader: Reader) -> str:
    """The name of an entry, behind a dot.

    Raises:
        PolicyError: no name stands there.
    """
    at = reader.at
    entry = reader.member(at)
    end = at + entry[0] if entry is not None else at
    if entry is None and not reader.plain_word(at):
        raise mistakes.no_name(reader, _MEMBER)
    longer = _run_end(reader, end, numbers=False)
    reader.at = max(longer, end)
    if entry is not None and longer == end:
        return entry[1]
    return reader.spelling(at, reader.at)


def new_name(reader: Reader, what: Text, *, any_word: bool = False) -> str:
    """A name that the text itself declares: all that a name may hold, up to what it may not.

    `any_word`: words of the language may be in it.

    Raises:
        PolicyError: no name stands there.
    """
    first = reader.at
    if reader.kinds[first] != WORD or not (any_word or reader.texts[first] not in RESERVED):
        raise mistakes.no_name(reader, what)
    reader.at = new_name_end(reader, first, any_word=any_word)
    return reader.spelling(first, reader.at)


def new_name_end(reader: Reader, first: int, *, any_word: bool) -> int:
    """The token behind all those from `first` on that a declared name may hold."""
    at = first
    while may_be_in_name(reader.tokens, at) and (any_word or reader.texts[at] not in RESERVED):
        at += 1
    return at


def _run_end(reader: Reader, at: int, *, numbers: bool) -> int:
    while reader.plain_word(at) or (
        numbers and reader.kinds[at] == NUMBER and reader.texts[at].isdigit()
    ):
        at += 1
    return at
