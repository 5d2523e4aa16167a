"""A fanout: what a publish line that a client keeps repeating becomes.

Publishers send the same control line over and over. The first time it is parsed, looked up and
checked like any other; what came of it is kept under the bytes of the line, and later lines that
are equal byte for byte cost one dictionary look-up.
Law of the file: a fanout holds for one client and one generation of the sublist, no longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

from .encode import message_head

if TYPE_CHECKING:
    from .client import Client
    from .commands import PublishLine
    from .sublist import Match
    from .subscription import Subscription

SEEN_BYTES = 150
"""What it takes to remember that a line was seen once."""

_FANOUT_BYTES = 400  # a Fanout, its dict entry and tuples, roughly as CPython 3.11 counts them
_RECEIVER_BYTES = 150


@record
class Receiver:
    """One subscription a line reaches. head: the start of its MSG or HMSG, up to the sizes."""

    client: Client
    subscription: Subscription
    head: bytes


@record
class Fanout:
    """A publish line, compiled.

    line: its bytes with the line end. stride: bytes of line, payload and CR LF.
    tail_at: where in the stride the sizes stand; what follows goes to the receivers unchanged.
    payload_bytes: with headers, without CR LF. plain: each gets the message. groups: of each, one
    member does.
    is_simple: no groups, no client twice: a run of messages may be sent client by client.
    cost_bytes: what it takes to keep, by our own estimate.
    """

    line: bytes
    stride: int
    tail_at: int
    payload_bytes: int
    plain: tuple[Receiver, ...]
    groups: tuple[tuple[Receiver, ...], ...]
    is_simple: bool
    cost_bytes: int


def compile_fanout(line: PublishLine, match: Match, publisher: Client) -> Fanout | None:
    """Compile a line without reply, or None when each message needs a look of its own.

    That is so when a subscription counts towards its limit, when a receiver does not understand
    headers, and when the line does not end as the receivers must see it, in the sizes and CR LF.
    """
    text, subject = line.text, line.subject
    word, tail = b"MSG", line.size_text + b"\r\n"
    is_plain = line.header_text is None
    if line.header_text is not None:
        word, tail = b"HMSG", line.header_text + b" " + tail
    if not text.endswith(tail) or not (is_plain or line.header_size):
        return None
    members = match.plain
    for group in match.groups:
        members += group
    for member in members:
        if member.limit or not (is_plain or member.client.options.headers):
            return None
    plain = _receivers(word, subject, match.plain, publisher)
    groups = [_receivers(word, subject, group, publisher) for group in match.groups]
    is_alone = len(plain) < 2 or len({receiver.client.cid for receiver in plain}) == len(plain)
    return Fanout(
        line=text,
        stride=len(text) + line.size + 2,
        tail_at=len(text) - len(tail),
        payload_bytes=line.size,
        plain=plain,
        groups=tuple([group for group in groups if group]),
        is_simple=is_alone and not any(groups),
        cost_bytes=_FANOUT_BYTES + len(text) + len(members) * (_RECEIVER_BYTES + len(subject)),
    )


def _receivers(
    word: bytes, subject: bytes, subscriptions: tuple[Subscription, ...], publisher: Client
) -> tuple[Receiver, ...]:
    # Comprehensions, not generators: a publisher to many subjects has a line compiled for each.
    return tuple(
        [
            Receiver(one.client, one, message_head(word, one.named(subject), one.sid, b""))
            for one in subscriptions
            if (one.client is not publisher or publisher.options.echo)
            and not one.is_kept_from(subject)
        ]
    )
