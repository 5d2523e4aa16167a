"""A subscription of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import Client
    from .stream_import import ImportedStream


class Subscription:
    """Interest of one client in one subject.

    sid: the client's own name for it, any text. queue: the queue group, empty for a plain one.
    serial: counts up over the whole broker; gives subscriptions an order.
    delivered: messages sent since SUB. limit: auto-unsubscribe after so many, 0 for none.
    is_active: False once removed; a match made before must not deliver to it.
    shadows: by which it gets what its account imports. stream: set in a shadow, which stands among
    the exporter's subscriptions; UNSUB with a limit does not reach it, in nats-server neither.
    """

    __slots__ = (
        "client",
        "delivered",
        "is_active",
        "limit",
        "queue",
        "serial",
        "shadows",
        "sid",
        "stream",
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
        self.shadows: tuple[Subscription, ...] = ()
        self.stream: ImportedStream | None = None

    def named(self, subject: bytes) -> bytes:
        """Give the name by which the client knows a subject that this matches."""
        return subject if self.stream is None else self.stream.name(subject)

    def is_kept_from(self, subject: bytes) -> bool:
        """Tell whether the client's permissions keep a message from it."""
        permissions = self.client.permissions
        return permissions is not None and permissions.hides(self.named(subject), self.queue)
