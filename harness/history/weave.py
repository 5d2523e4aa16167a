"""Entries to a timeline, in one pass."""

from collections.abc import Mapping, Sequence
from typing import Literal, assert_never

from .client import Client, Drain
from .entry import (
    Changed,
    Completed,
    Delivered,
    Entry,
    Faulted,
    Invoked,
    Json,
    Marked,
    Outcome,
    Phase,
)
from .epoch import NEVER, Barrier, Epoch
from .errors import BadEntry
from .message import Completion, Delivery, Message
from .subscription import Limit, Subscription, Term
from .timeline import FaultSpan, Timeline

NO_RESPONDERS = "no-responders"


def weave(entries: Sequence[Entry]) -> Timeline:
    """Build the timeline of a history; a prefix of a history has one too.

    Raises BadEntry when an entry's value lacks what its kind must have.
    """
    loom = _Loom()
    for index, entry in enumerate(entries):
        try:
            loom.take(index, entry)
        except KeyError as error:
            raise BadEntry(index, f"`{error.args[0]}` is missing or of a wrong type") from None
    return loom.finish()


class _Loom:
    """A timeline in the making, with what is still open."""

    __slots__ = ("_fault_begun", "_faults", "_open", "_seen", "_unproved", "timeline")

    def __init__(self) -> None:
        self.timeline = Timeline()
        # Operations by their id, until they end; a publish stays, since it may never.
        self._open: dict[str, tuple[int, Invoked]] = {}
        # Messages of each epoch that no barrier has proved yet, oldest first.
        self._unproved: dict[Epoch, list[Message]] = {}
        self._seen: dict[Subscription, set[str]] = {}
        self._faults: dict[str, None] = {}
        self._fault_begun = NEVER

    def take(self, index: int, entry: Entry) -> None:
        """Weave in one entry."""
        match entry:
            case Delivered():
                self._deliver(index, entry)
            case Invoked():
                self._invoke(index, entry)
            case Completed():
                self._complete(index, entry)
            case Changed():
                self._change(index, entry)
            case Faulted():
                self._fault(index, entry)
            case Marked():
                if entry.phase is Phase.END:
                    self.timeline.is_whole = True
            case _:
                assert_never(entry)

    def finish(self) -> Timeline:
        """Close what is open and give the timeline away."""
        if self._faults:
            self.timeline.fault_spans.append(FaultSpan(self._fault_begun, NEVER))
        return self.timeline

    def _deliver(self, index: int, entry: Delivered) -> None:
        message = None if entry.msg is None else self.timeline.messages.get(entry.msg)
        subscription = self._subscription(entry.sub, entry.process)
        delivery = Delivery(index, entry, subscription, message)
        self.timeline.deliveries.append(delivery)
        subscription.deliveries.append(delivery)
        if entry.reply is not None:
            subscription.has_replies = True
        if message is None:
            return
        message.deliveries.append(delivery)
        seen = self._seen.setdefault(subscription, set())
        delivery.is_repeat = message.id in seen
        seen.add(message.id)
        if subscription.latest is None or subscription.latest.published < message.index:
            subscription.latest = delivery

    def _invoke(self, index: int, entry: Invoked) -> None:
        # Should an id be in use already, the older invocation proves less, so it is the safe one.
        self._open.setdefault(entry.op, (index, entry))
        match entry.f:
            case "publish" | "request":
                self._publish(index, entry, entry.f)
            case "subscribe":
                self._subscribe(index, entry)
            case "unsubscribe":
                self._unsubscribe(index, entry)
            case "drain" | "close":
                self._client(entry.process).leaves.append(index)
            case "connect" | "flush":
                pass
            case _:
                assert_never(entry.f)

    def _publish(self, index: int, entry: Invoked, kind: Literal["publish", "request"]) -> None:
        value = entry.value
        id_ = _text(value, "msg")
        known = self.timeline.messages.get(id_)
        if known is not None:
            known.copies += 1
            return
        epoch = self._epoch(value)
        message = Message(
            id_,
            kind=kind,
            index=index,
            t=entry.t,
            process=entry.process,
            client=self._client(entry.process),
            epoch=epoch,
            subject=_text(value, "subject"),
            size=_count(value, "size"),
            sha=_text(value, "sha"),
            reply=_text_or_none(value, "reply"),
        )
        self.timeline.messages[id_] = message
        if epoch is not None:
            self._unproved.setdefault(epoch, []).append(message)
        _, is_answer, request = id_.partition("<")
        if is_answer:
            self.timeline.answers.setdefault(request, []).append(message)

    def _subscribe(self, index: int, entry: Invoked) -> None:
        value = entry.value
        subscription = self._subscription(_text(value, "sub"), entry.process)
        subscription.terms.append(_term(value))
        subscription.epoch = self._epoch(value)
        subscription.invoked = min(subscription.invoked, index)
        self._limit(index, value, subscription)

    def _unsubscribe(self, index: int, entry: Invoked) -> None:
        subscription = self._subscription(_text(entry.value, "sub"), entry.process)
        if not self._limit(index, entry.value, subscription):
            subscription.unsubscribes.append(index)

    def _limit(
        self, index: int, value: Mapping[str, Json], subscription: Subscription
    ) -> Limit | None:
        # The server takes `UNSUB sid 0` for an UNSUB without a number.
        max_messages = _count(value, "max") if value.get("max") is not None else 0
        if max_messages == 0:
            return None
        limit = Limit(max_messages, index, NEVER, self._epoch(value))
        subscription.limits.append(limit)
        return limit

    def _complete(self, index: int, entry: Completed) -> None:
        opened = self._open.pop(entry.op, None)
        if opened is None:
            return
        invoked, invocation = opened
        match invocation.f:
            case "publish":
                if entry.outcome is Outcome.FAIL:
                    self.timeline.messages[_text(invocation.value, "msg")].is_refused = True
            case "request":
                self._complete_request(index, entry, invocation)
            case "subscribe":
                self._complete_subscribe(index, entry, invoked, invocation)
            case "unsubscribe":
                self._complete_unsubscribe(index, entry, invoked, invocation)
            case "drain" | "close":
                self._complete_leave(index, entry, invoked, invocation)
            case _:
                if entry.outcome is Outcome.OK:
                    self._succeed(index, entry, invoked, invocation)

    def _succeed(self, index: int, entry: Completed, invoked: int, invocation: Invoked) -> None:
        if invocation.f == "connect":
            self._begin(index, entry.process, _text(entry.value, "conn"), entry.value)
        else:
            self._prove(index, invoked, invocation)

    def _complete_request(self, index: int, entry: Completed, invocation: Invoked) -> None:
        message = self.timeline.messages[_text(invocation.value, "msg")]
        code = entry.error.code if entry.error is not None else ""
        if entry.outcome is Outcome.FAIL and code != NO_RESPONDERS:
            message.is_refused = True
        is_ok = entry.outcome is Outcome.OK
        message.completion = Completion(
            index=index,
            t=entry.t,
            outcome=entry.outcome,
            code=code,
            answer=_text_or_none(entry.value, "msg") if is_ok else None,
            size=_count(entry.value, "size") if is_ok else 0,
            sha=_text(entry.value, "sha") if is_ok else "",
        )

    def _complete_subscribe(
        self, index: int, entry: Completed, invoked: int, invocation: Invoked
    ) -> None:
        subscription = self._subscription(_text(invocation.value, "sub"), entry.process)
        if entry.outcome is Outcome.FAIL:
            subscription.terms.remove(_term(invocation.value))
        # The server refuses a SUB by an error alone; the PING after it is answered all the same.
        if entry.outcome is not Outcome.OK or self._has_error_since(entry.process, invoked):
            return
        subscription.confirmed = index
        epoch = subscription.epoch
        if epoch is not None and epoch.ended < index:
            # Proved on a later epoch, but which? Only epochs that begin from now on are certain.
            subscription.epoch = None
            return
        for place, limit in enumerate(subscription.limits):
            if limit.invoked == invoked:
                subscription.limits[place] = Limit(limit.max_messages, invoked, index, epoch)

    def _complete_unsubscribe(
        self, index: int, entry: Completed, invoked: int, invocation: Invoked
    ) -> None:
        subscription = self._subscription(_text(invocation.value, "sub"), entry.process)
        if entry.outcome is Outcome.FAIL:
            _undo_unsubscribe(subscription, invoked)
            return
        epoch = self._epoch(invocation.value)
        if entry.outcome is not Outcome.OK or epoch is None or epoch.ended < index:
            return
        for place, limit in enumerate(subscription.limits):
            if limit.invoked == invoked:
                subscription.limits[place] = Limit(limit.max_messages, invoked, index, epoch)
                return
        if subscription.gone == NEVER:
            subscription.gone = index
            subscription.gone_from = epoch

    def _prove(self, index: int, invoked: int, invocation: Invoked) -> None:
        epoch = self._epoch(invocation.value)
        if epoch is None or epoch.ended < index:
            return
        barrier = Barrier(invoked, index)
        epoch.add_barrier(barrier)
        unproved = self._unproved.get(epoch, [])
        count = 0
        for message in unproved:
            if message.index > invoked:
                break
            message.barrier = barrier
            message.is_doubtful = message.client.has_error_between(message.index, index)
            count += 1
        del unproved[:count]

    def _complete_leave(
        self, index: int, entry: Completed, invoked: int, invocation: Invoked
    ) -> None:
        client = self._client(invocation.process)
        if entry.outcome is Outcome.FAIL:
            client.leaves.remove(invoked)
        if entry.outcome is not Outcome.OK:
            return
        if invocation.f == "drain" and not client.has_error_between(invoked, index):
            client.drains.append(Drain(invoked, index))
        self._close(index, client, _text_or_none(invocation.value, "conn"))

    def _change(self, index: int, entry: Changed) -> None:
        client = self._client(entry.process)
        match entry.change:
            case "connected":
                self._begin(index, entry.process, entry.conn, entry.value)
            case "disconnected":
                self._end(index, client, entry.conn)
            case "closed":
                client.leaves.append(index)
                self._close(index, client, entry.conn)
            case "error":
                client.errors.append(index)
            case _:
                assert_never(entry.change)

    def _begin(self, index: int, process: str, conn: str, value: Mapping[str, Json]) -> None:
        epoch = self._epoch_named(conn)
        if epoch.begun == NEVER:
            epoch.begun = index
            epoch.server = _text(value, "server")
            epoch.server_id = _text(value, "server_id")
            self._client(process).begin(epoch, index)

    def _close(self, index: int, client: Client, conn: str | None) -> None:
        client.closed = index
        self._end(index, client, conn)

    def _end(self, index: int, client: Client, conn: str | None) -> None:
        epoch = None if conn is None else self.timeline.epochs.get(conn)
        if epoch is not None:
            epoch.ended = min(epoch.ended, index)
        client.lost = min(client.lost, index)

    def _fault(self, index: int, entry: Faulted) -> None:
        if entry.is_begin:
            if not self._faults:
                self._fault_begun = index
            self._faults[entry.fault] = None
        elif entry.fault in self._faults:
            del self._faults[entry.fault]
            if not self._faults:
                self.timeline.fault_spans.append(FaultSpan(self._fault_begun, index))

    def _has_error_since(self, process: str, index: int) -> bool:
        return self._client(process).has_error_between(index, NEVER)

    def _client(self, process: str) -> Client:
        name = process.partition(".")[0]
        client = self.timeline.clients.get(name)
        if client is None:
            client = self.timeline.clients[name] = Client(name)
        return client

    def _subscription(self, id_: str, process: str) -> Subscription:
        subscription = self.timeline.subscriptions.get(id_)
        if subscription is None:
            subscription = Subscription(id_, self._client(process))
            self.timeline.subscriptions[id_] = subscription
        return subscription

    def _epoch(self, value: Mapping[str, Json]) -> Epoch | None:
        conn = _text_or_none(value, "conn")
        return None if conn is None else self._epoch_named(conn)

    def _epoch_named(self, conn: str) -> Epoch:
        epoch = self.timeline.epochs.get(conn)
        if epoch is None:
            epoch = self.timeline.epochs[conn] = Epoch(conn)
        return epoch


def _undo_unsubscribe(subscription: Subscription, invoked: int) -> None:
    if invoked in subscription.unsubscribes:
        subscription.unsubscribes.remove(invoked)
    subscription.limits = [limit for limit in subscription.limits if limit.invoked != invoked]


def _term(value: Mapping[str, Json]) -> Term:
    return Term(_text(value, "subject"), _text_or_none(value, "queue") or None)


# A key that is missing and one of a wrong type are the same mistake of the writer: KeyError.


def _text(value: Mapping[str, Json], key: str) -> str:
    member = value[key]
    if not isinstance(member, str):
        raise KeyError(key)
    return member


def _text_or_none(value: Mapping[str, Json], key: str) -> str | None:
    member = value.get(key)
    if member is not None and not isinstance(member, str):
        raise KeyError(key)
    return member


def _count(value: Mapping[str, Json], key: str) -> int:
    member = value[key]
    if not isinstance(member, int):
        raise KeyError(key)
    return member
