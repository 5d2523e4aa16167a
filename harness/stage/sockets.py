"""Which TCP connections there are, as the kernel shows them.

Laws of the file: what the kernel says is the judge of a cut, not what our own objects remember;
only IPv4 is looked at, since the servers of a stage listen on 127.0.0.1 alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Container

_TABLE = Path("/proc/self/net/tcp")
_DESCRIPTORS = Path("/proc/self/fd")

# Local and remote port of an established connection (01), and its inode six columns later.
_ROW = re.compile(r": [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) 01(?: +\S+){5} +(\d+)")


@record
class Connection:
    """An established connection, seen from its own end. inode: the kernel's name for the socket."""

    local_port: int
    remote_port: int
    inode: str


def can_see_sockets() -> bool:
    """Tell whether this system shows its sockets: Linux does."""
    return _TABLE.exists()


def connections_to(ports: Container[int]) -> list[Connection]:
    """List the established connections of this machine that lead to one of the ports.

    It takes milliseconds: the kernel walks all its sockets.
    """
    return [
        Connection(int(local, 16), int(remote, 16), inode)
        for local, remote, inode in _ROW.findall(_TABLE.read_text())
        if int(remote, 16) in ports
    ]


def is_ours(connection: Connection) -> bool:
    """Tell whether this process holds the socket."""
    name = f"socket:[{connection.inode}]"
    for descriptor in _DESCRIPTORS.iterdir():
        try:
            if str(descriptor.readlink()) == name:
                return True
        except OSError:
            continue  # closed since it was listed
    return False
