"""Refuse data that would not come back from the store as it went in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from keyaccount.cases.protocol import Command
from keyaccount.cases.work import StoreError
from keyaccount.diagnostics import store_messages as messages
from keyaccount.limits import DEFAULT_LIMITS, Limits
from keyaccount.result.json_text import to_json


def refuse_unfit(command: Command, limits: Limits = DEFAULT_LIMITS) -> None:
    """Check a command from outside before anything of it is kept.

    Raises:
        StoreError: its data are not plain JSON values, nest too deep or are too
            large; or a name holds what a database does not keep.
    """
    for name in (command.kind, command.actor, command.key):
        if name is not None and not _is_name(name, limits):
            raise StoreError([messages.unfit_data(f"`{name[:80]!r}`")])
    reason = _unfit(command.data, limits.case_data_nesting)
    if reason is None and len(to_json(command.data)) > limits.case_data_length:
        reason = f"more than {limits.case_data_length} characters"
    if reason is not None:
        raise StoreError([messages.unfit_data(reason)])


def _is_name(name: str, limits: Limits) -> bool:
    return 0 < len(name) <= limits.case_name_length and name.isprintable()


def _unfit(value: object, levels: int) -> str | None:
    """What cannot be kept of a value, None where all can."""
    match value:
        case None | bool() | int():
            return None
        case str():
            return None if _encodes(value) else f"`{value[:80]!r}`"
        case Decimal():
            return None if value.is_finite() else f"`{value}`"
        case Mapping() | list() | tuple() if levels == 0:
            return "data nested so deep"
        case Mapping():
            wrong = next((each for each in value if not isinstance(each, str)), None)
            if wrong is not None:
                return f"the key `{wrong!r}`"
            return _first(((*value.keys(), *value.values())), levels)
        case list() | tuple():
            return _first(value, levels)
        case _:
            return f"`{type(value).__name__}`"


def _first(values: list[object] | tuple[object, ...], levels: int) -> str | None:
    return next((each for value in values if (each := _unfit(value, levels - 1))), None)


def _encodes(text: str) -> bool:
    """Whether a text is one: half of a surrogate pair is none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
