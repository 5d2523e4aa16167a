"""What a case is given to speak with."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.conformance.scripted_server import INFO, pong, scripted_server

from natsim.conformance.capabilities import ANONYMOUS, NO_RESPONDERS, probe
from natsim.conformance.failure import Failed
from natsim.conformance.patience import Patience
from natsim.conformance.trial import Trial
from natsim.conformance.wire.connection import Address
from natsim.harness.conform.target import NoLogin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


class Token:
    """Credentials of one member."""

    def members(self, info: Mapping[str, object]) -> dict[str, object]:
        del info
        return {"auth_token": "t"}


def with_trial(
    act: Callable[[Trial], Awaitable[object]],
    answer: Callable[[bytes], bytes | None] = pong,
    login: Token | NoLogin | None = None,
) -> object:
    """Let a trial of a scripted server act; gives what came of it."""

    async def run() -> object:
        async with scripted_server(answer, INFO) as port:
            trial = Trial(
                prefix="s0000000",
                addresses=[Address("127.0.0.1", port)],
                patience=Patience(wait_s=0.2, scale=0.1),
                things={},
                login=login or NoLogin(),
                controls=(),
                version="2.15.1",
            )
            try:
                return await act(trial)
            finally:
                await trial.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (b'CONNECT {"a":1}\r\n', b'CONNECT {"auth_token": "t", "a": 1}\r\n'),
        (b"connect {}\r\nPING\r\n", b'connect {"auth_token": "t"}\r\nPING\r\n'),
        (b"CONNECT {}", b'CONNECT {"auth_token": "t"}'),
        (b"CONNECT {broken\r\nPING\r\n", b"CONNECT {broken\r\nPING\r\n"),
        (b"CONNECT []\r\n", b"CONNECT []\r\n"),
    ],
)
def test_credentials_go_into_the_connect_that_leads(typed: bytes, expected: bytes) -> None:
    async def put(trial: Trial) -> bytes:
        data = trial.with_login(typed, await trial.open())
        return data.replace(b'":"', b'": "').replace(b',"', b', "').replace(b'":1', b'": 1')

    assert with_trial(put, login=Token()) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"PONG\r\n", True),
        (b"-ERR 'Authorization Violation'\r\n", False),
        (b"", False),
        (None, False),
    ],
)
def test_a_server_that_answers_ping_without_credentials_is_anonymous(
    said: bytes | None, *, expected: bool
) -> None:
    found: list[bool] = []

    def answer(line: bytes) -> bytes | None:
        return said if line.startswith(b"PING") else b""

    async def ask(trial: Trial) -> None:
        found.extend(each.has for each in await probe(trial) if each.name == ANONYMOUS)

    with_trial(ask, answer)

    assert found == [expected]


def test_a_ping_behind_the_end_of_our_side_is_not_answered() -> None:
    async def finish(trial: Trial) -> list[bytes]:
        connection = await trial.open()
        await connection.write(b"SUB a 1\r\n")
        return await connection.finish()

    assert with_trial(finish, lambda _: b"PING\r\n+OK\r\n") == [b"+OK\r\n"]


def test_what_becomes_right_is_waited_for() -> None:
    said = ["too few", "too few", ""]

    async def act(trial: Trial) -> list[str]:
        async def look() -> str:
            return said.pop(0)

        await trial.until(look)
        return said

    assert with_trial(act) == []


def test_what_does_not_become_right_fails_with_what_was_said_last() -> None:
    async def act(trial: Trial) -> None:
        counts = iter(range(1_000_000))

        async def look() -> str:
            return "no more than 2" if next(counts) > 1 else "too few"

        await trial.until(look)

    with pytest.raises(Failed, match=r"^no more than 2$"):
        with_trial(act)


def test_what_info_promises_is_there_even_if_it_does_not_work() -> None:
    found: dict[str, bool] = {}

    async def ask(trial: Trial) -> None:
        found.update({each.name: each.has for each in await probe(trial)})

    with_trial(ask, pong)  # it answers nothing but PING

    assert found[NO_RESPONDERS]
