"""By what names this machine is called on itself."""

from __future__ import annotations

import re
from functools import lru_cache

_LOCAL = re.compile(rb"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?|")
"""What browsers call this machine; other programs may call it nothing at all."""


@lru_cache(maxsize=64)
def is_local(host: bytes | None) -> bool:
    """Whether the `Host` of a request is this machine's own name, or none at all."""
    return _LOCAL.fullmatch((host or b"").lower()) is not None
