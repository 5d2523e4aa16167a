"""What the kernel shows of connections is what there is."""

from __future__ import annotations

import pytest
from tests.harness.loops import in_a_loop
from tests.harness.wire import Wire

from natsim.harness.stage.sockets import can_see_sockets, connections_to, is_ours

from .origin import Origin

pytestmark = pytest.mark.skipif(not can_see_sockets(), reason="this system hides its sockets")


@in_a_loop
async def test_an_established_connection_is_seen_from_its_own_end() -> None:
    with Origin() as origin:
        await Wire.dial_silently(origin.port)
        server = await origin.accept()

        [seen] = connections_to({origin.port})

        assert (seen.local_port, seen.remote_port) == (server.peer_port, origin.port)
        assert is_ours(seen)


@in_a_loop
async def test_a_connection_that_was_closed_is_not_seen() -> None:
    with Origin() as origin:
        client = await Wire.dial_silently(origin.port)
        server = await origin.accept()

        client.hang_up()
        await server.rest()

        assert connections_to({origin.port}) == []


@in_a_loop
async def test_connections_elsewhere_are_not_listed() -> None:
    with Origin() as origin, Origin() as other:
        await Wire.dial_silently(origin.port)

        assert connections_to({other.port}) == []
