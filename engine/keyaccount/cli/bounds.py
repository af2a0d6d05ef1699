"""`--bound`: the bounds of the service's requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from math import isfinite
from typing import Any

from keyaccount.cli.failures import WrongUsageError
from keyaccount.diagnostics import service_messages as messages
from keyaccount.service.settings import Bounds

_MOST = 10**12


def bounds_of(given: Iterable[str]) -> Bounds:
    """The usual bounds but for those given, each as `NAME=NUMBER`.

    Raises:
        WrongUsageError: no such bound, or none that it can have.
    """
    known = {each.name: type(each.default) for each in fields(Bounds)}
    found: dict[str, Any] = {}
    for each in given:
        name, _, number = each.partition("=")
        if name not in known:
            raise WrongUsageError([messages.unknown_bound(name, known)])
        found[name] = _number(name, number, known[name])
    return Bounds(**found)


def _number(name: str, text: str, kind: type[Any]) -> float:
    try:
        found: float = kind(text) if text.isascii() else -1
    except ValueError:
        found = -1
    if not isfinite(found) or not 0 < found <= _MOST:
        raise WrongUsageError([messages.bad_bound(name, text)])
    return found
