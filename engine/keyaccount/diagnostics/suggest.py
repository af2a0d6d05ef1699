"""Which known name the author probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from keyaccount.diagnostics.diagnostic import Text

_CUT_OFF = 0.7
_MOST_LISTED = 12


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like the given one, or None where nothing is like enough."""
    by_folded = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=_CUT_OFF)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> Text | None:
    """A help with the name that was probably meant, None where nothing is like enough."""
    near = nearest(name, known)
    return None if near is None else Text(f"did you mean `{near}`?", f"是否想写 `{near}`？")


def meant_or_listed(name: str, known: Iterable[str]) -> Text | None:
    """A help with the name that was probably meant; else with all there are, None for none."""
    known = tuple(known)
    return did_you_mean(name, known) or listed(known)


def listed(known: Iterable[str]) -> Text | None:
    """A help with what can be written, None where there is nothing."""
    names = [f"`{each}`" for each in known]
    if not names:
        return None
    more = ", …" if len(names) > _MOST_LISTED else ""
    shown = ", ".join(names[:_MOST_LISTED]) + more
    return Text(f"it can be {shown}", f"可用的有 {shown}")
