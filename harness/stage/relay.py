"""One connection of a client to a server, through a proxy.

Laws of the file: the server is dialled when both ways are open, and not before; a refusal, a reset
and a FIN reach the other side as what they were.
"""

from __future__ import annotations

import errno
import socket
import struct
from typing import TYPE_CHECKING

from .pipe import End, Pipe

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from .flow import Flow

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Relay:
    """Joins a socket that a client opened to one that leads to the server.

    ended: called once, when both are closed.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        client: socket.socket,
        target: tuple[str, int],
        flows: tuple[Flow, Flow],
        ended: Callable[[Relay], None],
    ) -> None:
        self._loop = loop
        self._client = client
        self._target = target
        self._up_flow, self._down_flow = flows
        self._ended = ended
        self._server: socket.socket | None = None
        self._is_joined = False
        self._is_closed = False
        self._fins = 0
        _set_up(client)
        self._up = Pipe(loop, self._up_flow, client, self)
        self._down: Pipe | None = None

    @property
    def is_joined(self) -> bool:
        """Whether the connection to the server stands."""
        return self._is_joined

    @property
    def server_side_port(self) -> int | None:
        """The local port of the socket that leads to the server, None while there is none."""
        return int(self._server.getsockname()[1]) if self._server is not None else None

    @property
    def held_bytes(self) -> int:
        """How many bytes wait in the proxy."""
        return self._up.held_bytes + (self._down.held_bytes if self._down is not None else 0)

    def start(self) -> None:
        """Begin: dial the server if the wire is whole."""
        self._up.start()
        self.pump()

    def pump(self) -> None:
        """Do what the flows allow; to be called whenever one changed."""
        if self._is_closed:
            return
        if self._is_joined:
            self._up.pump()
            if self._down is not None:
                self._down.pump()
        elif self._up_flow.is_cut or self._down_flow.is_cut:
            self._stop_dialling()
        elif self._server is None:
            self._dial()

    def close(self) -> None:
        """Close both sides, in order."""
        self._close()

    # What the pipes tell.

    def on_silence(self, pipe: Pipe) -> None:
        """Forget a client that gave up before its connection stood: the server never heard of it.

        (A client's SYN is answered by the proxy, so to the client a cut looks like a server that
        accepts and says nothing. On a real network its connect would time out; nats-py waits for
        INFO with the same patience.)
        """
        if pipe is self._up and not self._is_joined:
            self._close()

    def on_passed(self, pipe: Pipe, end: End) -> None:
        """Tell the other side how this one ended."""
        receiver = self._server if pipe is self._up else self._client
        if end is End.RESET or receiver is None:
            self._reset()
            return
        self._fins += 1
        if self._fins == 2:
            self._close()
            return
        try:
            receiver.shutdown(socket.SHUT_WR)
        except OSError:
            self.on_broken(pipe)

    def on_broken(self, pipe: Pipe) -> None:
        """Send the news of a dead receiver the other way, where it has to pass like all else."""
        other = self._down if pipe is self._up else self._up
        if self._is_closed:
            return
        if other is None or other.is_stopped:
            self._reset()
        else:
            other.end(End.RESET)

    # The connection to the server.

    def _dial(self) -> None:
        server = self._server = socket.socket()
        _set_up(server)
        status = server.connect_ex(self._target)
        if status == 0:
            self._join(server)
        elif status == errno.EINPROGRESS:
            self._loop.add_writer(server, self._on_dialled, server)
        else:
            self._reset()

    def _on_dialled(self, server: socket.socket) -> None:
        self._loop.remove_writer(server)
        if server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._reset()
        else:
            self._join(server)

    def _stop_dialling(self) -> None:
        if self._server is None:
            return
        try:
            self._server.getpeername()
        except OSError:
            self._hang_up()
        else:
            # The kernel was quicker: the server has its connection already.
            self._on_dialled(self._server)

    def _join(self, server: socket.socket) -> None:
        if server.getsockname() == server.getpeername():
            # Nobody listens, and the kernel gave us the very port we called: not a server.
            self._reset()
            return
        self._is_joined = True
        self._down = Pipe(self._loop, self._down_flow, server, self)
        self._down.lead_to(self._client)
        self._up.lead_to(server)

    def _hang_up(self) -> None:
        if self._server is not None:
            self._loop.remove_writer(self._server)
            self._server.close()
            self._server = None

    def _reset(self) -> None:
        for end in (self._client, self._server):
            if end is not None:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._close()

    def _close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._up.stop()
        if self._down is not None:
            self._down.stop()
        self._hang_up()
        self._client.close()
        self._is_joined = False
        self._ended(self)


def _set_up(end: socket.socket) -> None:
    end.setblocking(False)
    # The proxy decides when bytes travel, not the kernel's wish for full packets.
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
