"""What goes between one client and the server. A mode is a session that breaks one rule."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from natsim.conformance.wire.frames import FrameCutter

from .command import LINE_MAX, Command, CommandCutter
from .message import Message
from .subjects import takes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Json: TypeAlias = "dict[str, object]"

OK = b"+OK\r\n"
PING = b"PING\r\n"
PONG = b"PONG\r\n"
UNKNOWN = b"-ERR 'Unknown Protocol Operation'\r\n"
NONSENSE = b"?\r\n"
"""What the server answers with Unknown Protocol Operation and the end of the connection."""

_TLS = b"\x16"  # a ClientHello begins with it


@dataclass(slots=True)
class Subscription:
    """What a client asked for. delivered: messages so far. limit: as many as it may get."""

    sid: bytes
    subject: bytes
    queue: bytes | None
    delivered: int = 0
    limit: int | None = None


@dataclass(slots=True)
class House:
    """All that the sessions of one proxy have in common.

    sessions: the open ones. gone: queue groups that one member has left.
    """

    sessions: list[Session] = field(default_factory=list["Session"])
    gone: set[bytes] = field(default_factory=set[bytes])

    def subscriptions(self, subject: bytes) -> list[Subscription]:
        """Find who should get what is published on a subject."""
        return [each for each in self.everyone() if takes(each.subject, subject)]

    def everyone(self) -> list[Subscription]:
        """Give the subscriptions of all sessions."""
        return [each for session in self.sessions for each in session.subscriptions.values()]


class Session:
    """One connection through the proxy; this one breaks nothing.

    A mode overrides what happens to commands (of verbs only), or to frames of one kind; each gives
    what goes on instead. to_client, to_server: take bytes that leave at once.
    """

    verbs: ClassVar[frozenset[bytes]] = frozenset()
    line_max: ClassVar[int] = LINE_MAX

    def __init__(
        self,
        house: House,
        to_client: Callable[[bytes], object],
        to_server: Callable[[bytes], object],
    ) -> None:
        self.house = house
        self.to_client = to_client
        self.to_server = to_server
        self.options: Json = {}
        self.subscriptions: dict[bytes, Subscription] = {}
        self.is_closing = False
        self.is_encrypted = False
        self.server_info: Json = {}
        self.has_client_left = False
        self._refusal: bytes | None = None
        self._is_new = True
        self._commands = CommandCutter(self.verbs, self.line_max)
        self._frames = FrameCutter()
        self._pongs: deque[bytes | None] = deque()  # for each PING under way: what to say instead
        house.sessions.append(self)

    # What a mode may override.

    def command(self, command: Command) -> Iterable[bytes]:
        """Give what the server gets for a line of one of the verbs."""
        yield self.pass_on(command)

    def batch(self, frames: list[bytes]) -> Iterable[bytes]:
        """Give what the client gets for frames that came together."""
        for frame in frames:
            yield from self.frame(frame)

    def message(self, message: Message) -> Iterable[Message]:
        """Give what the client gets for a message."""
        yield message

    def info(self, line: bytes) -> Iterable[bytes]:
        """Give what the client gets for an INFO."""
        yield line

    def error(self, line: bytes) -> Iterable[bytes]:
        """Give what the client gets for an -ERR."""
        yield line

    def ok(self, line: bytes) -> Iterable[bytes]:
        """Give what the client gets for a +OK."""
        yield line

    def ping(self, line: bytes) -> Iterable[bytes]:
        """Give what the client gets for a PING."""
        yield line

    def pong(self, line: bytes) -> Iterable[bytes]:
        """Give what the client gets for the PONG to a PING of its own."""
        yield line

    def server_left(self) -> None:
        """Do what is to be done when the server has closed the connection."""
        self.is_closing = True

    # What a mode may use.

    def option(self, name: str, default: bool) -> bool:
        """Tell what CONNECT said of an option."""
        return bool(self.options.get(name, default))

    @property
    def is_verbose(self) -> bool:
        """Tell whether the client hears +OK."""
        return self.option("verbose", True)

    def pass_on(self, command: Command) -> bytes:
        """Give the command as it is."""
        if command.verb == b"PING":
            self._pongs.append(None)
        return command.line

    def swallow(self) -> bytes:
        """Keep a command and its payload from the server, and the client from noticing."""
        self.swallow_payload()
        return self.in_turn(OK) if self.is_verbose else b""

    def swallow_payload(self) -> None:
        """Keep the payload of a command from the server."""
        self._commands.skip_payload()

    def refuse(self, text: bytes | None = None) -> bytes:
        """Have the server find a command an unknown one, and close.

        text: what the client hears of it instead of the server's own; if empty, it hears nothing.
        """
        self._commands.skip_payload()
        self._refusal = text
        return NONSENSE

    def in_turn(self, answer: bytes) -> bytes:
        """Give what makes the server answer so, behind all that it has to say before."""
        self._pongs.append(answer)
        return PING

    # What the proxy calls.

    def from_client(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._is_new:
            self._is_new = False
            self.is_encrypted = data.startswith(_TLS)
        if self.is_encrypted:
            self.to_server(data)
            return
        # In one piece, as it came: to the server it matters what comes at once.
        passed: list[bytes] = []
        for part in self._commands.feed(data):
            if isinstance(part, bytes):
                passed.append(part)
                continue
            command, is_held = part
            if is_held:
                passed += self.command(command)
            self._observe(command, is_held)
        if any(passed):
            self.to_server(b"".join(passed))

    def from_server(self, data: bytes) -> None:
        """Take bytes of the server."""
        passed = data if self.is_encrypted else b"".join(self.batch(self._frames.feed(data)))
        if passed:
            self.to_client(passed)

    def leave(self) -> None:
        """Pass on what is no whole frame, and take the session out of the house."""
        if self not in self.house.sessions:
            return
        if self._frames.rest:
            self.to_client(self._frames.rest)
        self.house.sessions.remove(self)

    def frame(self, frame: bytes) -> Iterable[bytes]:
        """Give what the client gets for any frame."""
        verb = frame.split(None, 1)[0]
        if verb in (b"MSG", b"HMSG"):
            message = Message.parse(frame)
            for each in self.message(message):
                yield each.frame()
            self._count(message)
            return
        if verb == b"PONG" and self._pongs:
            instead = self._pongs.popleft()
            if instead is not None:
                yield instead
                return
        if verb == b"INFO":
            self.server_info |= json_of(frame.partition(b" ")[2]) or {}
        if frame == UNKNOWN and self._refusal is not None:
            frame = error_line(self._refusal) if self._refusal else b""
        kinds: dict[bytes, Callable[[bytes], Iterable[bytes]]] = {
            b"INFO": self.info,
            b"-ERR": self.error,
            b"+OK": self.ok,
            b"PING": self.ping,
            b"PONG": self.pong,
        }
        yield from kinds[verb](frame)

    def _count(self, message: Message) -> None:
        subscription = self.subscriptions.get(message.sid)
        if subscription is not None:
            subscription.delivered += 1
            if subscription.delivered == subscription.limit:
                del self.subscriptions[message.sid]

    def _observe(self, command: Command, is_held: bool) -> None:
        args = command.args
        match command.verb:
            case b"PING" if not is_held:
                self._pongs.append(None)
            case b"CONNECT":
                self.options |= json_of(args[0]) or {}
            case b"SUB" if len(args) in (2, 3) and args[-1] not in self.subscriptions:
                queue = args[1] if len(args) == 3 else None
                self.subscriptions[args[-1]] = Subscription(args[-1], args[0], queue)
            case b"UNSUB" if args and args[0] in self.subscriptions:
                limit = int(args[1]) if len(args) == 2 and args[1].isdigit() else 0
                if limit > self.subscriptions[args[0]].delivered:
                    self.subscriptions[args[0]].limit = limit
                else:
                    del self.subscriptions[args[0]]
            case _:
                pass


def error_line(text: bytes) -> bytes:
    """Write an -ERR."""
    return b"-ERR '%b'\r\n" % text


def json_of(text: bytes) -> Json | None:
    """Read a JSON object, its keys in small letters; None if it is none."""
    try:
        read: Json = json.loads(text.decode(errors="replace"))
        return {key.lower(): value for key, value in read.items()}
    except (ValueError, AttributeError, RecursionError):
        return None
