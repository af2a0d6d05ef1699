"""Which known name the author probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from keyaccount.diagnostics.diagnostic import Text

_CUT_OFF = 0.7
_SLIP = 0.85
"""As alike as a word and the same with one slip of the finger; pairs that are meant, such as
`approved_by` and `refused_by`, `confirmed` and `not_confirmed`, are less alike."""
_MOST_LISTED = 12


def nearest(name: str, known: Iterable[str], cut_off: float = _CUT_OFF) -> str | None:
    """The known name most like the given one, or None where nothing is like enough."""
    by_folded = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=cut_off)
    return by_folded[found[0]] if found else None


def slip_of(name: str, known: Iterable[str]) -> str | None:
    """The known name that the given one is but for a slip in typing; None where there is none."""
    known = tuple(known)
    folded = name.casefold()
    one_slip = (each for each in known if _is_one_slip(folded, each.casefold()))
    return next(one_slip, None) or nearest(name, known, _SLIP)


def _is_one_slip(name: str, other: str) -> bool:
    """Whether one letter is missing, too many or wrong, or two are swapped."""
    begin = _in_common(name, other)
    rest, wanted = name[begin:], other[begin:]
    end = _in_common(rest[::-1], wanted[::-1])
    rest, wanted = rest[: len(rest) - end], wanted[: len(wanted) - end]
    return max(len(rest), len(wanted)) <= 1 or (len(rest) == 2 and rest == wanted[::-1])


def _in_common(name: str, other: str) -> int:
    """How many letters both begin with."""
    pairs = enumerate(zip(name, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(name), len(other)))


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
