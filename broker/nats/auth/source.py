"""The networks a user may connect from."""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_network(cidr: str) -> IPv4Network | IPv6Network | None:
    """Read `10.0.0.0/8`; bits behind the prefix are ignored. None for any other text."""
    _, slash, prefix = cidr.partition("/")
    if not slash or not (prefix.isascii() and prefix.isdigit()) or "%" in cidr:
        return None
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        return None


def is_from(host: str, sources: Sequence[str]) -> bool:
    """Tell if an address is in one of these networks; none at all means everywhere."""
    if not sources:
        return True
    address = _read_address(host)
    if address is None:
        return False
    for cidr in sources:
        network = read_network(cidr)
        if network is None:
            return False
        if address in network:
            return True
    return False


def _read_address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    # An IPv4 client of a listener for both: Go sees the IPv4 address.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
