"""Which TCP connections there are, as the kernel shows them.

Law of the file: what the kernel says is the judge of a cut, not what our own objects remember.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Container

_TABLES = (Path("/proc/self/net/tcp"), Path("/proc/self/net/tcp6"))
_DESCRIPTORS = Path("/proc/self/fd")
_ESTABLISHED = "01"
_LOCAL, _REMOTE, _STATE, _INODE = 1, 2, 3, 9  # columns


@record
class Connection:
    """An established connection, seen from its own end. inode: the kernel's name for the socket."""

    local_port: int
    remote_port: int
    inode: str


def can_see_sockets() -> bool:
    """Tell whether this system shows its sockets: Linux does."""
    return _TABLES[0].exists()


def connections_to(ports: Container[int]) -> list[Connection]:
    """List the established connections of this machine that lead to one of the ports."""
    found: list[Connection] = []
    for table in _TABLES:
        for line in _rows(table):
            columns = line.split()
            remote_port = _port(columns[_REMOTE])
            if remote_port in ports and columns[_STATE] == _ESTABLISHED:
                local_port = _port(columns[_LOCAL])
                found.append(Connection(local_port, remote_port, columns[_INODE]))
    return found


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


def _rows(table: Path) -> list[str]:
    try:
        return table.read_text().splitlines()[1:]
    except OSError:
        return []  # a kernel without IPv6


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)
