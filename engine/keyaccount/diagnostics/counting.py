"""Numbers of things in English words: one thing, two things."""

from __future__ import annotations


def counted(number: int, one: str, more: str | None = None) -> str:
    """`1 case`, `2,000 cases`.

    Args:
        number: how many.
        one: what one of them is called.
        more: what several are called, where that is not `one` with an s.
    """
    return f"{number:,} {one if number == 1 else more or one + 's'}"
