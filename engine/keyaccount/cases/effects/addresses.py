"""Where a webhook may go: to public addresses, and to hosts that are allowed by name.

The address that was looked at is the one connected to: a name that turns to another
address in between gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection

from keyaccount.cases.effects.failure import EffectError, FutileEffectError


def connect(host: str, port: int, allowed: Collection[str], seconds: float) -> socket.socket:
    """A connection to a host.

    Args:
        host: a name or an address.
        port: where it listens.
        allowed: hosts that may have any address, as written in URLs, in lower case.
        seconds: to wait for it at most.

    Raises:
        FutileEffectError: none of its addresses is public, and the host is not allowed by name.
        EffectError: it has no address, or does not answer.
    """
    found = _addresses(host, port)
    if host.lower() not in allowed:
        found = [each for each in found if is_public(each)]
        if not found:
            raise FutileEffectError(f"`{host}` is not public: allow it by name")
    reasons = []
    for address in found:
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError as error:
            reasons.append(f"{address}: {error}")
    raise EffectError("; ".join(reasons))


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, also where it stands in for another."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = _inside(parsed)
    if inner is not None:
        return is_public(str(inner))
    if isinstance(parsed, ipaddress.IPv6Address) and parsed not in _GLOBAL_UNICAST:
        return False
    return parsed.is_global and not parsed.is_multicast


def _inside(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | None:
    """The address of version 4 that one of version 6 carries (mapped, 6to4, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.packed[:12] == _NAT64:
        return ipaddress.IPv4Address(address.packed[12:])
    return address.ipv4_mapped or address.sixtofour


_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""RFC 4291: whatever else there is holds an IPv4 address in some outdated way, or is local."""
_NAT64 = ipaddress.IPv6Address("64:ff9b::").packed[:12]
"""RFC 6052."""


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise EffectError(f"`{host}`: {error}") from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))
