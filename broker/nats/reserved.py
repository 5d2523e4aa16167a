"""What a client is refused, and the words for it: on the wire, and in the log."""

from natsim.record import record

from .quote import quoted_bytes

_SYSTEM_QUEUE = b"_sys_"
_GATEWAY_PREFIXES = (b"_GR_.", b"$GR.")

RESERVED = (b"_R_.", b"$JS.ACK.", b"$NRG.", *_GATEWAY_PREFIXES)
"""What every subject that may be reserved begins with."""


@record
class Refusal:
    """text: of -ERR, without quotes around it. log: what the server logs."""

    text: bytes
    log: str


def is_routed_reply(subject: bytes) -> bool:
    """Tell whether a subject is one by which gateways send answers."""
    return subject.startswith(_GATEWAY_PREFIXES) and subject not in _GATEWAY_PREFIXES


def is_raft_subject(subject: bytes) -> bool:
    """Tell whether a subject is one by which servers of a cluster agree."""
    return subject.startswith(b"$NRG.")


def is_reserved_reply(reply: bytes) -> bool:
    """Tell whether the server keeps a reply subject for itself.

    Source: seen on nats-server 2.15.1; `_R_.` is refused with nothing behind it too.
    """
    return (
        reply.startswith(b"_R_.")
        or (reply.startswith(b"$JS.ACK.") and len(reply) > 8)
        or is_routed_reply(reply)
    )


def is_reserved_queue(queue: bytes) -> bool:
    """Tell whether the server keeps a queue group for itself."""
    return queue == _SYSTEM_QUEUE


def publish_violation(subject: bytes) -> Refusal:
    """Refuse a subject to a publisher."""
    quoted = quoted_bytes(subject)
    return Refusal(
        b"Permissions Violation for Publish to " + quoted,
        f"Publish Violation - Subject {quoted.decode()}",
    )


def reply_violation(reply: bytes) -> Refusal:
    """Refuse a reply subject to a publisher."""
    quoted = quoted_bytes(reply)
    return Refusal(
        b"Permissions Violation for Publish with Reply of " + quoted,
        f"Publish Violation - Reply {quoted.decode()}",
    )


def subscription_violation(subject: bytes, queue: bytes, sid: bytes) -> Refusal:
    """Refuse a subscription."""
    quoted = quoted_bytes(subject)
    text, log = b"", ""
    if queue:
        text = b" using queue " + quoted_bytes(queue)
        log = f", Queue: {quoted_bytes(queue).decode()}"
    return Refusal(
        b"Permissions Violation for Subscription to " + quoted + text,
        f"Subscription Violation - Subject {quoted.decode()}{log}, SID {_shown(sid)}",
    )


def tokens_violation(subject: bytes, sid: bytes) -> Refusal:
    """Refuse a subscription whose subject has too many tokens."""
    quoted = quoted_bytes(subject)
    return Refusal(
        b"Permissions Violation for Subscription to %b, too many tokens" % quoted,
        f"Subscription Violation Too Many Tokens - Subject {quoted.decode()}, SID {_shown(sid)}",
    )


def removal(subject: bytes, queue: bytes, sid: bytes, user: str) -> Refusal:
    """Take a subscription away that was allowed before a reload. user: as the log names it."""
    text = quoted_bytes(subject) + (b" using queue " + quoted_bytes(queue) if queue else b"")
    text += b" (sid %b)" % quoted_bytes(sid)
    return Refusal(
        b"Permissions Violation for Subscription to " + text,
        f"Removed sub {text.decode()} for {user} - not authorized",
    )


def _shown(sid: bytes) -> str:
    return sid.decode(errors="replace")
