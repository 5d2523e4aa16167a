"""Talking to a broker in a test, without any network."""

import re
from collections.abc import Callable

from natsim.broker.effects import Abort, Close, Effect, Note, Send, Verify
from natsim.broker.events import (
    Connected,
    ConnectionKind,
    Disconnected,
    Drained,
    Event,
    Received,
    Secured,
    TimeReached,
    TlsSession,
    Verified,
)
from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.options import Options
from natsim.broker.now import SECOND_NS, Now

from .dialogue import QUIET as MANNERS
from .dialogue import Dialogue, connect_line

MILLISECOND_NS = 1_000_000

QUIET = b'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}\r\n'


class Conversation:
    """A broker, and what each of its clients was sent and has not looked at yet.

    draws: what the broker's entropy gives, one after the other; 0 when there is no more.
    """

    def __init__(
        self, options: Options | None = None, draws: list[int] | None = None, wall_ns: int = 0
    ) -> None:
        self._draws = list(draws or [])
        options = options or Options()
        identity = make_identity(options.server_name, "test", self._draw)
        self.broker = Broker(options, identity, self._draw, Now(0, wall_ns))
        self.now_ns = 0
        self._wall_ns = wall_ns
        self.effects: list[Effect] = []
        self.notes: list[Note] = []
        self._inbox: dict[int, bytes] = {}
        self.closed: dict[int, Close | Abort] = {}

    def greet(
        self,
        conn: int,
        kind: ConnectionKind = ConnectionKind.CLIENT,
        tls: TlsSession | None = None,
    ) -> bytes:
        """Connect a client; give its greeting."""
        self.tell(Connected(conn, "127.0.0.1", 50_000 + conn, kind, tls))
        return self.heard(conn)

    def secure(self, conn: int, tls: TlsSession) -> None:
        """Let a client's handshake be done."""
        self.tell(Secured(conn, tls))

    def verify(self, conn: int, is_right: bool) -> bytes:
        """Answer what the broker asks of a client's password; give what the client then hears."""
        assert [type(effect) for effect in self.effects].count(Verify) == 1
        self.tell(Verified(conn, is_right))
        return self.heard(conn)

    def join(self, conn: int, sent: bytes = b"") -> None:
        """Connect a client that is neither verbose nor pedantic, and let it say something."""
        self.greet(conn)
        self.say(conn, QUIET + sent)

    def log_in(self, conn: int, user: str, sent: bytes = b"") -> bytes:
        """Connect a user, a millisecond after its greeting, and let it say something more."""
        self.greet(conn)
        self.now_ns += MILLISECOND_NS
        return self.say(conn, connect_line(user, MANNERS) + sent)

    def say(self, conn: int, sent: bytes) -> bytes:
        """Let a client say something; give what it then hears."""
        self.tell(Received(conn, sent))
        return self.heard(conn)

    def turns_of(self, dialogue: Dialogue) -> Callable[[str, bytes], dict[str, bytes]]:
        """Let users speak in turns, each by a connection that begins with its first turn."""
        conns: dict[str, int] = {}

        def say(who: str, said: bytes) -> dict[str, bytes]:
            if who not in conns:
                conns[who] = len(conns) + 1
                self.greet(conns[who])
                self.now_ns += MILLISECOND_NS
                said = connect_line(who, dialogue.manners) + said
            self.tell(Received(conns[who], said))
            return {name: self.heard(conn) for name, conn in conns.items()}

        return say

    def heard(self, conn: int) -> bytes:
        """Give what a client was sent since it last looked."""
        return self._inbox.pop(conn, b"")

    def drain(self, conn: int, pending: int) -> None:
        """Tell the broker how much of what it sent is left."""
        self.tell(Drained(conn, pending))

    def leave(self, conn: int) -> None:
        """Let a client's connection end."""
        self.tell(Disconnected(conn, ""))

    def pass_to(self, seconds: float) -> None:
        """Let time pass up to a moment; what is due happens at its time."""
        end_ns = round(seconds * SECOND_NS)
        while (due_ns := self.broker.deadline()) is not None and due_ns <= end_ns:
            self.now_ns = max(due_ns, self.now_ns)
            self.tell(TimeReached())
        self.now_ns = end_ns

    def tell(self, event: Event) -> None:
        """Tell the broker that something happened."""
        self.effects = self.broker.handle(event, self._now())
        for effect in self.effects:
            if isinstance(effect, Send):
                heard = self._inbox.get(effect.conn, b"") + b"".join(effect.chunks)
                self._inbox[effect.conn] = heard
            elif isinstance(effect, Note):
                self.notes.append(effect)
            elif isinstance(effect, Close | Abort):
                self.closed[effect.conn] = effect

    def _now(self) -> Now:
        return Now(self.now_ns, self._wall_ns + self.now_ns)

    def _draw(self, n: int) -> int:
        return self._draws.pop(0) % n if self._draws else 0


def without_info(heard: bytes) -> bytes:
    """Replace each INFO line by <INFO>."""
    return re.sub(rb"INFO \{[^\r]*\} \r\n", b"<INFO>", heard)
