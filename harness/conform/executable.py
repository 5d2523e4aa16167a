"""A server that natsim configures, starts and stops: nats-server, or what takes its flags."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from natsim.conformance.house import furnished
from natsim.harness.stage.launch import leashed
from natsim.harness.stage.ports import LOOPBACK, ReservedPort

from .control import ProcessControl, end
from .furniture import furnish
from .target import NotOffered, Place, TargetUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from natsim.conformance.house import House
    from natsim.conformance.wire.connection import Address

READY_S = 60.0
"""So late a server may be on a machine that is busy; one that has ended is seen at once."""

CONFIG = "server.conf"
LOG = "server.log"
_SAID_BYTES = 4_000
_PLACE = re.compile(rf"\S*{re.escape(CONFIG)}:\d+:\d+: ")
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
            controls: list[ProcessControl] = []
            try:
                things = _numbered(ports, house) | {"dir": str(directory)}
                furniture = furnish(house, directory, things)
                things |= furniture.things
                # Refused before anything is started.
                self._recipe.command(house, 0, things | _SAMPLES)
                addresses: list[Address] = []
                for node in range(house.servers):
                    home = directory / f"node{node + 1}"
                    home.mkdir()
                    port, monitor = ports[node * 3].number, ports[node * 3 + 1].number
                    head = _head(house, node, port, monitor)
                    cluster = things[f"cluster{node + 1}"]
                    own = things | {"node": str(node + 1), "home": str(home), "cluster": cluster}
                    config = home / CONFIG
                    config.write_text(head + furnished(house.config, own), encoding="utf-8")
                    own |= {
                        "config": str(config), "port": str(port), "monitor": str(monitor),
                    }  # fmt: skip
                    command = self._recipe.command(house, node, own)
                    control = ProcessControl(
                        partial(_launch, command, home / LOG, port, house),
                        home,
                        head,
                        own,
                        monitor if house.has_monitor else None,
                    )
                    await control.start()
                    controls.append(control)
                    addresses.append(furniture.address(LOOPBACK, port))
                yield Place(addresses=addresses, things=things, controls=controls)
            finally:
                for control in controls:
                    await control.end()
                for reserved in ports:
                    reserved.release()


async def _launch(
    command: Sequence[str], log: Path, port: int, house: House
) -> asyncio.subprocess.Process:
    program = shutil.which(command[0])
    if program is None:
        raise TargetUnavailable(
            f"there is no program {command[0]}; give the path of a nats-server executable"
        )
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *leashed([program, *command[1:]]),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env={**os.environ, "TZ": "UTC"},
        )
    try:
        await _await_ready(process, port, log, house)
    except BaseException:
        await end(process)
        raise
    return process


def _head(house: House, node: int, port: int, monitor: int) -> str:
    head = f"listen: {LOOPBACK}:{port}\nserver_name: natsim-{house.name}-{node + 1}\n"
    if house.has_monitor:
        head += f"http: {LOOPBACK}:{monitor}\n"
    return head


def _numbered(ports: Sequence[ReservedPort], house: House) -> dict[str, str]:
    """Name ports for configurations of several servers: @cluster1@, @client1@, …; and @extra@."""
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
                what = ", ".join(house.needs) or house.name
                said = _PLACE.sub("", said)  # the same words for all cases
                raise NotOffered(f"no {what}: the server refuses the configuration: {said}")
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
