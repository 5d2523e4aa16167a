"""Subjects that the server keeps for itself, refused to any client."""

from natsim.record import record

from .encode import quote

_SYSTEM_QUEUE = b"_sys_"
_GATEWAY_PREFIXES = (b"_GR_.", b"$GR.")


@record
class Refusal:
    """text: of -ERR, without quotes around it. log: what the server logs."""

    text: bytes
    log: str


def publish_refusal(subject: bytes, reply: bytes) -> Refusal | None:
    """Tell why a message may not be published, None if it may.

    Source: seen on nats-server 2.15.1; `_R_.` is refused with nothing behind it too.
    """
    if _is_of_gateways(subject) or subject.startswith(b"$NRG."):
        return _violation(b"Permissions Violation for Publish to ", "Subject", subject)
    is_reserved = (
        reply.startswith(b"_R_.")
        or (reply.startswith(b"$JS.ACK.") and len(reply) > 8)
        or _is_of_gateways(reply)
    )
    if is_reserved:
        return _violation(b"Permissions Violation for Publish with Reply of ", "Reply", reply)
    return None


def subscribe_refusal(subject: bytes, queue: bytes) -> Refusal | None:
    """Tell why a subscription may not be made, None if it may."""
    if queue != _SYSTEM_QUEUE:
        return None
    text = b"Permissions Violation for Subscription to %b using queue %b"
    quoted = quote(subject)
    log = f"Subscription Violation - Subject {quoted.decode()}, Queue: {quote(queue).decode()}"
    return Refusal(text % (quoted, quote(queue)), log)


def _is_of_gateways(subject: bytes) -> bool:
    return subject.startswith(_GATEWAY_PREFIXES) and subject not in _GATEWAY_PREFIXES


def _violation(text: bytes, kind: str, subject: bytes) -> Refusal:
    quoted = quote(subject)
    return Refusal(text + quoted, f"Publish Violation - {kind} {quoted.decode()}")
