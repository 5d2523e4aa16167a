"""The journey of nats-py."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

from journey import AGAIN_S, ASKING_S, Client, Job, Message, NobodyThere, Refused, play
from nats.aio.client import Client as NATS
from nats.errors import NoRespondersError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nats.aio.msg import Msg

TRACE = "Trace"


class NatsPy:
    """One connection of nats-py."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._is_lame_duck = asyncio.Event()
        self._closed = asyncio.Event()
        self._nats = NATS()

    async def connect(self, job: Job) -> None:
        try:
            await self._nats.connect(
                job["url"],
                error_cb=self._on_error,
                closed_cb=self._on_close,
                lame_duck_mode_cb=self._on_lame_duck,
                allow_reconnect="restart" in job["steps"],
                max_reconnect_attempts=-1,
                # It says int, and sleeps for any number of seconds.
                reconnect_time_wait=AGAIN_S,  # pyright: ignore[reportArgumentType]
                token=job.get("token"),
                user=job.get("user"),
                password=job.get("password"),
                nkeys_seed_str=job.get("seed"),
                user_credentials=job.get("creds"),
                tls=_tls(job),
                tls_handshake_first=job.get("first", False),
            )
        except Exception as error:
            raise Refused(f"{self.errors} {error}") from error

    async def publish(self, subject: str, payload: bytes) -> None:
        await self._nats.publish(subject, payload)

    async def subscribe(
        self, subject: str, take: Callable[[Message], Awaitable[None]], queue: str = ""
    ) -> None:
        async def callback(message: Msg) -> None:
            await take(_message(message))

        await self._nats.subscribe(subject, queue=queue, cb=callback)

    async def serve_echo(self, subject: str) -> None:
        async def callback(message: Msg) -> None:
            await self._nats.publish(message.reply, message.data, headers=message.headers)

        await self._nats.subscribe(subject, cb=callback)

    async def request(self, subject: str, payload: bytes, trace: str = "") -> Message:
        headers = {TRACE: trace} if trace else None
        try:
            answer = await self._nats.request(subject, payload, timeout=ASKING_S, headers=headers)
        except NoRespondersError as error:
            raise NobodyThere from error
        return _message(answer)

    async def lame_duck(self) -> None:
        await self._is_lame_duck.wait()

    async def drain(self) -> None:
        await self._nats.drain()
        await self._closed.wait()

    async def close(self) -> None:
        await self._nats.close()

    async def _on_error(self, error: Exception) -> None:
        self.errors.append(str(error))

    async def _on_close(self) -> None:
        self._closed.set()

    async def _on_lame_duck(self) -> None:
        self._is_lame_duck.set()


def _message(message: Msg) -> Message:
    return Message(message.subject, message.data, (message.headers or {}).get(TRACE, ""))


def _tls(job: Job) -> ssl.SSLContext | None:
    if "ca" not in job:
        return None
    context = ssl.create_default_context(cafile=job["ca"])
    if "cert" in job:
        context.load_cert_chain(job["cert"], job.get("key"))
    return context


def client() -> Client:
    return NatsPy()


if __name__ == "__main__":
    play(client)
