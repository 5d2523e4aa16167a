"""Where a listener is: `host:port`, or a port."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from natsim.broker.nats.quote import quoted

from .block import Wrong, is_integer
from .node import go_type

if TYPE_CHECKING:
    from .node import Node

_RANDOM_PORT = -1

_BRACKETED = re.compile(r"\[([^\[\]]*)\]:([^\[\]:]*)")
_PLAIN = re.compile(r"([^\[\]:]*):([^\[\]:]*)")
_PORT = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


def listen(node: Node) -> tuple[str, int]:
    """Give host and port; the host is empty where only a port is given. Raises Wrong."""
    value = node.value
    if isinstance(value, int) and is_integer(value):
        return "", value
    if not isinstance(value, str):
        raise Wrong(f"expected port or host:port, got {go_type(value)}", node.place)
    found = _BRACKETED.fullmatch(value) or _PLAIN.fullmatch(value)
    if found is None:
        raise Wrong(f"could not parse address string {quoted(value)}", node.place)
    if not _PORT.fullmatch(found[2]):
        raise Wrong(f"could not parse port {quoted(found[2])}", node.place)
    return found[1], int(found[2])


def advertise_mistake(address: str) -> str | None:
    """Say what Go says of an address that cannot be announced; its port may be left out."""
    if not address:
        return None
    found = _BRACKETED.fullmatch(address) or _PLAIN.fullmatch(address)
    if found is None:
        # Without a port the port of the listener is meant.
        return None if ":" not in address else f"address {address}: too many colons in address"
    port = found[2].strip()
    if _PORT.fullmatch(port):
        return None
    return f"strconv.Atoi: parsing {quoted(port)}: invalid syntax"


def any_free(port: int) -> int:
    """Give the port of the options, where 0 stands for any that is free, as -1 does in a file."""
    return 0 if port == _RANDOM_PORT else port
