"""A server with much to do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.harness.loops import in_a_loop
from tests.harness.wire import CONNECT, Wire, publication

from .serving import await_line, serving

MEGABYTE = 1024 * 1024


@in_a_loop
async def test_memory_stays_bounded_when_a_subscriber_stops_reading(tmp_path: Path) -> None:
    config = tmp_path / "server.conf"
    config.write_text("max_pending: 4MB\nmax_payload: 1MB\n")
    frame = b"MSG news 1 65536\r\n" + bytes(65_536) + b"\r\n"
    count = 2000
    with serving("-D", "-c", str(config)) as it:
        slow, other = await Wire.dial(it.port, receive_buffer=4096), await Wire.dial(it.port)
        publisher = await Wire.dial(it.port)
        for wire in (slow, other):
            await wire.send(CONNECT + b"SUB news 1\r\n")
            await wire.sync()
        await publisher.send(CONNECT)
        before = resident_bytes(it.process.pid)

        async def read() -> int:
            seen = 0
            while seen < count:
                assert await other.exactly(len(frame)) == frame
                seen += 1
            return resident_peak_bytes(it.process.pid)

        reading = asyncio.create_task(read())
        for _ in range(count):
            await publisher.send(publication("news", bytes(65_536)))
        peak = await reading

        assert peak - before < 32 * MEGABYTE
        assert "Slow Consumer Detected" in await_line(it, "[INF] 127.0.0.1:")
        assert "Slow Consumer (Pending Bytes)" in await_line(it, "connection closed")


def resident_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmRSS")


def resident_peak_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmHWM")


def _status_bytes(pid: int, name: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        pytest.skip("no /proc on this system")
    line = next(line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


@in_a_loop
async def test_a_thousand_connections_are_more_than_the_usual_file_limit() -> None:
    with serving() as it:
        wires = await asyncio.gather(*(Wire.dial(it.port) for _ in range(1100)))
        for wire in wires:
            await wire.send(CONNECT + b"SUB news 1\r\n")
        await asyncio.gather(*(wire.sync() for wire in wires))
        await wires[0].send(publication("news", b"hi"))

        said = await asyncio.gather(*(wire.exactly(18) for wire in wires))

        assert set(said) == {b"MSG news 1 2\r\nhi\r\n"}
