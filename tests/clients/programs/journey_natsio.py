"""The journey of natsio, which needs Python 3.13."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import natsio
from journey import AGAIN_S, ASKING_S, Client, Job, Message, NobodyThere, Refused, play

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TRACE = "Trace"


class Natsio:
    """One connection of natsio."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._nats: natsio.Client | None = None
        self._is_lame_duck = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    @property
    def _connected(self) -> natsio.Client:
        assert self._nats is not None
        return self._nats

    async def connect(self, job: Job) -> None:
        options = natsio.ConnectOptions(
            servers=(job["url"],),
            token=job.get("token"),
            user=job.get("user"),
            password=job.get("password"),
            nkey_seed=job.get("seed"),
            credentials=job.get("creds"),
            tls=_tls(job),
            allow_reconnect="restart" in job["steps"],
            max_reconnect_attempts=-1,
            reconnect_time_wait=AGAIN_S,
            reconnect_time_wait_max=AGAIN_S,
            connect_timeout=ASKING_S,
        )
        self._nats = natsio.Client(options)
        try:
            await self._nats.connect()
        except Exception as error:
            raise Refused(str(error)) from error
        self._listener = asyncio.create_task(self._listen())

    async def publish(self, subject: str, payload: bytes) -> None:
        await self._connected.publish(subject, payload)

    async def subscribe(
        self, subject: str, take: Callable[[Message], Awaitable[None]], queue: str = ""
    ) -> None:
        async def callback(message: natsio.Msg) -> None:
            await take(_message(message))

        await self._connected.subscribe(subject, queue=queue or None, cb=callback)

    async def serve_echo(self, subject: str) -> None:
        async def callback(message: natsio.Msg) -> None:
            await message.respond(message.payload, headers=message.headers)

        await self._connected.subscribe(subject, cb=callback)

    async def request(self, subject: str, payload: bytes, trace: str = "") -> Message:
        headers = {TRACE: trace} if trace else None
        try:
            answer = await self._connected.request(
                subject, payload, headers=headers, timeout=ASKING_S
            )
        except natsio.NoRespondersError as error:
            raise NobodyThere from error
        return _message(answer)

    async def lame_duck(self) -> None:
        await self._is_lame_duck.wait()

    async def drain(self) -> None:
        await self._connected.drain()

    async def close(self) -> None:
        await self._connected.close()

    async def _listen(self) -> None:
        async for event in self._connected.events():
            if isinstance(event, natsio.LameDuck):
                self._is_lame_duck.set()
            elif isinstance(event, natsio.ErrorOccurred):
                self.errors.append(str(event.error))


def _message(message: natsio.Msg) -> Message:
    trace = message.headers.get(TRACE) if message.headers else ""
    return Message(message.subject, message.payload, trace or "")


def _tls(job: Job) -> natsio.TLSConfig | None:
    if "ca" not in job:
        return None
    return natsio.TLSConfig(
        cafile=job["ca"],
        certfile=job.get("cert"),
        keyfile=job.get("key"),
        handshake_first=job.get("first", False),
    )


def client() -> Client:
    return Natsio()


if __name__ == "__main__":
    play(client)
