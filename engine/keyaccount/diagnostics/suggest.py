"""Which known name the author probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_CUT_OFF = 0.7


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like the given one, or None where nothing is like enough."""
    by_folded = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=_CUT_OFF)
    return by_folded[found[0]] if found else None
