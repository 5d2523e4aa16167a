"""Workload payloads: a message id, one space, and filler up to the size."""

from hashlib import sha256

_FILLER = b"0123456789abcdefghijklmnopqrstuvwxyz.-" * 32
_ID_BYTES_MAX = 256


def make_payload(message: str, size: int) -> bytes:
    """Make the payload of a message id; longer than size only when the id alone is.

    >>> make_payload("p1.a/7", 12)
    b'p1.a/7 01234'
    """
    head = message.encode() + b" "
    missing = size - len(head)
    if missing <= 0:
        return head
    repeats = missing // len(_FILLER) + 1
    return head + (_FILLER * repeats)[:missing]


def message_of(payload: bytes) -> str | None:
    """Give the message id a payload begins with, None when it begins with none.

    >>> message_of(b"p1.a/7 01234"), message_of(b"hello"), message_of(b" x")
    ('p1.a/7', None, None)
    """
    end = payload.find(b" ", 0, _ID_BYTES_MAX)
    if end <= 0:
        return None
    text = payload[:end]
    return text.decode() if text.isascii() else None


def fingerprint(payload: bytes) -> str:
    """Give the first 16 hexadecimal digits of the payload's SHA-256."""
    return sha256(payload).hexdigest()[:16]


def answer_id(subscription: str, request: str) -> str:
    """Name the answer of a subscription to a request: `r1.a<q1.a/3`."""
    return f"{subscription}<{request}"
