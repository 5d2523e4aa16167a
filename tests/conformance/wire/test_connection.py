"""A connection answers the server's PINGs by itself, where that does no harm."""

from __future__ import annotations

import asyncio

import pytest
from tests.conformance.scripted_server import INFO, scripted_server

from natsim.conformance.patience import Patience
from natsim.conformance.wire.connection import Address, open_connection
from natsim.conformance.wire.dialogue import Dialogue


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (b"SUB a 1\r\n", [b"SUB a 1\r\n", b"PONG\r\n", b"SUB b 2\r\n"]),
        (b"SUB a", [b"SUB aSUB b 2\r\n"]),
    ],
)
def test_a_ping_in_the_middle_of_a_line_is_not_answered(
    typed: bytes, expected: list[bytes]
) -> None:
    lines: list[bytes] = []

    def answer(line: bytes) -> bytes:
        lines.append(line)
        return b"+OK\r\n" if b"SUB b" in line else b""

    async def talk() -> None:
        async with scripted_server(answer, INFO + b"PING\r\n+OK\r\n") as port:
            where = Address("127.0.0.1", port)
            connection = await open_connection("a", where, Dialogue(), Patience(wait_s=2.0), 0.0)
            await connection.write(typed)
            await connection.expect(b"+OK\r\n")
            await connection.write(b"SUB b 2\r\n")
            await connection.expect(b"+OK\r\n")
            connection.shut()

    asyncio.run(talk())

    assert lines == expected


def test_a_pong_that_the_case_waits_for_is_not_taken_for_the_one_to_ours() -> None:
    late = iter([b"", b"MSG a 1 0\r\n\r\nPONG\r\nMSG b 1 0\r\n\r\nPONG\r\n"])

    async def talk() -> None:
        async with scripted_server(lambda _: next(late)) as port:
            where = Address("127.0.0.1", port)
            connection = await open_connection("a", where, Dialogue(), Patience(wait_s=2.0), 0.0)
            try:
                await connection.write(b"PING\r\n")
                await connection.expect(b"MSG a 1 0\r\n\r\n", b"PONG\r\n", b"MSG b 1 0\r\n\r\n")
            finally:
                connection.shut()

    asyncio.run(talk())

    assert next(late, None) is None
