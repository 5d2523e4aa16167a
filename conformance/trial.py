"""One playing of one case against one server: what a case is given."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Protocol

from .failure import Failed, Skipped
from .tree import parse_object
from .wire.connection import Connection, open_connection
from .wire.dialogue import Dialogue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from .patience import Patience
    from .wire.connection import Address

DEFAULTS: dict[str, object] = {
    "verbose": False,
    "pedantic": False,
    "lang": "natsim",
    "version": "1",
}
"""The options `connect` sends where the case names no others."""

OPEN_TRIES = 3
UNTIL_WAITS = 2
PAUSE_MAX_S = 0.1


class Control(Protocol):
    """What a case may do to a server that was started for it alone. All raise Skipped if not."""

    directory: Path
    """The server's files; its configuration is `server.conf`."""

    async def reload(self, config: str) -> None:
        """Give the server another configuration text of its house, and tell it to read it."""
        ...

    async def lame_duck(self) -> None:
        """Tell the server to go into lame duck mode."""
        ...

    async def stop(self) -> int:
        """Tell the server to stop, and wait until it has; gives its exit code."""
        ...

    async def wait(self) -> int:
        """Wait until the server has ended; gives its exit code."""
        ...

    async def start(self) -> None:
        """Start the server again that has ended, with the same configuration."""
        ...

    async def monitor(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """Ask the monitoring port; gives status, headers (names in lower case) and body."""
        ...

    def log(self) -> str:
        """Give what the server wrote to its log."""
        ...


class Socket(Protocol):
    """What must be let go of at the end of a case."""

    def shut(self) -> None:
        """Let go of it at once."""
        ...


class Login(Protocol):
    """The user's credentials."""

    def members(self, info: Mapping[str, object]) -> dict[str, object]:
        """Give the members to put into CONNECT; {} if there are none."""
        ...


class Trial:
    """What a case is given.

    prefix: eight characters; the first token of every subject it uses, so that cases do not hear
    each other. addresses: of the servers, one but for a cluster. things: by name, what the house
    has (passwords, seeds, files). login: what CONNECT must carry. controls: of the servers, in
    order; none if natsim did not start them.
    """

    def __init__(
        self,
        *,
        prefix: str,
        addresses: Sequence[Address],
        patience: Patience,
        things: Mapping[str, str],
        login: Login,
        controls: Sequence[Control],
        version: str,
    ) -> None:
        self.prefix = prefix
        self.addresses = addresses
        self.patience = patience
        self.things = things
        self.version = version
        self.dialogue = Dialogue()
        self.leniences: list[str] = []
        self._login = login
        self._controls = controls
        self._began_s = asyncio.get_running_loop().time()
        self._connections: list[Socket] = []

    @property
    def server(self) -> Control:
        """The server's controls. Raises Skipped for a server that natsim did not start."""
        return self.node(1)

    def node(self, number: int) -> Control:
        """Give the controls of one server of a cluster, counted from 1. Raises Skipped."""
        if not self._controls:
            raise Skipped("natsim did not start this server and cannot tell it what to do")
        return self._controls[number - 1]

    async def until(self, look: Callable[[], Awaitable[str]]) -> None:
        """Look again and again until nothing is wrong.

        look: says what still is, "" for nothing. Raises Failed with what it said last.
        """
        loop = asyncio.get_running_loop()
        end_s = loop.time() + UNTIL_WAITS * self.patience.wait_s
        pause_s = 0.005
        while why := await look():
            if loop.time() > end_s:
                raise Failed(why)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 1.5, PAUSE_MAX_S)

    def lenient(self, why: str) -> None:
        """Note that the server does what is allowed, but not what others do."""
        self.leniences.append(why)

    def subject(self, text: str) -> bytes:
        """Put the prefix before a subject."""
        return f"{self.prefix}.{text}".encode()

    async def open(self, name: str = "", address: Address | None = None) -> Connection:
        """Connect and read INFO, say nothing. Raises Failed."""
        name = name or f"c{len(self._connections) + 1}"
        where = address or self.addresses[0]
        for left in range(OPEN_TRIES, 0, -1):
            try:
                connection = await open_connection(
                    name, where, self.dialogue, self.patience, self._began_s
                )
            except (OSError, TimeoutError) as error:
                if left > 1:
                    continue
                reason = str(error) or "it takes too long"
                raise Failed(f"no connection to {where}: {reason}") from error
            else:
                self._connections.append(connection)
                return connection
        raise AssertionError("the last try returns or raises")

    async def connect(
        self, conn: str = "", address: Address | None = None, /, **options: object
    ) -> Connection:
        """Connect, say CONNECT with options over DEFAULTS, and prove that it was taken.

        conn: the connection's name in the dialogue; name= is an option as any other.
        """
        connection = await self.open(conn, address)
        await connection.write(self.connect_line(connection, **options))
        if options.get("verbose"):
            await connection.expect(b"+OK\r\n")
        await connection.expect_nothing()
        return connection

    async def log_in(self, user: str, word: str, **options: object) -> Connection:
        """Connect as connect does, as a user with a password."""
        return await self.connect(**{**options, "user": user, "pass": word})

    def connect_line(self, connection: Connection, **options: object) -> bytes:
        """Write CONNECT with options over DEFAULTS, and with the user's credentials."""
        members = {**DEFAULTS, **self._login.members(connection.info), **options}
        return b"CONNECT %b\r\n" % json.dumps(members, separators=(",", ":")).encode()

    def with_login(self, data: bytes, connection: Connection) -> bytes:
        """Put the user's credentials into a CONNECT that has a JSON object, and leads the data."""
        login = self._login.members(connection.info)
        if not login:
            return data
        line, end, behind = data.partition(b"\n")
        verb, _, rest = line.partition(b" ")
        try:
            members = parse_object(rest)
        except ValueError:
            return data
        text = json.dumps({**login, **members}, separators=(",", ":"))
        return b"%b %b%b%b" % (verb, text.encode(), b"\r\n" if end else b"", behind)

    def keep(self, socket: Socket) -> None:
        """Let go of a socket at the end of the case."""
        self._connections.append(socket)

    async def close(self) -> None:
        """Let go of all connections."""
        for connection in self._connections:
            connection.shut()
        await asyncio.sleep(0)  # the loop closes sockets in its next round
