"""A subscription of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import Client


class Subscription:
    """Interest of one client in one subject.

    sid: the client's own name for it, any text. queue: the queue group, empty for a plain one.
    serial: counts up over the whole broker; gives subscriptions an order.
    delivered: messages sent since SUB. limit: auto-unsubscribe after so many, 0 for none.
    is_active: False once removed; a match made before must not deliver to it.
    """

    __slots__ = (
        "client",
        "delivered",
        "is_active",
        "limit",
        "queue",
        "serial",
        "sid",
        "subject",
    )

    def __init__(
        self, client: Client, sid: bytes, subject: bytes, queue: bytes, serial: int
    ) -> None:
        self.client = client
        self.sid = sid
        self.subject = subject
        self.queue = queue
        self.serial = serial
        self.delivered = 0
        self.limit = 0
        self.is_active = True
