"""The trace of a server: every command in and out, in the log, as nats-server's -V shows them.

Law of the file: what is traced is what the broker was given and what it gave, cut into commands
again; the broker itself does not know that anyone looks.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from natsim.broker.effects import Abort, Close, Send
from natsim.broker.events import Connected, ConnectionKind, Disconnected, Received
from natsim.broker.nats.commands import (
    Command,
    Complaint,
    Connect,
    Info,
    Okay,
    Ping,
    Pong,
    Publish,
    PublishLine,
    Subscribe,
    Unsubscribe,
)
from natsim.broker.nats.parser import Parser, ProtocolError
from natsim.broker.nats.quote import quoted_bytes

from .sinks import TRACE

if TYPE_CHECKING:
    from natsim.broker.effects import Effect
    from natsim.broker.events import Event
    from natsim.broker.now import Now
    from natsim.harness.driver import StateMachine

    from .log import ServerLog

_SECRET = re.compile(rb'("(?:pass|auth_token|jwt|sig)"\s*:\s*)"(?:[^"\\]|\\.)*"')
_REDACTED = rb'\1"[REDACTED]"'

_LINE_BYTES_MAX = 1 << 30  # the broker's own parser holds the client to its limit
_CRLF = b"\r\n"


class ProtocolTrace:
    """Stands before a broker and writes what passes.

    It costs several times what the broker costs: for looking, not for load. Connections that were
    there before it are not traced. payload_max: bytes shown of a payload, 0 for all.
    """

    def __init__(self, broker: StateMachine, log: ServerLog, payload_max: int) -> None:
        self._broker = broker
        self._log = log
        self._payload_max = payload_max
        self._peers: dict[int, _Peer] = {}

    def handle(self, event: Event, now: Now) -> list[Effect]:
        """Let the broker handle an event; write what came and what goes."""
        match event:
            case Connected():
                self._peers[event.conn] = _Peer(event, self._payload_max)
            case Received() if event.conn in self._peers:
                peer = self._peers[event.conn]
                for line in peer.commands(event.data):
                    self._write(peer, "<<-", line)
            case Disconnected():
                self._peers.pop(event.conn, None)
            case _:
                pass
        effects = self._broker.handle(event, now)
        for effect in effects:
            match effect:
                case Send() if effect.conn in self._peers:
                    peer = self._peers[effect.conn]
                    for line in peer.sent(b"".join(effect.chunks)):
                        self._write(peer, "->>", line)
                case Close() | Abort():
                    # The driver tells no more of one that the broker closes.
                    self._peers.pop(effect.conn, None)
                case _:
                    pass
        return effects

    def deadline(self) -> int | None:
        """Tell when the broker wants to be called."""
        return self._broker.deadline()

    def _write(self, peer: _Peer, arrow: str, line: bytes) -> None:
        text = line.decode("utf-8", "backslashreplace")
        self._log.write(TRACE, f"{peer.address} - {peer.word}:{peer.cid} - {arrow} {text}")


class _Peer:
    """A connection, as the trace knows it."""

    def __init__(self, event: Connected, payload_max: int) -> None:
        self.address = f"{event.peer_host}:{event.peer_port}"
        self.word = "wid" if event.kind is ConnectionKind.WEBSOCKET else "cid"
        self.cid = 0
        self._payload_max = payload_max
        self._parser: Parser | None = Parser(_LINE_BYTES_MAX)

    def commands(self, data: bytes) -> list[bytes]:
        """Give what the client said, until it breaks the protocol."""
        lines: list[bytes] = []
        if self._parser is None:
            return lines
        self._parser.feed(data)
        try:
            while (command := self._parser.next()) is not None:
                lines.append(self._received(command))
        except ProtocolError:
            self._parser = None
        return lines

    def sent(self, data: bytes) -> list[bytes]:
        """Cut what the broker sends into its lines and payloads: a Send always holds whole ones."""
        lines: list[bytes] = []
        pos = 0
        while pos < len(data):
            end = data.index(_CRLF, pos)
            line = data[pos:end]
            pos = end + len(_CRLF)
            verb = line.partition(b" ")[0]
            if verb == b"INFO" and not self.cid:
                # The greeting: nats-server does not trace it either.
                self.cid = int(json.loads(line[len(verb) :])["client_id"])
            elif verb in (b"MSG", b"HMSG"):
                size = int(line.rpartition(b" ")[2])
                lines += [b"[%b]" % line, self._payload(data[pos : pos + size])]
                pos += size + len(_CRLF)
            elif verb == b"-ERR":
                lines.append(b"[-ERR %b]" % line[len(b"-ERR ") :].strip(b"'"))
            else:
                lines.append(b"[%b]" % line.removeprefix(b"+"))
        return lines

    def _received(self, command: Command) -> bytes:
        """Write a client's command: a payload quoted, the rest in brackets."""
        match command:
            case Publish():
                return self._payload(command.frame.removesuffix(_CRLF))
            case PublishLine():
                verb = b"PUB" if command.header_text is None else b"HPUB"
                words = [
                    verb,
                    command.subject,
                    command.reply,
                    command.header_text,
                    command.size_text,
                ]
            case Subscribe():
                words = [b"SUB", command.subject, command.queue, command.sid]
            case Unsubscribe():
                words = [b"UNSUB", command.sid, b"%d" % command.limit if command.limit else None]
            case Connect():
                words = [b"CONNECT", _SECRET.sub(_REDACTED, command.json)]
            case Info():
                words = [b"INFO", command.json]
            case Complaint():
                words = [b"-ERR", command.text]
            case Ping() | Pong() | Okay():
                words = [{Ping: b"PING", Pong: b"PONG", Okay: b"OK"}[type(command)]]
        return b"[%b]" % b" ".join(word for word in words if word)

    def _payload(self, payload: bytes) -> bytes:
        limit = self._payload_max
        if limit and len(payload) > limit:
            return b"MSG_PAYLOAD: [%b]" % quoted_bytes(payload[:limit] + b"...")
        return b"MSG_PAYLOAD: [%b]" % quoted_bytes(payload)
