"""Delivery: from a published message to the chunks each receiver will be sent.

Laws of the file: all copies of one message are queued before the next message's first; plain
subscriptions before queue groups, each in the order of SUB; pending bytes are counted while chunks
gather, so that a slow consumer is cut before it costs more than max_pending and one event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .encode import message_head, no_responders_message
from .fanout import SEEN_BYTES, Fanout, Receiver, compile_fanout
from .limits import (
    FANOUT_BYTES,
    FANOUT_BYTES_PER_CLIENT,
    SEEN_BYTES_PER_CLIENT,
    STALL_DENOMINATOR,
    STALL_NUMERATOR,
)
from .services import Request, Trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.now import Draw

    from .account import Account
    from .client import Client
    from .commands import Publish, PublishLine
    from .options import Options
    from .subscription import Subscription

_CRLF = b"\r\n"
_BEGINNING = Trail()


class Delivery:
    """Queues messages for receivers.

    touched: the clients that have something in `out`, in the order they got it.
    is_congested: a receiver of the event in hand holds more than stall_pending bytes.
    clock(): the monotonic time of the event in hand.
    cut_slow(client): closes a client whose pending bytes went over max_pending.
    expire(subscription): removes a subscription that reached its limit.
    """

    __slots__ = (
        "_clock",
        "_cut_slow",
        "_draw",
        "_expire",
        "_fanout_bytes",
        "_max_pending",
        "_stall_pending",
        "is_congested",
        "touched",
    )

    def __init__(
        self,
        options: Options,
        draw: Draw,
        *,
        clock: Callable[[], int],
        cut_slow: Callable[[Client], None],
        expire: Callable[[Subscription], None],
    ) -> None:
        self.change_options(options)
        self._draw = draw
        self._clock = clock
        self._cut_slow = cut_slow
        self._expire = expire
        self._fanout_bytes = 0
        self.touched: list[Client] = []
        self.is_congested = False

    def change_options(self, options: Options) -> None:
        """Go by new options from now on."""
        self._max_pending = options.max_pending
        self._stall_pending = options.max_pending * STALL_NUMERATOR // STALL_DENOMINATOR

    def put(self, client: Client, *chunks: bytes) -> None:
        """Queue chunks for a client that is not closed."""
        if not client.out:
            self.touched.append(client)
        client.out.extend(chunks)
        client.pending_bytes += sum(map(len, chunks))
        self._check_pending(client)

    def run(self, publisher: Client) -> None:
        """Deliver the messages at the parser's position whose lines are compiled.

        Stops at the first that is not, or is not whole: the parser takes it from there.
        """
        parser = publisher.parser
        data = parser.data
        pos = parser.pos
        fanouts = publisher.fanouts
        generation = publisher.fanout_generation
        sublist = publisher.account.sublist
        while generation == sublist.generation:
            fanout = fanouts.get(data[pos : data.find(b"\n", pos) + 1])
            if fanout is None:
                break
            line, stride, tail_at = fanout.line, fanout.stride, fanout.tail_at
            crlf_at = stride - 2
            frames: list[bytes] = []
            while data.startswith(line, pos) and data[pos + crlf_at : pos + stride] == _CRLF:
                frames.append(data[pos + tail_at : pos + stride])
                pos += stride
            if not frames:
                break
            publisher.in_msgs += len(frames)
            publisher.in_bytes += len(frames) * fanout.payload_bytes
            if fanout.is_simple:
                self._deliver_run(fanout, frames)
            else:
                self._deliver_each(fanout, frames)
        parser.pos = pos

    def _deliver_run(self, fanout: Fanout, frames: list[bytes]) -> None:
        count = len(frames)
        frames_bytes = count * len(frames[0])
        for receiver in fanout.plain:
            client = receiver.client
            head = receiver.head
            out = client.out
            if not out:
                self.touched.append(client)
            out.append(head)
            out.append(head.join(frames))
            client.pending_bytes += frames_bytes + count * len(head)
            client.out_msgs += count
            client.out_bytes += count * fanout.payload_bytes
            receiver.subscription.delivered += count
            if client.pending_bytes > self._stall_pending:
                self._check_pending(client)

    def _deliver_each(self, fanout: Fanout, frames: list[bytes]) -> None:
        for frame in frames:
            for receiver in fanout.plain:
                self._deliver_frame(receiver, frame, fanout.payload_bytes)
            for group in fanout.groups:
                start = self._draw(len(group)) if len(group) > 1 else 0
                for offset in range(len(group)):
                    receiver = group[(start + offset) % len(group)]
                    if self._deliver_frame(receiver, frame, fanout.payload_bytes):
                        break

    def _deliver_frame(self, receiver: Receiver, frame: bytes, payload_bytes: int) -> bool:
        if not receiver.subscription.is_active:
            return False
        client = receiver.client
        if not client.out:
            self.touched.append(client)
        client.out.append(receiver.head)
        client.out.append(frame)
        client.pending_bytes += len(receiver.head) + len(frame)
        client.out_msgs += 1
        client.out_bytes += payload_bytes
        receiver.subscription.delivered += 1
        if client.pending_bytes > self._stall_pending:
            self._check_pending(client)
        return True

    def publish(self, publisher: Client, message: Publish) -> None:
        """Deliver one parsed message, and tell a requestor when nobody is there."""
        line = message.line
        is_delivered = self.route(publisher.account, publisher, message, _BEGINNING)
        if not is_delivered and line.reply and publisher.options.no_responders:
            self._tell_no_responders(publisher, line)

    def route(
        self, account: Account, publisher: Client | None, message: Publish, trail: Trail
    ) -> bool:
        """Deliver a message in an account; tell whether it came to anybody.

        publisher: None for the server itself.
        """
        subject = message.line.subject
        match = account.sublist.match(subject)
        deliver = self._deliver_request if trail.exports else self._deliver
        is_delivered = False
        for subscription in match.plain:
            is_delivered |= deliver(subscription, publisher, message)
        for group in match.groups:
            start = self._draw(len(group)) if len(group) > 1 else 0
            for offset in range(len(group)):
                member = group[(start + offset) % len(group)]
                if deliver(member, publisher, message):
                    is_delivered = True
                    break
        for take in account.services.match(subject):
            is_delivered |= take(Request(account, publisher, message, trail))
        return is_delivered

    def compile(self, publisher: Client, line: PublishLine) -> None:
        """Keep what a line without reply comes to, once it was seen before."""
        sublist = publisher.account.sublist
        if publisher.fanout_generation != sublist.generation:
            self.forget_fanouts(publisher)
            publisher.fanout_generation = sublist.generation
        text = line.text
        seen_bytes = len(text) + SEEN_BYTES
        if text not in publisher.fanouts:
            if publisher.seen_bytes + seen_bytes > SEEN_BYTES_PER_CLIENT:
                self.forget_fanouts(publisher)
            if self._remember(publisher, text, None, seen_bytes):
                publisher.seen_bytes += seen_bytes
        elif publisher.fanouts[text] is None and not publisher.account.services.match(line.subject):
            fanout = compile_fanout(line, sublist.match(line.subject), publisher)
            if fanout is not None and self._remember(publisher, text, fanout, fanout.cost_bytes):
                publisher.seen_bytes = max(publisher.seen_bytes - seen_bytes, 0)

    def forget_fanouts(self, client: Client) -> None:
        """Drop what a client's lines were compiled to."""
        client.fanouts.clear()
        self._fanout_bytes -= client.fanout_bytes
        client.fanout_bytes = client.seen_bytes = 0

    def _remember(self, client: Client, text: bytes, fanout: Fanout | None, cost: int) -> bool:
        if not self._has_room(client, cost):
            self.forget_fanouts(client)
            if not self._has_room(client, cost):
                return False
        client.fanouts[text] = fanout
        client.fanout_bytes += cost
        self._fanout_bytes += cost
        return True

    def _has_room(self, client: Client, cost: int) -> bool:
        # Who publishes to thousands of subjects takes what the others leave.
        is_little = client.fanout_bytes + cost <= FANOUT_BYTES_PER_CLIENT
        return is_little or self._fanout_bytes + cost <= FANOUT_BYTES

    def _deliver_request(
        self, subscription: Subscription, publisher: Client | None, message: Publish
    ) -> bool:
        # A request that came from another account is not exported again as a stream.
        return subscription.stream is None and self._deliver(subscription, publisher, message)

    def _deliver(
        self, subscription: Subscription, publisher: Client | None, message: Publish
    ) -> bool:
        client = subscription.client
        if not subscription.is_active or (client is publisher and not client.options.echo):
            return False
        line = message.line
        if client.permissions is not None:
            if subscription.is_kept_from(line.subject):
                return False
            if line.reply:
                client.permissions.take_request(line.reply, self._clock())
        word, sizes, frame = b"MSG", line.size_text, message.frame
        if line.header_text and line.header_size and client.options.headers:
            word, sizes = b"HMSG", line.header_text + b" " + line.size_text
        elif line.header_size:
            sizes, frame = b"%d" % (line.size - line.header_size), frame[line.header_size :]
        subscription.delivered += 1
        client.out_msgs += 1
        client.out_bytes += len(frame) - len(_CRLF)
        stream = subscription.stream
        subject = line.subject if stream is None else stream.name(line.subject)
        head = message_head(word, subject, subscription.sid, line.reply)
        if line.is_from_server and not line.reply:
            head += b" "  # the place of its empty reply
        self.put(client, head, sizes, _CRLF, frame)
        if subscription.limit and subscription.delivered >= subscription.limit:
            self._expire(subscription)
        return True

    def _tell_no_responders(self, publisher: Client, line: PublishLine) -> None:
        for subscription in publisher.account.sublist.match(line.reply).plain:
            if subscription.client is publisher and subscription.is_active:
                self.put(
                    publisher, no_responders_message(line.reply, subscription.sid, line.subject)
                )
                return

    def _check_pending(self, client: Client) -> None:
        if client.pending_bytes > self._max_pending:
            self._cut_slow(client)
        elif client.pending_bytes > self._stall_pending:
            self.is_congested = True
