"""The journey of natsrpy, whose client is async-nats, in Rust."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from journey import ASKING_S, Client, Job, Message, NobodyThere, Refused, play
from natsrpy import Nats

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from natsrpy import IteratorSubscription
    from natsrpy import Message as Rust

TRACE = "Trace"


class NatsRPy:
    """One connection of natsrpy.

    It takes no files: authorities to trust come in SSL_CERT_FILE. It shows no errors and no
    notices. Its callbacks run side by side, so messages are taken from iterators, in order.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._nats: Nats | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._is_drained = False

    @property
    def _connected(self) -> Nats:
        assert self._nats is not None
        return self._nats

    async def connect(self, job: Job) -> None:
        self._nats = Nats(
            [job["url"]],
            user_and_pass=(job["user"], job.get("password", "")) if "user" in job else None,
            nkey=job.get("seed"),
            token=job.get("token"),
            max_reconnects=None if "restart" in job["steps"] else 1,
            connection_timeout=ASKING_S,
        )
        try:
            await self._nats.startup()
        except Exception as error:
            raise Refused(str(error)) from error

    async def publish(self, subject: str, payload: bytes) -> None:
        await self._connected.publish(subject, payload)

    async def subscribe(
        self, subject: str, take: Callable[[Message], Awaitable[None]], queue: str = ""
    ) -> None:
        async def take_theirs(message: Rust) -> None:
            await take(_message(message))

        await self._listen(subject, take_theirs, queue)

    async def serve_echo(self, subject: str) -> None:
        async def answer(message: Rust) -> None:
            assert message.reply is not None
            await self._connected.publish(message.reply, message.payload, headers=message.headers)

        await self._listen(subject, answer)

    async def request(self, subject: str, payload: bytes, trace: str = "") -> Message:
        headers = {TRACE: trace} if trace else None
        try:
            answer = await self._connected.request(
                subject, payload, headers=headers, timeout=ASKING_S
            )
        except Exception as error:
            if "no responders" in str(error):
                raise NobodyThere from error
            raise
        return _message(answer)

    async def lame_duck(self) -> None:
        raise NotImplementedError

    async def drain(self) -> None:
        await self._connected.drain()
        self._is_drained = True

    async def close(self) -> None:
        for reader in self._readers:
            reader.cancel()
        if not self._is_drained:
            await self._connected.shutdown()

    async def _listen(
        self, subject: str, take: Callable[[Rust], Awaitable[None]], queue: str = ""
    ) -> None:
        subscription = await self._connected.subscribe(subject, queue=queue or None).detatch()
        self._readers.append(asyncio.create_task(_read(subscription, take)))


async def _read(
    subscription: IteratorSubscription, take: Callable[[Rust], Awaitable[None]]
) -> None:
    async for message in subscription:
        await take(message)


def _message(message: Rust) -> Message:
    trace: object = message.headers.get(TRACE, "")
    return Message(message.subject, message.payload, str(trace))


def client() -> Client:
    return NatsRPy()


if __name__ == "__main__":
    play(client)
    sys.stdout.flush()
    # Its threads may still call into the interpreter, and panic when that is gone.
    os._exit(0)
