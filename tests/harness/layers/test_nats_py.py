"""nats-py, as its users have it, over TLS."""

from __future__ import annotations

import asyncio
import secrets
import ssl
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import nats
import pytest
from tests.harness.loops import in_a_loop

from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.options import Options
from natsim.broker.nats.options.tls import HandshakeFirst, TlsOptions
from natsim.broker.now import SECOND_NS, Now
from natsim.harness.driver import Driver
from natsim.harness.entrance import Entrance
from natsim.harness.layers.tls_context import load_server_tls

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .conftest import Material

MEGABYTE = 1024 * 1024


@asynccontextmanager
async def serving(tls: TlsOptions) -> AsyncGenerator[int]:
    """Serve on a free port with TLS; gives the port."""
    identity = make_identity("secured", "test", secrets.randbelow)
    driver = Driver(
        Broker(Options(tls=tls), identity, secrets.randbelow),
        asyncio.get_running_loop(),
        lambda: Now(time.monotonic_ns(), time.time_ns()),
        lambda _: None,
    )
    try:
        yield (await driver.listen("127.0.0.1", 0, Entrance(load_server_tls(tls))))[1]
    finally:
        driver.close()
        await driver.wait_closed()


FIRST = [
    pytest.param(None, False, id="after INFO"),
    pytest.param(HandshakeFirst(), True, id="first"),
    pytest.param(HandshakeFirst(delay_ns=SECOND_NS // 10), True, id="first, with a delay"),
    pytest.param(HandshakeFirst(delay_ns=SECOND_NS // 50), False, id="after a delay"),
]


@pytest.mark.parametrize(("first", "is_client_first"), FIRST)
@in_a_loop
async def test_messages_travel_by_tls(
    first: HandshakeFirst | None, is_client_first: bool, material: Material
) -> None:
    payload = secrets.token_bytes(MEGABYTE)
    async with serving(material.options(handshake_first=first)) as port:
        client = await nats.connect(
            f"tls://localhost:{port}",
            tls=material.client_context(),
            tls_handshake_first=is_client_first,
            allow_reconnect=False,
        )
        news = await client.subscribe("news")

        await client.publish("news", payload)
        for number in range(1000):
            await client.publish("news", b"%d" % number)
        large = await news.next_msg(5)
        small = [(await news.next_msg(5)).data for _ in range(1000)]
        await client.close()

    assert large.data == payload
    assert small == [b"%d" % number for number in range(1000)]


@in_a_loop
async def test_a_certificate_lets_in_and_none_does_not(material: Material) -> None:
    files = material.authority.issue("bob").write(material.folder, "bob")
    async with serving(material.options(ca_file=material.ca_file, verify=True)) as port:
        url = f"tls://localhost:{port}"

        client = await nats.connect(url, tls=material.client_context(*files), allow_reconnect=False)
        await client.flush()
        await client.close()
        with pytest.raises(ssl.SSLError, match="alert"):
            await nats.connect(
                url,
                tls=material.client_context(),
                allow_reconnect=False,
                error_cb=_pass_over,
            )


async def _pass_over(_: Exception) -> None:
    """nats-py logs what it reports to nobody."""
