"""One client of the workload.

Laws of the file: an operation is recorded before it starts, and its end when it is known; a barrier
is ok only when PONG came on the epoch on which the PING was written behind everything else.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from nats.aio.client import Client as NatsClient

from natsim.harness.history.entry import (
    Changed,
    Completed,
    ConnectionChange,
    Delivered,
    Invoked,
    OperationKind,
    OpError,
    Outcome,
    Value,
)

from .failure import outcome_of, text_of
from .payload import answer_id, fingerprint, make_payload, message_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

    from natsim.harness.history.recorder import Recorder
    from natsim.harness.plan.plan import ClientPlan, SubscriptionPlan

SECOND_NS = 1_000_000_000

CONNECT_TIMEOUT_S = 2
"""nats-py's own default, for one attempt."""

_FOR_EVER_S = 10**9
_ANSWER_BYTES = 64
_SPINS = 10  # steps of the loop in which nats-py's flusher normally writes what is pending


class WorkloadClient:
    """A nats-py connection that records what it does and sees.

    plan: who it is. url: of its server. now_ns: true time since the run began.
    All coroutines run on the client's own node.
    """

    def __init__(
        self, plan: ClientPlan, url: str, recorder: Recorder, now_ns: Callable[[], int]
    ) -> None:
        self.plan = plan
        self._url = url
        self._record = recorder.record
        self._now_ns = now_ns
        self._client: NatsClient | None = None
        self._epoch = 0
        self._reconnects = 0  # of nats-py's client when the epoch began
        self._epoch_began_ns = 0
        self._conn: str | None = None
        self._epoch_ended: asyncio.Future[None] | None = None
        self._subscriptions: dict[str, Subscription] = {}
        self._barriers = 0

    @property
    def name(self) -> str:
        """The client's name."""
        return self.plan.name

    @property
    def is_connected(self) -> bool:
        """Whether an epoch is open, as far as the client knows."""
        return self._conn is not None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to be waited for: connected, never connected, or closed."""
        return self.is_connected or self._client is None or self._client.is_closed

    @property
    def conn(self) -> str | None:
        """The epoch that is open."""
        return self._conn

    # Connections.

    async def connect(self, op: str) -> bool:
        """Connect for the first time, or again after a close; tell whether it worked."""
        self._invoke(self.name, op, "connect", {"servers": [self.plan.at]})
        try:
            client = NatsClient()
            await client.connect(
                self._url,
                name=self.name,
                error_cb=self._on_error,
                disconnected_cb=self._on_disconnected,
                reconnected_cb=self._on_reconnected,
                closed_cb=self._on_closed,
                connect_timeout=CONNECT_TIMEOUT_S,
                # nats-py types these as whole seconds, and takes fractions.
                reconnect_time_wait=_seconds(self.plan.reconnect_wait_ns),
                ping_interval=_seconds(self.plan.ping_interval_ns),
                max_outstanding_pings=self.plan.pings_outstanding_max,
                max_reconnect_attempts=-1,
            )
            self._client = client
        except Exception as error:  # the door to the client library
            self._fail(self.name, op, "connect", error)
            return False
        value = self._begin_epoch()
        self._complete(self.name, op, "connect", {"conn": self._conn, **value})
        self._change("connected", value)
        return True

    async def drain(self, op: str) -> None:
        """Remove all subscriptions, work off what has arrived, close."""
        await self._end(op, "drain")

    async def close(self, op: str) -> None:
        """Close at once."""
        await self._end(op, "close")

    async def _end(self, op: str, how: OperationKind) -> None:
        client = self._client
        self._invoke(self.name, op, how, {"conn": self._conn})
        if client is None:
            self._refuse(self.name, op, how)
            return
        try:
            await (client.drain() if how == "drain" else client.close())
        except Exception as error:  # the door to the client library
            self._fail(self.name, op, how, error)
        else:
            self._complete(self.name, op, how, {})

    def _begin_epoch(self) -> Value:
        self._epoch += 1
        self._epoch_began_ns = self._now_ns()
        self._conn = f"{self.name}#{self._epoch}"
        self._reconnects = 0 if self._client is None else self._client.stats["reconnects"]
        self._epoch_ended = asyncio.get_running_loop().create_future()
        # nats-py keeps the INFO it was greeted with to itself.
        info: dict[str, Any] = getattr(self._client, "_server_info", {})
        return {
            "server": self.plan.at,
            "server_id": str(info.get("server_id", "")),
            "cid": int(info.get("client_id", 0)),
        }

    def _end_epoch(self) -> None:
        self._conn = None
        if self._epoch_ended is not None and not self._epoch_ended.done():
            self._epoch_ended.set_result(None)

    def _read_on(self) -> str:
        """Name the epoch whose connection brings what the client reads now.

        On a new connection messages may come before nats-py tells of it: in the same instant it
        depends on the Python which callback is first, so its own count decides.
        """
        if self._conn is not None:
            return self._conn
        is_anew = self._client is not None and self._client.stats["reconnects"] > self._reconnects
        return f"{self.name}#{self._epoch + is_anew}"

    async def _on_error(self, error: Exception) -> None:
        """Record an error, of the connection before one that began in this very instant.

        nats-py tells of the end of a connection by a task of its own: in the instant of a reconnect
        it depends on the Python whether that comes first.
        """
        is_of_the_past = self._epoch > 1 and self._epoch_began_ns == self._now_ns()
        conn = f"{self.name}#{self._epoch - is_of_the_past}"
        self._record(Changed(self._now_ns(), self.name, "error", conn, {"text": text_of(error)}))

    async def _on_disconnected(self) -> None:
        if self._conn is not None:
            self._change("disconnected", {})
            self._end_epoch()

    async def _on_reconnected(self) -> None:
        # nats-py calls this after it sent its subscriptions again and a PING behind them came back.
        value = self._begin_epoch()
        self._change("connected", value)

    async def _on_closed(self) -> None:
        self._change("closed", {})
        self._end_epoch()

    # Subscriptions.

    async def subscribe(self, op: str, plan: SubscriptionPlan) -> None:
        """Subscribe, and prove with a barrier that the server knows."""
        value: dict[str, Any] = {"sub": plan.id, "conn": self._conn, "subject": plan.subject}
        if plan.queue is not None:
            value["queue"] = plan.queue
        if plan.max_messages is not None:
            value["max"] = plan.max_messages
        self._invoke(self.name, op, "subscribe", value)
        client = self._connected()
        if client is None:
            self._refuse(self.name, op, "subscribe")
            return
        try:
            # nats-py leaves the type of its futures open.
            subscription = await client.subscribe(  # pyright: ignore[reportUnknownMemberType]
                plan.subject, queue=plan.queue or "", cb=self._receiver(plan)
            )
        except Exception as error:  # the door to the client library
            self._fail(self.name, op, "subscribe", error)
            return
        self._subscriptions[plan.id] = subscription
        try:
            if plan.max_messages is not None:
                await subscription.unsubscribe(limit=plan.max_messages)
        except Exception as error:  # the door to the client library
            # SUB has been sent: whether the limit was is not known.
            why = OpError(False, "unconfirmed", text_of(error))
            self._end_op(self.name, op, "subscribe", Outcome.INFO, why)
            return
        await self._confirm(op, "subscribe")

    async def unsubscribe(self, op: str, sub: str, max_messages: int | None) -> None:
        """Unsubscribe at once, or after a number of messages; prove that the server knows."""
        value: dict[str, Any] = {"sub": sub, "conn": self._conn}
        if max_messages is not None:
            value["max"] = max_messages
        self._invoke(self.name, op, "unsubscribe", value)
        subscription = self._subscriptions.get(sub)
        if self._connected() is None or subscription is None:
            self._refuse(self.name, op, "unsubscribe")
            return
        try:
            await subscription.unsubscribe(limit=max_messages or 0)
        except Exception as error:  # the door to the client library
            self._fail(self.name, op, "unsubscribe", error)
            return
        await self._confirm(op, "unsubscribe")

    async def _confirm(self, op: str, f: OperationKind) -> None:
        if await self.barrier(f"{self.name}.confirm"):
            self._complete(self.name, op, f, {})
        else:
            error = OpError(False, "unconfirmed", "the connection broke before PONG came")
            self._end_op(self.name, op, f, Outcome.INFO, error)

    def _receiver(self, plan: SubscriptionPlan) -> Callable[[Msg], Any]:
        async def receive(message: Msg) -> None:
            data = message.data
            self._record(
                Delivered(
                    self._now_ns(),
                    self.name,
                    self._read_on(),
                    plan.id,
                    message.subject,
                    message_of(data),
                    len(data),
                    fingerprint(data),
                    message.reply or None,
                )
            )

        if not plan.answers:
            return receive

        async def receive_and_answer(message: Msg) -> None:
            await receive(message)
            if message.reply:
                if plan.delay_ns:
                    await asyncio.sleep(plan.delay_ns / SECOND_NS)
                answer = answer_id(plan.id, message_of(message.data) or "?")
                await self.publish(plan.id, answer, answer, message.reply, _ANSWER_BYTES)

        return receive_and_answer

    # Messages.

    async def publish(self, process: str, op: str, message: str, subject: str, size: int) -> None:
        """Publish a message; a later barrier tells whether it arrived."""
        payload = make_payload(message, size)
        self._invoke(process, op, "publish", self._message(message, subject, payload))
        if self._client is None:
            self._refuse(process, op, "publish")
            return
        try:
            await self._client.publish(subject, payload)
        except Exception as error:  # the door to the client library
            self._fail(process, op, "publish", error)

    async def request(
        self, process: str, op: str, message: str, subject: str, size: int, timeout_ns: int
    ) -> None:
        """Send a request and wait for its answer."""
        payload = make_payload(message, size)
        value = {**self._message(message, subject, payload), "timeout": timeout_ns}
        self._invoke(process, op, "request", value)
        if self._client is None:
            self._refuse(process, op, "request")
            return
        try:
            answer = await self._client.request(subject, payload, timeout=timeout_ns / SECOND_NS)
        except Exception as error:  # the door to the client library
            self._fail(process, op, "request", error)
            return
        data = answer.data
        told: Value = {"msg": message_of(data), "size": len(data), "sha": fingerprint(data)}
        self._complete(process, op, "request", told)

    def _message(self, message: str, subject: str, payload: bytes) -> Value:
        return {
            "msg": message,
            "conn": self._conn,
            "subject": subject,
            "size": len(payload),
            "sha": fingerprint(payload),
        }

    # Barriers.

    async def barrier(self, process: str) -> bool:
        """Prove that the server has everything written so far; tell whether it could be proved.

        Waits as long as the epoch lasts. Gives False at once when there is none.
        """
        conn, client, ended = self._conn, self._connected(), self._epoch_ended
        if conn is None or client is None or ended is None:
            return False
        self._barriers += 1
        op = f"{process}/{self._barriers}"
        self._invoke(process, op, "flush", {"conn": conn})
        if await self._is_written(client, ended) and await self._is_answered(client, ended):
            self._complete(process, op, "flush", {"conn": conn})
            return True
        error = OpError(False, "epoch-ended", "the connection broke before PONG came")
        self._end_op(process, op, "flush", Outcome.INFO, error)
        return False

    async def _is_written(self, client: NatsClient, ended: asyncio.Future[None]) -> bool:
        # nats-py writes a PING ahead of what it still holds back: a flush right behind a publish
        # proves nothing. So wait until nothing is held back.
        spins = 0
        while client.pending_data_size:
            if ended.done():
                return False
            await asyncio.sleep(0 if spins < _SPINS else 0.01)
            spins += 1
        return not ended.done()

    async def _is_answered(self, client: NatsClient, ended: asyncio.Future[None]) -> bool:
        # No time-out: a PONG that comes after nats-py gave up on it ends nats-py's reader, and
        # from then on its flush() returns without any PONG. rtt() (2.15 and later) always waits.
        wait = client.rtt if hasattr(client, "rtt") else client.flush
        pong = asyncio.ensure_future(wait(timeout=_FOR_EVER_S))
        await asyncio.wait((pong, ended), return_when=asyncio.FIRST_COMPLETED)
        if pong.done() and not pong.cancelled():
            return pong.exception() is None and not ended.done()
        pong.cancel()
        return False

    # Recording.

    def _connected(self) -> NatsClient | None:
        client = self._client
        return client if client is not None and client.is_connected else None

    def _invoke(self, process: str, op: str, f: OperationKind, value: Value) -> None:
        self._record(Invoked(self._now_ns(), process, op, f, value))

    def _complete(self, process: str, op: str, f: OperationKind, value: Value) -> None:
        self._record(Completed(self._now_ns(), process, op, f, Outcome.OK, value))

    def _fail(self, process: str, op: str, f: OperationKind, error: BaseException) -> None:
        outcome, why = outcome_of(error)
        self._end_op(process, op, f, outcome, why)

    def _refuse(self, process: str, op: str, f: OperationKind) -> None:
        why = OpError(True, "not-connected", "the client is not connected")
        self._end_op(process, op, f, Outcome.FAIL, why)

    def _end_op(
        self, process: str, op: str, f: OperationKind, outcome: Outcome, why: OpError
    ) -> None:
        self._record(Completed(self._now_ns(), process, op, f, outcome, {}, why))

    def _change(self, change: ConnectionChange, value: Value) -> None:
        conn = self._conn or f"{self.name}#{self._epoch}"
        self._record(Changed(self._now_ns(), self.name, change, conn, value))


def _seconds(ns: int) -> int:
    return ns / SECOND_NS  # type: ignore[return-value]  # see where it is called
