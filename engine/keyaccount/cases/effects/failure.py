"""How an effect fails: for now, or for good."""

from __future__ import annotations


class EffectError(Exception):
    """An effect could not be done now; later it may."""


class FutileEffectError(EffectError):
    """An effect that no further try would bring about: it is given up at once."""


class RejectedEffectError(FutileEffectError):
    """A receiver says of the request that it will always be wrong; receivers are mended, too."""
