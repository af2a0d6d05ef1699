"""Results as JSON bytes, decimals as exact numbers.

What a decision comes to is mostly one of a few values (true, `green`, a list of
names), so their bytes are made once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import msgspec

from keyaccount.ir.outcome import Outcome, Status
from keyaccount.result import RawDecision, Result

_MOST_KEPT = 20_000

_encode = msgspec.json.Encoder(decimal_format="number").encode
_kept: dict[object, bytes] = {}


def encoded(value: object) -> bytes:
    """JSON of plain data and FEEL values."""
    return _encode(plain(value))


def plain(value: object) -> object:
    """A value as JSON has it; dates, durations and ranges as their FEEL text."""
    kind = type(value)
    if value is None or kind is str or kind is bool or kind is Decimal or kind is int:
        return value
    if kind is list or kind is tuple:
        return [plain(each) for each in cast(list[object], value)]
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    return str(value)


def encoded_decisions(result: Result) -> bytes:
    """All decisions of a result, by their names."""
    entries = [b'"%b":%b' % (name.encode(), _entry(raw)) for name, raw in result.raw()]
    return b"{" + b",".join(entries) + b"}"


def _entry(raw: RawDecision) -> bytes:
    if not _keepable(raw):
        return _made(raw)
    found = _kept.get(raw)
    if found is None:
        found = _made(raw)
        if len(_kept) < _MOST_KEPT:
            _kept[raw] = found
    return found


def _keepable(raw: RawDecision) -> bool:
    """Whether equal means the same: 1 and 1.0 are equal, and so are 1 and true."""
    value = raw[0] if isinstance(raw, tuple) else raw.value
    if isinstance(raw, Outcome) and not _all_names(raw.possible):
        return False
    kind = type(value)
    return value is None or kind is str or kind is bool or _all_names(value)


def _all_names(value: object) -> bool:
    if value is None:
        return True
    if type(value) is not tuple:
        return False
    return all(each is None or type(each) is str or type(each) is bool for each in value)


def _made(raw: RawDecision) -> bytes:
    if isinstance(raw, tuple):
        raw = Outcome(raw[0], raw[1], Status.DECIDED)
    entry: dict[str, object] = {
        "value": raw.value,
        "rules": raw.rules,
        "status": raw.status.value,
        "missing": raw.missing,
        "possible": raw.possible,
    }
    if raw.conflicts:
        entry["conflicts"] = raw.conflicts
    return encoded(entry)
