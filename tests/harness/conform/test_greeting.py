"""A server that cannot be talked to is said so in one line, with what to do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.conformance.scripted_server import INFO, pong, scripted_server
from tests.parity.real_server import free_port

from natsim.conformance.wire.connection import Address
from natsim.harness.conform.greeting import check_greeting
from natsim.harness.conform.login import UserLogin
from natsim.harness.conform.target import NoLogin, TargetUnavailable
from natsim.harness.conform.tls import client_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.conformance.trial import Login

WAIT_S = 0.2


def greet(
    greeting: bytes,
    answer: Callable[[bytes], bytes | None] = pong,
    login: Login | None = None,
    *,
    has_tls: bool = False,
    is_tls_first: bool = False,
) -> None:
    async def run() -> None:
        async with scripted_server(answer, greeting) as port:
            context = client_context() if has_tls or is_tls_first else None
            address = Address("127.0.0.1", port, context, is_tls_first)
            await check_greeting(address, login or NoLogin(), WAIT_S)

    asyncio.run(run())


def denied(line: bytes) -> bytes | None:
    """Refuse every login."""
    return b"-ERR 'Authorization Violation'\r\n" if line.startswith(b"CONNECT") else b""


def http(line: bytes) -> bytes | None:
    """Answer as a web server does."""
    del line
    return b"HTTP/1.1 400 Bad Request\r\n\r\n"


def test_a_server_that_answers_is_good() -> None:
    greet(INFO)


def test_a_server_that_greets_and_hangs_is_for_the_cases_to_find() -> None:
    greet(INFO, lambda _: b"")


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        (b'INFO {"tls_required":true}\r\n', "requires TLS; write tls://"),
        (b"220 smtp ready\r\n", "is no NATS server: it greets with '220 smtp ready'"),
        (b"-ERR 'maximum connections exceeded'\r\n", "refuses connections: -ERR 'maximum"),
        (b"\x15\x03\x01\x00\x02\x02\x0a\n", "wants TLS before INFO; add --tls-first"),
        (b"", "takes connections but says nothing"),
    ],
)
def test_a_greeting_is_understood(greeting: bytes, said: str) -> None:
    with pytest.raises(TargetUnavailable) as caught:
        greet(greeting, lambda _: b"")

    assert said in str(caught.value)


def test_a_web_server_is_recognised() -> None:
    with pytest.raises(TargetUnavailable, match=r"speaks HTTP; name the client port \(4222"):
        greet(b"", http)


def test_a_server_that_closes_is_recognised() -> None:
    with pytest.raises(TargetUnavailable, match="closes the connection without INFO"):
        greet(b"", lambda _: None)


def test_missing_credentials_are_asked_for() -> None:
    with pytest.raises(TargetUnavailable, match=r"wants credentials \(-ERR 'Authorization"):
        greet(INFO, denied)


def test_wrong_credentials_are_named() -> None:
    with pytest.raises(TargetUnavailable, match="refuses these credentials"):
        greet(INFO, denied, UserLogin(token="wrong"))


def test_a_server_without_tls_is_recognised() -> None:
    with pytest.raises(TargetUnavailable, match="does not speak TLS; write nats://"):
        greet(INFO, has_tls=True)


def test_a_server_that_does_not_begin_with_tls_is_recognised() -> None:
    with pytest.raises(TargetUnavailable, match="leave out --tls-first"):
        greet(INFO, is_tls_first=True)


def test_a_port_where_nobody_listens_is_said_so() -> None:
    address = Address("127.0.0.1", free_port())

    with pytest.raises(TargetUnavailable, match="nothing listens on"):
        asyncio.run(check_greeting(address, NoLogin(), WAIT_S))
