"""Clients as they are published do with our server what they do with a nats-server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from .clients import CLIENTS, Client
from .journeys import report
from .servers import HOST, Kind
from .situations import SITUATIONS, Situation, as_all_say_it

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .clients import Program
    from .servers import Server

CASES = [
    pytest.param(
        kind,
        client,
        situation,
        id=f"{kind.value}-{client.name}-{situation.name}",
        marks=pytest.mark.skipif(
            sys.version_info < client.python, reason=f"{client.name} needs Python {client.python}"
        ),
    )
    for kind in Kind
    for client in CLIENTS
    for situation in SITUATIONS
    if client.can(situation)
]


@pytest.mark.parametrize(("kind", "client", "situation"), CASES)
def test_a_client_gives_the_report_that_all_clients_give(
    kind: Kind,
    client: Client,
    situation: Situation,
    folder: Path,
    program: Callable[[Client], Program],
    start: Callable[[Kind, str], Server],
    shared: Callable[[Kind, str], Server],
) -> None:
    run = program(client)
    server = (start if situation.is_alone else shared)(kind, situation.configuration)
    steps = situation.steps_without(client.lacks)
    job = {"url": url(server, situation), **situation.shown, "steps": steps}

    said = report(run, job, server, folder)

    assert as_all_say_it(said) == situation.report(steps), said


def url(server: Server, situation: Situation) -> str:
    """Give the address by which a client finds a server."""
    if situation.configuration == "websocket":
        return f"ws://{HOST}:{server.websocket_port}"
    scheme = "tls" if "ca" in situation.shown else "nats"
    return f"{scheme}://{HOST}:{server.port}"
