"""Our broker and its monitor on TCP, asked by clients that are not ours."""

from __future__ import annotations

import asyncio
import http.client
import json
import secrets
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import nats
from nats.aio.client import __version__
from tests.harness.loops import in_a_loop, until

from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.options import Options
from natsim.broker.now import Now
from natsim.harness.driver import Driver
from natsim.harness.monitor import MonitorListener
from natsim.harness.process_statistics import ProcessMeter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

HOST = "127.0.0.1"


def now() -> Now:
    return Now(time.monotonic_ns(), time.time_ns())


@asynccontextmanager
async def serving() -> AsyncGenerator[tuple[int, int]]:
    """Serve; give the ports of NATS and of HTTP."""
    loop = asyncio.get_running_loop()
    identity = make_identity("", "test", secrets.randbelow)
    broker = Broker(Options(), identity, secrets.randbelow, now())
    driver = Driver(broker, loop, now, lambda _: None)
    monitor = MonitorListener(loop, broker, now, ProcessMeter())
    try:
        yield (await driver.listen(HOST, 0))[1], (await monitor.listen(HOST, 0))[1]
    finally:
        monitor.close()
        driver.close()
        await driver.wait_closed()


class Browser:
    """A connection of Python's own HTTP client, which knows nothing of event loops."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=10)

    async def get(self, target: str, method: str = "GET") -> tuple[http.client.HTTPResponse, bytes]:
        return await asyncio.to_thread(self._get, target, method)

    async def get_json(self, target: str) -> Any:
        return json.loads((await self.get(target))[1])

    def close(self) -> None:
        self._connection.close()

    def _get(self, target: str, method: str) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(method, target)
        response = self._connection.getresponse()
        return response, response.read()


@in_a_loop
async def test_python_s_http_client_is_served_on_one_connection() -> None:
    async with serving() as (_, port):
        browser = Browser(port)

        page, html = await browser.get("/")
        varz, _ = await browser.get("/varz", method="POST")
        head, body = await browser.get("/varz", method="HEAD")
        missing, _ = await browser.get("/nope")
        counts = (await browser.get_json("/varz"))["http_req_stats"]
        browser.close()

        assert (page.status, html[:15]) == (200, b"<!doctype html>")
        assert varz.headers["Access-Control-Allow-Origin"] == "*"
        assert (head.status, body, missing.status) == (200, b"", 404)
        assert counts == {"/": 1, "/varz": 3}


@in_a_loop
async def test_nats_py_is_known_by_its_name_language_and_version() -> None:
    async with serving() as (port, http_port):
        browser = Browser(http_port)
        client = await nats.connect(f"nats://{HOST}:{port}", name="orders")
        await client.subscribe("orders.*")
        await client.publish("orders.new", b"hello")
        await client.flush()

        [connection] = (await browser.get_json("/connz?subs=1"))["connections"]
        await client.close()
        [closed] = (await browser.get_json("/connz?state=closed"))["connections"]
        browser.close()

        assert (connection["name"], connection["lang"]) == ("orders", "python3")
        assert connection["version"] == __version__
        assert (connection["in_bytes"], connection["out_bytes"]) == (5, 5)
        assert connection["subscriptions_list"] == ["orders.*"]
        assert connection["rtt"].endswith("s")
        assert closed["reason"] == "Client Closed"


@in_a_loop
async def test_the_process_is_measured() -> None:
    async with serving() as (_, port):
        browser = Browser(port)

        varz = await browser.get_json("/varz")
        _, stacks = await browser.get("/stacksz")
        variables = await browser.get_json("/debug/vars")
        browser.close()

        assert varz["mem"] > 1_000_000
        assert varz["cores"] >= 1
        assert b"harness/loops.py" in stacks
        assert variables["memstats"]["Sys"] > 1_000_000


@in_a_loop
async def test_the_load_is_that_of_the_last_second_or_more() -> None:
    meter = ProcessMeter()
    start_s = time.monotonic()

    await until(lambda: time.monotonic() - start_s > 1.05)
    load = meter().cpu_percent

    assert 0 < load <= 200
    assert meter().cpu_percent == load
