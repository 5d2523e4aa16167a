"""A history written by hand, for tests of what reads histories."""

from collections.abc import Mapping
from hashlib import sha256

from .entry import (
    Changed,
    Completed,
    ConnectionChange,
    Delivered,
    Entry,
    Faulted,
    Invoked,
    Json,
    Marked,
    OperationKind,
    OpError,
    Outcome,
    Phase,
)

STEP_NS = 1_000_000


class Story:
    """Writes entries one after the other, a millisecond apart, and knows who is connected.

    Every method returns the index of the last entry it wrote. Nothing is checked: a story may tell
    of a broken server, which is what most are for.

    >>> story = Story()
    >>> story.connect("p1", "n1")
    1
    >>> story.entries[1].value["conn"]
    'p1#1'
    """

    __slots__ = ("_connections", "_counts", "_payloads", "_subjects", "entries", "t")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.t = 0
        self._connections: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._subjects: dict[str, str] = {}
        self._payloads: dict[str, bytes] = {}

    def connect(self, client: str, server: str = "n1", server_id: str = "") -> int:
        """Connect for the first time."""
        op = self.invoke(client, "connect", {"servers": [server]})
        conn = self._next_connection(client)
        value: dict[str, Json] = {
            "conn": conn,
            "server": server,
            "server_id": server_id or f"{server}-id",
            "cid": 1,
        }
        return self.complete(op, value=value)

    def reconnect(self, client: str, server: str = "n1", server_id: str = "") -> int:
        """Tell that the client has a new connection, with its subscriptions proved."""
        conn = self._next_connection(client)
        value: dict[str, Json] = {"server": server, "server_id": server_id or f"{server}-id"}
        return self._change(client, "connected", conn, value)

    def lose(self, client: str) -> int:
        """Tell that the client noticed the end of its connection."""
        return self._change(client, "disconnected", self._connections.pop(client))

    def closed(self, client: str) -> int:
        """Tell that the client will not connect again."""
        conn = self._connections.pop(client, f"{client}#{self._counts.get(client, 0)}")
        return self._change(client, "closed", conn)

    def error(self, client: str, text: str) -> int:
        """Tell of an error."""
        return self._change(client, "error", self._conn_text(client), {"text": text})

    def subscribe(
        self,
        sub: str,
        subject: str,
        queue: str | None = None,
        max_messages: int | None = None,
        outcome: Outcome = Outcome.OK,
    ) -> int:
        """Subscribe."""
        client = sub.partition(".")[0]
        value: dict[str, Json] = {"sub": sub, "conn": self.conn(client), "subject": subject}
        if queue is not None:
            value["queue"] = queue
        if max_messages is not None:
            value["max"] = max_messages
        return self.complete(self.invoke(client, "subscribe", value), outcome)

    def unsubscribe(
        self, sub: str, max_messages: int | None = None, outcome: Outcome = Outcome.OK
    ) -> int:
        """Unsubscribe, at once or after a number of messages."""
        client = sub.partition(".")[0]
        value: dict[str, Json] = {"sub": sub, "conn": self.conn(client)}
        if max_messages is not None:
            value["max"] = max_messages
        return self.complete(self.invoke(client, "unsubscribe", value), outcome)

    def publish(self, msg: str, subject: str, reply: str | None = None) -> int:
        """Publish; the process is the message id up to its number, `p1.a` for `p1.a/17`."""
        value = self._payload_value(msg, subject)
        if reply is not None:
            value["reply"] = reply
        self.invoke(_process_of(msg), "publish", value, op=msg)
        return self.here

    def refuse(self, msg: str) -> int:
        """Tell that the client refused a publish."""
        error = OpError(is_definite=True, code="max-payload", text="maximum payload exceeded")
        return self.complete(msg, Outcome.FAIL, error=error)

    def request(self, msg: str, subject: str) -> int:
        """Begin a request."""
        value = self._payload_value(msg, subject)
        value["timeout"] = 1_000 * STEP_NS
        self.invoke(_process_of(msg), "request", value, op=msg)
        return self.here

    def answered(self, msg: str, answer: str, payload: bytes | None = None) -> int:
        """Tell that a request was answered."""
        content = payload if payload is not None else self._payloads.get(answer, b"?")
        value: dict[str, Json] = {"msg": answer, "size": len(content), "sha": _sha(content)}
        return self.complete(msg, value=value)

    def timed_out(self, msg: str) -> int:
        """Tell that a request was not answered in time."""
        error = OpError(is_definite=False, code="timeout", text="no answer")
        return self.complete(msg, Outcome.INFO, error=error)

    def no_responders(self, msg: str) -> int:
        """Tell that the server answered a request with status 503."""
        error = OpError(is_definite=True, code="no-responders", text="no responders")
        return self.complete(msg, Outcome.FAIL, error=error)

    def deliver(
        self,
        sub: str,
        msg: str,
        subject: str | None = None,
        payload: bytes | None = None,
        reply: str | None = None,
    ) -> int:
        """Tell that a subscription's callback saw a message, as published unless said otherwise."""
        client = sub.partition(".")[0]
        content = payload if payload is not None else self._payloads.get(msg, b"?")
        return self._add(
            Delivered(
                t=self._tick(),
                process=client,
                conn=self._conn_text(client),
                sub=sub,
                subject=subject if subject is not None else self._subjects.get(msg, "?"),
                msg=msg or None,
                size=len(content),
                sha=_sha(content),
                reply=reply,
            )
        )

    def flush(self, client: str) -> int:
        """Put up a barrier that holds."""
        return self.complete(self.start_flush(client))

    def start_flush(self, client: str) -> str:
        """Begin a barrier and return its operation id, for `complete`."""
        return self.invoke(f"{client}.flush", "flush", {"conn": self.conn(client)})

    def drain(self, client: str) -> int:
        """Drain and close."""
        op = self.invoke(client, "drain", {"conn": self.conn(client)})
        self.closed(client)
        return self.complete(op)

    def close(self, client: str) -> int:
        """Close without draining."""
        op = self.invoke(client, "close", {"conn": self.conn(client)})
        self.closed(client)
        return self.complete(op)

    def fault_begins(self, fault: str) -> int:
        """Begin a fault."""
        return self._add(Faulted(self._tick(), fault, "partition", is_begin=True, achieved={}))

    def fault_ends(self, fault: str) -> int:
        """End a fault."""
        return self._add(Faulted(self._tick(), fault, "partition", is_begin=False, achieved={}))

    def end(self) -> int:
        """Write the end mark."""
        return self._add(Marked(self._tick(), Phase.END))

    def invoke(
        self, process: str, f: OperationKind, value: Mapping[str, Json], op: str | None = None
    ) -> str:
        """Begin any operation and return its id."""
        id_ = op if op is not None else f"{process}/{f}/{len(self.entries)}"
        self._add(Invoked(self._tick(), process, id_, f, value))
        return id_

    def complete(
        self,
        op: str,
        outcome: Outcome = Outcome.OK,
        value: Mapping[str, Json] | None = None,
        error: OpError | None = None,
    ) -> int:
        """End an operation."""
        invoked = next(
            entry
            for entry in reversed(self.entries)
            if isinstance(entry, Invoked) and entry.op == op
        )
        return self._add(
            Completed(self._tick(), invoked.process, op, invoked.f, outcome, value or {}, error)
        )

    def conn(self, client: str) -> str | None:
        """Give the client's current epoch."""
        return self._connections.get(client)

    @property
    def here(self) -> int:
        """The index of the last entry."""
        return len(self.entries) - 1

    def _payload_value(self, msg: str, subject: str) -> dict[str, Json]:
        payload = f"{msg} ".encode()
        self._subjects[msg] = subject
        self._payloads[msg] = payload
        return {
            "msg": msg,
            "conn": self.conn(_process_of(msg).partition(".")[0]),
            "subject": subject,
            "size": len(payload),
            "sha": _sha(payload),
        }

    def _next_connection(self, client: str) -> str:
        self._counts[client] = self._counts.get(client, 0) + 1
        self._connections[client] = f"{client}#{self._counts[client]}"
        return self._connections[client]

    def _conn_text(self, client: str) -> str:
        return self._connections.get(client, f"{client}#{self._counts.get(client, 0)}")

    def _change(
        self,
        client: str,
        change: ConnectionChange,
        conn: str,
        value: Mapping[str, Json] | None = None,
    ) -> int:
        return self._add(Changed(self._tick(), client, change, conn, value or {}))

    def _add(self, entry: Entry) -> int:
        self.entries.append(entry)
        return self.here

    def _tick(self) -> int:
        self.t += STEP_NS
        return self.t


def _process_of(msg: str) -> str:
    """Give the process that publishes a message; an answer's is its subscription."""
    return msg.partition("<")[0].rpartition("/")[0] or msg.partition("<")[0]


def _sha(payload: bytes) -> str:
    return sha256(payload).hexdigest()[:16]
