"""The moments of an evaluation, as FEEL values."""

from __future__ import annotations

from datetime import date, datetime

from keyaccount.feel.values.python import from_python


def moments_of(as_of: date, now: datetime | None) -> tuple[object, object]:
    """What `today()` and `now()` give; `now` is midnight of `as_of` where it is left out."""
    moment = now if now is not None else datetime.combine(as_of, datetime.min.time())
    return from_python(as_of), from_python(moment)
