"""By which way an effect of a kind goes out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from keyaccount.cases.effects.failure import EffectError, FutileEffectError
from keyaccount.cases.outbox import Errand
from keyaccount.result.json_text import to_json

__all__ = ["Channel", "Channels", "EffectError", "FutileEffectError", "to_log"]

Channel = Callable[[Errand], None]
"""Does an effect, or raises EffectError."""

_log = logging.getLogger("keyaccount.effects")


def to_log(errand: Errand) -> None:
    """A line in the program's log."""
    _log.info("%s %s %s", errand.kind, errand.key, to_json(errand.data))


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels by kind of effect; `log` is always there, and stands in for `notify`."""

    by_kind: Mapping[str, Channel] = field(default_factory=dict)

    def send(self, errand: Errand) -> None:
        """Do an effect.

        Raises:
            FutileEffectError: no channel is set up for its kind.
            EffectError: the channel failed.
        """
        channel = self.by_kind.get(errand.kind) or _ALWAYS.get(errand.kind)
        if channel is None:
            raise FutileEffectError(f"no channel for `{errand.kind}` is set up")
        channel(errand)


_ALWAYS: Mapping[str, Channel] = {"log": to_log, "notify": to_log}
