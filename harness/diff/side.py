"""One of the two servers: one that runs already, or a program to start."""

from __future__ import annotations

import asyncio
import re
import shlex
import shutil
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from natsim.conformance.wire.connection import Address
from natsim.harness.conform.greeting import check_greeting
from natsim.harness.conform.login import LoginError, parse_url
from natsim.harness.conform.target import NoLogin, TargetUnavailable
from natsim.harness.stage.launch import leashed, our_server
from natsim.harness.stage.ports import LOOPBACK, ReservedPort

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from contextlib import AbstractAsyncContextManager

GREETING_S = 3.0
READY_S = 15.0
READY_EVERY_S = 0.05
STOP_S = 5.0
SAID_BYTES = 2_000

_HOST_AND_PORT = re.compile(r"[^\s/]+:\d+")


class Side(Protocol):
    """A server to compare."""

    @property
    def label(self) -> str:
        """Give the name under which the user knows it."""
        ...

    @property
    def is_shared(self) -> bool:
        """Tell whether there is one only: a program is started as often as needed."""
        ...

    def open(self) -> AbstractAsyncContextManager[Address]:
        """Give a server that nobody else talks to. Raises TargetUnavailable."""
        ...


def side_of(text: str) -> Side:
    """Read `nats://host:port`, `host:port`, or a command. Raises LoginError."""
    if "://" not in text and not _HOST_AND_PORT.fullmatch(text):
        words = shlex.split(text)
        if not words:
            raise LoginError("a server has no name; write a URL or a program")
        return Program(label=text, words=words)
    url = parse_url(text)
    if url.user is not None:
        raise LoginError("the streams say CONNECT themselves; name a server without credentials")
    if url.wants_tls:
        raise LoginError(f"{text}: streams are said without TLS; name a server that speaks plain")
    return Running(label=text, address=Address(url.host, url.port))


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that runs already."""

    label: str
    address: Address
    is_shared: bool = True

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Address]:
        """Give the server as it is. Raises TargetUnavailable."""
        await check_greeting(self.address, NoLogin(), GREETING_S)
        yield self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that takes nats-server's `-a` and `-p`."""

    label: str
    words: Sequence[str]
    is_shared: bool = False

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Address]:
        """Start it, and stop it at the end. Raises TargetUnavailable."""
        command, port = self._command(), ReservedPort()
        address = Address(LOOPBACK, port.number)
        try:
            with tempfile.TemporaryFile() as log:
                process = await asyncio.create_subprocess_exec(
                    *leashed([*command, "-a", LOOPBACK, "-p", str(port.number)]),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
                try:
                    if not await _is_ready(process, address):
                        log.seek(0)
                        said = log.read()[-SAID_BYTES:].decode("utf-8", "replace").strip()
                        last = said.splitlines()[-1] if said else "it said nothing"
                        raise TargetUnavailable(f"{self.label} does not serve: {last}")
                    yield address
                finally:
                    await _stop(process)
        finally:
            port.release()

    def _command(self) -> list[str]:
        program = shutil.which(self.words[0])
        if program is not None:
            return [program, *self.words[1:]]
        # natsim need not be on PATH to be started again.
        if list(self.words[:2]) == ["natsim", "serve"]:
            return [*our_server(), *self.words[2:]]
        path = Path(self.words[0])
        hint = "make it executable" if path.is_file() else "a server that runs is a nats:// URL"
        raise TargetUnavailable(f"there is no program {self.words[0]}; {hint}")


async def _is_ready(process: asyncio.subprocess.Process, address: Address) -> bool:
    loop = asyncio.get_running_loop()
    end_s = loop.time() + READY_S
    while process.returncode is None and loop.time() < end_s:
        try:
            await check_greeting(address, NoLogin(), GREETING_S)
        except TargetUnavailable:
            await asyncio.sleep(READY_EVERY_S)
        else:
            return True
    return False


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
