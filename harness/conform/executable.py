"""A server that natsim configures, starts and stops: nats-server, or what takes its flags."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from natsim.conformance.house import furnished
from natsim.harness.stage.launch import leashed
from natsim.harness.stage.ports import LOOPBACK, ReservedPort

from .control import ProcessControl
from .furniture import furnish
from .target import NotOffered, Place, TargetUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from natsim.conformance.connection import Address
    from natsim.conformance.house import House

READY_S = 15.0
STOP_S = 5.0
CONFIG = "server.conf"
LOG = "server.log"
_SAID_BYTES = 4_000
_SAMPLES = {"config": CONFIG, "port": "4222", "monitor": "8222"}


class Recipe(Protocol):
    """How a server is started."""

    def command(self, house: House, node: int, things: Mapping[str, str]) -> Sequence[str]:
        """Give the words that start one server of a house, counted from 0.

        things: config, port, monitor, dir, and what the house has. Raises NotOffered.
        """
        ...


class WithFlags:
    """A program that takes nats-server's flags, and its configuration files."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def command(self, house: House, node: int, things: Mapping[str, str]) -> Sequence[str]:
        """Give the program, `-c` and the configuration file."""
        del house, node
        return [*self._words, "-c", things["config"]]


class Executable:
    """A target that becomes any house.

    recipe: says with which words the servers of a house are started.
    """

    is_shared = False

    def __init__(self, label: str, recipe: Recipe) -> None:
        self.label = label
        self._recipe = recipe

    @asynccontextmanager
    async def build(self, house: House) -> AsyncGenerator[Place]:
        """Start the servers of a house, stop them at the end."""
        with tempfile.TemporaryDirectory(prefix="natsim-conform-") as name:
            directory = Path(name)
            ports = [ReservedPort() for _ in range(house.servers * 3)]
            processes: list[asyncio.subprocess.Process] = []
            try:
                things = _numbered(ports, house) | {"dir": str(directory)}
                furniture = furnish(house, directory, things)
                things |= furniture.things
                # Refused before anything is started.
                self._recipe.command(house, 0, things | _SAMPLES)
                addresses: list[Address] = []
                control: ProcessControl | None = None
                for node in range(house.servers):
                    home = directory / f"node{node + 1}"
                    home.mkdir()
                    port, monitor = ports[node * 3].number, ports[node * 3 + 1].number
                    head = _head(house, node, port, monitor)
                    own = things | {"node": str(node + 1), "home": str(home)}
                    config = home / CONFIG
                    config.write_text(head + furnished(house.config, own), encoding="utf-8")
                    own |= {
                        "config": str(config), "port": str(port), "monitor": str(monitor),
                    }  # fmt: skip
                    process = await _start(self._recipe.command(house, node, own), home / LOG)
                    processes.append(process)
                    await _await_ready(process, port, home / LOG, house)
                    addresses.append(furniture.address(LOOPBACK, port))
                    if control is None:
                        control = ProcessControl(
                            process,
                            home,
                            head,
                            own,
                            monitor if house.has_monitor else None,
                        )
                yield Place(addresses=addresses, things=things, control=control)
            finally:
                for process in processes:
                    await _stop(process)
                for reserved in ports:
                    reserved.release()


async def _start(command: Sequence[str], log: Path) -> asyncio.subprocess.Process:
    program = shutil.which(command[0])
    if program is None:
        raise TargetUnavailable(
            f"there is no program {command[0]}; give the path of a nats-server executable"
        )
    with log.open("wb") as file:
        return await asyncio.create_subprocess_exec(
            *leashed([program, *command[1:]]),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env={**os.environ, "TZ": "UTC"},
        )


def _head(house: House, node: int, port: int, monitor: int) -> str:
    head = f"listen: {LOOPBACK}:{port}\nserver_name: natsim-{house.name}-{node + 1}\n"
    if house.has_monitor:
        head += f"http: {LOOPBACK}:{monitor}\n"
    return head


def _numbered(ports: Sequence[ReservedPort], house: House) -> dict[str, str]:
    """Name ports for configurations of several servers: @cluster1@, @client1@ ...; and @routes@."""
    things: dict[str, str] = {}
    for node in range(house.servers):
        things[f"client{node + 1}"] = str(ports[node * 3].number)
        things[f"cluster{node + 1}"] = str(ports[node * 3 + 2].number)
    return things | {"extra": str(ports[2].number)}


async def _await_ready(
    process: asyncio.subprocess.Process, port: int, log: Path, house: House
) -> None:
    loop = asyncio.get_running_loop()
    end_s = loop.time() + READY_S
    while True:
        if process.returncode is not None:
            said = _last_words(log)
            if house.is_optional:
                raise NotOffered(f"the server refuses the configuration: {said}")
            raise TargetUnavailable(f"the server ended at once ({house.name}): {said}")
        try:
            async with asyncio.timeout(1):
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.transport.abort()
            del reader
        except (OSError, TimeoutError):
            if loop.time() > end_s:
                raise TargetUnavailable(
                    f"the server did not listen on port {port} within {READY_S:.0f} s "
                    f"({house.name}): {_last_words(log)}"
                ) from None
            await asyncio.sleep(0.01)
        else:
            return


def _last_words(log: Path) -> str:
    """Give the last line a server wrote."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _SAID_BYTES))
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
        # A paused or stuck server does not hear it.
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
