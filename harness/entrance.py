"""How connections come in by a listener."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.events import ConnectionKind

if TYPE_CHECKING:
    from natsim.broker.nats.options.websocket import WebsocketOptions

    from .layers.tls_context import ServerTls


class Entrance:
    """What a listener expects of those who connect: TLS, WebSocket, both or neither.

    tls: for StartTls, or before anything else where its options or a WebSocket want so.
    What is put in the place of either counts for the connections that follow: a reload does so.
    """

    __slots__ = ("tls", "websocket")

    def __init__(
        self, tls: ServerTls | None = None, websocket: WebsocketOptions | None = None
    ) -> None:
        self.tls = tls
        self.websocket = websocket

    @property
    def kind(self) -> ConnectionKind:
        """What its connections are, in the words of /connz."""
        return ConnectionKind.CLIENT if self.websocket is None else ConnectionKind.WEBSOCKET
