"""A state machine of a few lines in the place of a broker."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from natsim.broker.effects import Close, CloseReason, Effect, Send, StartTls
from natsim.broker.events import Connected, Event, Received

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.now import Now

T = TypeVar("T")

GREETING = b"hello\r\n"
FAREWELL = b"farewell\r\n"


class Scripted:
    """Keeps the events, and answers as it is told."""

    def __init__(self, react: Callable[[Event], list[Effect]]) -> None:
        self.events: list[Event] = []
        self._react = react

    def handle(self, event: Event, now: Now) -> list[Effect]:
        del now
        self.events.append(event)
        return self._react(event)

    def deadline(self) -> int | None:
        return None

    def of(self, kind: type[T]) -> list[T]:
        """Give the events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]


def echo(event: Event) -> list[Effect]:
    """Greet, send back what comes, close after `bye`."""
    match event:
        case Connected(conn):
            return [Send(conn, [GREETING])]
        case Received(conn, b"bye"):
            return [Send(conn, [FAREWELL]), Close(conn, CloseReason.CLIENT_CLOSED)]
        case Received(conn, data):
            return [Send(conn, [data])]
        case _:
            return []


def secure_echo(event: Event) -> list[Effect]:
    """Greet plainly, then want TLS."""
    return echo(event) + ([StartTls(event.conn, False)] if isinstance(event, Connected) else [])


def optionally_secure_echo(event: Event) -> list[Effect]:
    """Greet plainly, then take TLS or not."""
    return echo(event) + ([StartTls(event.conn, True)] if isinstance(event, Connected) else [])
