"""A connection that is gone, as /connz?state=closed tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from natsim.broker.effects import CloseReason
    from natsim.broker.now import Now

    from .client import Client
    from .subscription import Subscription


class Closed:
    """A client as it was when its connection ended.

    client: without what only an open connection needs. subscriptions: those it still had.
    """

    __slots__ = ("client", "reason", "stop", "subscriptions")

    def __init__(self, client: Client, stop: Now, reason: CloseReason) -> None:
        self.client = client
        self.stop = stop
        self.reason = reason
        self.subscriptions: tuple[Subscription, ...] = tuple(client.subscriptions.values())
        client.parser.forget()
        client.held = None
