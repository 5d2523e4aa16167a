"""A small world that plays the reference model and writes the history a healthy server leaves.

It has everything that makes a loss legal: bytes held back while disconnected, connections that
break with bytes in flight either way, half-open connections that live on at the server and still
take late bytes, attempts to connect that nobody is told of, killed servers, slow callbacks, clients
that drop for want of room, and unsubscribes on their way.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256

from natsim.harness.history.entry import (
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
from natsim.harness.model.broker import Options, ReferenceBroker, Subscribed, Taker

from .pieces import Client, Msg, Ping, Pub, Server, Sub, Subscription, Unsub, Wire
from .weights import Weights

Choose = Callable[[int], int]

SUBJECTS = ("a", "a.b", "a.b.c", "b.x", "b.y", "c.*", "d..e")
PATTERNS = ("a", "a.b", "a.*", "a.>", ">", "b.*", "*.x", "b.y", "c.*", "c.>")
QUEUES = ("g", "h")
MUX = "mux"


class World:
    """Plays steps at random and records what its clients see.

    choose(n): an int in [0, n). stays: how many clients of four stay at the end, undrained.
    """

    def __init__(self, choose: Choose, weights: Weights, servers: int = 1, stays: int = 1) -> None:
        self.choose = choose
        self.weights = weights
        self.stays = stays
        self.entries: list[Entry] = []
        self.t = 0
        self.servers = [Server(f"n{number + 1}") for number in range(servers)]
        self.wires: list[Wire] = []
        self.clients = [
            Client(name, self.servers[number % servers], choose(3) == 0, choose(5) == 0)
            for number, name in enumerate(("p1", "p2", "s1", "s2", "s3"))
        ]
        self.serial = 0
        self.open: dict[str, Invoked] = {}

    def play(self, steps: int) -> list[Entry]:
        """Set up, take steps, settle, and end."""
        self.set_up()
        for _ in range(steps):
            self.step()
        self.settle()
        return self.entries

    def set_up(self) -> None:
        for client in self.clients:
            self.connect(client)
        for number, client in enumerate(self.clients[2:]):
            self.subscribe(client, "a.>" if number else ">", None, None, is_answering=False)
            self.subscribe(client, "b.*", "g", None, is_answering=True)
            self.subscribe(client, "b.x", None, None, is_answering=number == 2)
            self.subscribe(client, "a.>", "h", None, is_answering=False)
        self.work_off()

    def settle(self) -> None:
        for client in self.clients:
            if client.is_closed:
                continue
            while client.conn is None or client.wire is None or not client.wire.is_held_by_client:
                self.notice(client)
                if client.wire is None:
                    self.reconnect(client)
                self.work_off()
        for _ in range(3):
            for client in self.clients:
                self.flush(client)
            self.work_off()
        for client in self.clients:
            if client.request is not None:
                self.time_out(client)
            if not client.is_closed and self.choose(4) >= self.stays:
                self.drain(client)
        self.record(Marked(self.tick(), Phase.END))

    def step(self) -> None:
        names = list(self.weights.__dataclass_fields__)
        weights: list[int] = [getattr(self.weights, name) for name in names]
        place = self.choose(sum(weights))
        for name, weight in zip(names, weights, strict=True):
            place -= weight
            if place < 0:
                getattr(self, f"step_{name}")()
                return

    def step_publish(self) -> None:
        client = self.any_client()
        process = f"{client.name}.{'ab'[self.choose(2)]}"
        self.publish(client, process, SUBJECTS[self.choose(len(SUBJECTS))])

    def step_flush(self) -> None:
        self.flush(self.any_client())

    def step_send(self) -> None:
        self.send(self.any_client())

    def step_serve(self) -> None:
        wires = [wire for wire in self.wires if wire.is_held_by_server and wire.up]
        if wires:
            self.serve(wires[self.choose(len(wires))])

    def step_read(self) -> None:
        clients = [client for client in self.clients if self.has_frames(client)]
        if clients:
            self.read(clients[self.choose(len(clients))])

    def step_call(self) -> None:
        client = self.any_client()
        if client.inbox and self.choose(2):
            self.hear(client)
            return
        ready = [sub for sub in client.subscriptions.values() if sub.local and sub.owed is None]
        if ready:
            self.call(client, ready[self.choose(len(ready))])

    def step_answer(self) -> None:
        for client in [client for client in self.clients if not client.is_stuck]:
            for subscription in client.subscriptions.values():
                if subscription.owed is not None and self.choose(2):
                    self.answer(client, subscription)
                    return

    def step_request(self) -> None:
        client = self.any_client()
        if client.request is None and not client.is_closed:
            self.request(client, ("b.x", "b.y", "z.nobody")[self.choose(3)])

    def step_time_out(self) -> None:
        client = self.any_client()
        if client.request is not None:
            self.time_out(client)

    def step_subscribe(self) -> None:
        client = self.any_client()
        if client.conn is not None:
            queue = None if self.choose(3) else QUEUES[self.choose(2)]
            limit = None if self.choose(3) else 1 + self.choose(4)
            pattern = PATTERNS[self.choose(len(PATTERNS))]
            self.subscribe(client, pattern, queue, limit, is_answering=self.choose(4) == 0)

    def step_unsubscribe(self) -> None:
        client = self.any_client()
        names = list(client.subscriptions)
        if names and not client.is_closed:
            limit = None if self.choose(2) else 1 + self.choose(6)
            self.unsubscribe(client, names[self.choose(len(names))], limit)

    def step_cut(self) -> None:
        wires = [wire for wire in self.wires if wire.is_held_by_client]
        if wires:
            self.cut(wires[self.choose(len(wires))], is_server_told=self.choose(2) == 0)

    def step_notice(self) -> None:
        self.notice(self.any_client())

    def step_reconnect(self) -> None:
        client = self.any_client()
        if client.wire is None and not client.is_closed:
            client.server = self.servers[self.choose(len(self.servers))]
            self.reconnect(client)

    def step_reap(self) -> None:
        ghosts = [w for w in self.wires if w.is_held_by_server and not w.is_held_by_client]
        if ghosts:
            self.reap(ghosts[self.choose(len(ghosts))])

    def step_kill(self) -> None:
        if self.choose(4) == 0:
            self.kill(self.servers[self.choose(len(self.servers))])

    def step_close(self) -> None:
        client = self.any_client()
        if self.choose(12) == 0 and client.conn is not None and not client.is_closed:
            self.close(client)

    def connect(self, client: Client) -> None:
        op = self.invoke(client.name, "connect", {"servers": [client.server.name]})

        def begin() -> None:
            self.name_epoch(client)
            self.complete(op, value=self.identity(client))

        self.dial(client, begin)
        self.work_off()

    def reconnect(self, client: Client) -> None:
        def begin() -> None:
            self.name_epoch(client)
            value = self.identity(client)
            conn = value.pop("conn")
            assert isinstance(conn, str)
            self.change(client, "connected", conn, value)

        self.dial(client, begin)

    def dial(self, client: Client, begin: Callable[[], None]) -> None:
        self.serial += 1
        wire = Wire(f"{client.name}~{self.serial}", client.server, client.server.id)
        wire.server.broker.connect(wire.key, Options(no_responders=True))
        self.wires.append(wire)
        client.wire = wire
        wire.up.append(Sub(MUX, f"_INBOX.{client.name}.*", None))
        for name, subscription in list(client.subscriptions.items()):
            rest = None
            if subscription.is_ending:
                del client.subscriptions[name]
                continue
            if client.is_raw:
                subscription.received = 0
            if subscription.max_messages is not None:
                rest = subscription.max_messages - subscription.received
                if rest <= 0:
                    # As nats-py does: forgotten, though its queue is worked off.
                    if not subscription.local and subscription.owed is None:
                        del client.subscriptions[name]
                    continue
            wire.up.append(Sub(subscription.sid, subscription.pattern, subscription.queue))
            if rest is not None:
                wire.up.append(Unsub(subscription.sid, rest))
        self.ping(wire, Ping(begin, lambda: None))

    def name_epoch(self, client: Client) -> None:
        client.epochs += 1
        client.conn = f"{client.name}#{client.epochs}"

    def identity(self, client: Client) -> dict[str, Json]:
        assert client.wire is not None
        return {
            "conn": client.conn,
            "server": client.wire.server.name,
            "server_id": client.wire.server_id,
            "cid": self.serial,
        }

    def publish(self, client: Client, process: str, subject: str) -> None:
        msg = f"{process}/{self.number(client, process)}"
        self.record_publish(client, process, msg, subject, "publish", {})
        if client.is_closed:
            error = OpError(is_definite=True, code="closed", text="connection closed")
            self.complete(msg, Outcome.FAIL, error=error)
            return
        client.held.append(Pub(subject, msg, None))

    def request(self, client: Client, subject: str) -> None:
        process = f"{client.name}.q"
        msg = f"{process}/{self.number(client, process)}"
        self.record_publish(client, process, msg, subject, "request", {"timeout": 1_000_000})
        client.request = msg
        client.held.append(Pub(subject, msg, f"_INBOX.{client.name}.{msg.replace('.', '-')}"))

    def record_publish(
        self,
        client: Client,
        process: str,
        msg: str,
        subject: str,
        f: OperationKind,
        more: Mapping[str, Json],
    ) -> None:
        value: dict[str, Json] = {
            "msg": msg,
            "conn": client.conn,
            "subject": subject,
            "size": len(msg) + 1,
            "sha": sha_of(msg),
            **more,
        }
        self.invoke(process, f, value, op=msg)

    def time_out(self, client: Client) -> None:
        assert client.request is not None
        error = OpError(is_definite=False, code="timeout", text="no answer")
        self.complete(client.request, Outcome.INFO, error=error)
        client.request = None

    def flush(self, client: Client) -> None:
        if client.conn is None or client.wire is None:
            return
        op = self.invoke(f"{client.name}.flush", "flush", {"conn": client.conn})
        self.send(client)
        self.prove(client, op)

    def prove(self, client: Client, op: str) -> None:
        """End an operation well when a PING that is sent now is answered on this connection."""
        assert client.wire is not None

        def give_up() -> None:
            error = OpError(is_definite=False, code="disconnected", text="connection lost")
            self.complete(op, Outcome.INFO, error=error)

        self.ping(client.wire, Ping(lambda: self.complete(op), give_up))

    def ping(self, wire: Wire, ping: Ping) -> None:
        wire.pings.append(ping)
        if wire.is_held_by_client:
            wire.up.append(ping)

    def send(self, client: Client) -> None:
        """Write what the client holds; on a broken connection that is the end of it."""
        wire = client.wire
        if wire is None:
            return
        if wire.is_held_by_client:
            wire.up.extend(client.held)
        client.held.clear()

    def subscribe(
        self,
        client: Client,
        pattern: str,
        queue: str | None,
        limit: int | None,
        *,
        is_answering: bool,
    ) -> None:
        if client.wire is None:
            return
        name = f"{client.name}.s{self.number(client, 'sub')}"
        value: dict[str, Json] = {"sub": name, "conn": client.conn, "subject": pattern}
        if queue is not None:
            value["queue"] = queue
        if limit is not None:
            value["max"] = limit
        op = self.invoke(client.name, "subscribe", value)
        subscription = Subscription(name, name, pattern, queue, is_answering, limit)
        client.subscriptions[name] = subscription
        client.held.append(Sub(name, pattern, queue))
        if limit is not None:
            client.held.append(Unsub(name, limit))
        self.send(client)
        self.prove(client, op)

    def unsubscribe(self, client: Client, name: str, limit: int | None) -> None:
        subscription = client.subscriptions[name]
        value: dict[str, Json] = {"sub": name, "conn": client.conn}
        if limit is not None:
            value["max"] = limit
        op = self.invoke(client.name, "unsubscribe", value)
        subscription.max_messages = limit
        if limit is None and client.is_raw:
            subscription.is_ending = True
        elif limit is None or (subscription.received >= limit and not subscription.local):
            del client.subscriptions[name]
        if client.wire is None:
            error = OpError(is_definite=False, code="disconnected", text="not sent")
            self.complete(op, Outcome.INFO, error=error)
            return
        client.held.append(Unsub(name, limit))
        self.send(client)
        self.prove(client, op)

    def has_frames(self, client: Client) -> bool:
        wire = client.wire
        return wire is not None and wire.is_held_by_client and bool(wire.down)

    def read(self, client: Client) -> None:
        """Read one frame into the client's queues."""
        assert client.wire is not None
        frame = client.wire.down.popleft()
        if isinstance(frame, Ping):
            client.wire.pings.remove(frame)
            client.pongs += 1
            self.catch_up(client)
            frame.on_pong()
            return
        frame.pongs = client.pongs
        if frame.sid == MUX:
            client.inbox.append(frame)
            return
        subscription = client.subscriptions.get(frame.sid)
        if subscription is None:
            return
        limit = subscription.max_messages
        if limit is not None and subscription.received >= limit:
            return
        subscription.received += 1
        if self.weights.cut and self.choose(200) == 0:
            text = {"text": "nats: slow consumer, messages dropped"}
            self.change(client, "error", client.conn or f"{client.name}#{client.epochs}", text)
            return
        subscription.local.append(frame)

    def catch_up(self, client: Client) -> None:
        """Run the callbacks that an event loop cannot have put off any longer.

        What was read before one PONG is called before the next, unless a callback must wait.
        """
        for subscription in client.subscriptions.values():
            local = subscription.local
            while local and subscription.owed is None and local[0].pongs < client.pongs - 1:
                self.call(client, subscription)
        while client.inbox and client.inbox[0].pongs < client.pongs - 1:
            self.hear(client)

    def hear(self, client: Client) -> None:
        """Run the inbox's callback once."""
        frame = client.inbox.popleft()
        request = client.request
        if request is None or not (frame.pub.reply or frame.pub.subject).endswith(
            f".{request.replace('.', '-')}"
        ):
            return
        client.request = None
        if frame.is_503:
            error = OpError(is_definite=True, code="no-responders", text="no responders")
            self.complete(request, Outcome.FAIL, error=error)
            return
        msg = frame.pub.msg
        value: dict[str, Json] = {"msg": msg, "size": len(msg) + 1, "sha": sha_of(msg)}
        self.complete(request, value=value)

    def call(self, client: Client, subscription: Subscription) -> None:
        """Begin a subscription's callback."""
        frame = subscription.local.popleft()
        pub = frame.pub
        if frame.is_503:
            self.record_status(client, subscription, pub)
            return
        self.record(
            Delivered(
                t=self.tick(),
                process=client.name,
                conn=client.conn or f"{client.name}#{client.epochs}",
                sub=subscription.id,
                subject=pub.subject,
                msg=pub.msg,
                size=len(pub.msg) + 1,
                sha=sha_of(pub.msg),
                reply=pub.reply,
            )
        )
        if subscription.is_answering and pub.reply is not None:
            subscription.owed = pub

    def record_status(self, client: Client, subscription: Subscription, pub: Pub) -> None:
        self.record(
            Delivered(
                t=self.tick(),
                process=client.name,
                conn=client.conn or f"{client.name}#{client.epochs}",
                sub=subscription.id,
                subject=pub.reply or "",
                msg=None,
                size=0,
                sha=sha256(b"").hexdigest()[:16],
            )
        )

    def answer(self, client: Client, subscription: Subscription) -> None:
        """End a responder's callback."""
        pub = subscription.owed
        subscription.owed = None
        assert pub is not None
        assert pub.reply is not None
        if client.is_closed:
            return
        msg = f"{subscription.id}<{pub.msg}"
        self.record_publish(client, subscription.id, msg, pub.reply, "publish", {})
        client.held.append(Pub(pub.reply, msg, None))

    def drain(self, client: Client) -> None:
        op = self.invoke(client.name, "drain", {"conn": client.conn})
        self.send(client)
        wire = client.wire
        assert wire is not None
        wire.up.extend(Unsub(name, None) for name in client.subscriptions)
        for subscription in client.subscriptions.values():
            limit = subscription.max_messages
            if limit is not None and subscription.received >= limit:
                # As in nats-py: a subscription that has had its messages is not drained.
                subscription.local.clear()
        client.is_stuck = False
        self.work_off()
        self.leave(client)
        self.complete(op)

    def close(self, client: Client) -> None:
        op = self.invoke(client.name, "close", {"conn": client.conn})
        self.leave(client)
        self.complete(op)

    def leave(self, client: Client) -> None:
        wire = client.wire
        assert wire is not None
        conn = client.conn
        assert conn is not None
        client.is_closed = True
        self.lose_pings(wire)
        wire.is_held_by_client = False
        client.wire = client.conn = None
        client.subscriptions.clear()
        client.inbox.clear()
        client.held.clear()
        self.change(client, "closed", conn, {})

    def notice(self, client: Client) -> None:
        """Let a client find out that its connection is broken."""
        wire = client.wire
        if wire is None or wire.is_held_by_client:
            return
        self.lose_pings(wire)
        client.wire = None
        if client.conn is not None:
            conn = client.conn
            client.conn = None
            self.change(client, "disconnected", conn, {})

    def lose_pings(self, wire: Wire) -> None:
        for ping in wire.pings:
            ping.on_loss()
        wire.pings.clear()

    def serve(self, wire: Wire) -> None:
        """Let a server process one command."""
        broker = wire.server.broker
        command = wire.up.popleft()
        match command:
            case Sub(sid, pattern, queue):
                assert broker.subscribe(wire.key, sid, pattern, queue) is not Subscribed.REFUSED
            case Unsub(sid, max_messages):
                broker.unsubscribe(wire.key, sid, max_messages)
            case Pub():
                self.route(wire, command)
            case Ping():
                wire.down.append(command)

    def route(self, wire: Wire, pub: Pub) -> None:
        broker = wire.server.broker
        routing = broker.publish(wire.key, pub.subject, pub.reply)
        takers = list(routing.plain)
        for group in routing.groups:
            member = group.members[self.choose(len(group.members))]
            broker.deliver(member)
            takers.append(member)
        for taker in takers:
            self.wire_of(taker).down.append(Msg(taker.sid, pub))
        if routing.no_responders:
            told = routing.no_responders[self.choose(len(routing.no_responders))]
            self.wire_of(told).down.append(Msg(told.sid, pub, is_503=True))

    def wire_of(self, taker: Taker) -> Wire:
        return next(wire for wire in self.wires if wire.key == taker.client)

    def cut(self, wire: Wire, *, is_server_told: bool) -> None:
        """Break a connection: some of what is in flight up still arrives, nothing comes down."""
        wire.is_held_by_client = False
        for _ in range(self.choose(len(wire.up) + 1)):
            wire.up.pop()
        if is_server_told:
            self.reap(wire)

    def reap(self, wire: Wire) -> None:
        """Let the server find out that a connection is broken."""
        if wire.is_held_by_server:
            wire.is_held_by_server = False
            wire.server.broker.disconnect(wire.key)
            self.wires.remove(wire)

    def kill(self, server: Server) -> None:
        fault = f"kill-{self.number(self.clients[0], 'kill')}"
        self.record(Faulted(self.tick(), fault, "kill", is_begin=True, achieved={}))
        for wire in list(self.wires):
            if wire.server is server:
                wire.is_held_by_client = wire.is_held_by_server = False
                self.wires.remove(wire)
        server.generation += 1
        server.broker = ReferenceBroker()
        self.record(Faulted(self.tick(), fault, "kill", is_begin=False, achieved={}))

    def work_off(self) -> None:
        """Take every step that is open, but no new one."""
        is_busy = True
        while is_busy:
            is_busy = False
            for wire in [wire for wire in self.wires if wire.is_held_by_server]:
                while wire.up:
                    self.serve(wire)
                    is_busy = True
            for client in self.clients:
                self.send(client)
                while self.has_frames(client):
                    self.read(client)
                    is_busy = True
                while client.inbox:
                    self.hear(client)
                    is_busy = True
                for subscription in client.subscriptions.values():
                    while subscription.local or subscription.owed is not None:
                        if client.is_stuck and subscription.owed is not None:
                            break
                        if subscription.owed is not None:
                            self.answer(client, subscription)
                        else:
                            self.call(client, subscription)
                        is_busy = True
                wire = client.wire
                if wire is not None and wire.up and wire.is_held_by_server:
                    is_busy = True

    def any_client(self) -> Client:
        return self.clients[self.choose(len(self.clients))]

    def number(self, client: Client, kind: str) -> int:
        number = client.numbers.get(kind, 0)
        client.numbers[kind] = number + 1
        return number

    def invoke(
        self, process: str, f: OperationKind, value: Mapping[str, Json], op: str | None = None
    ) -> str:
        self.serial += 1
        id_ = op if op is not None else f"{process}/{f}/{self.serial}"
        self.record(Invoked(self.tick(), process, id_, f, value))
        self.open[id_] = Invoked(self.t, process, id_, f, value)
        return id_

    def complete(
        self,
        op: str,
        outcome: Outcome = Outcome.OK,
        value: Mapping[str, Json] | None = None,
        error: OpError | None = None,
    ) -> None:
        invoked = self.open.pop(op)
        self.record(
            Completed(self.tick(), invoked.process, op, invoked.f, outcome, value or {}, error)
        )

    def change(
        self, client: Client, change: ConnectionChange, conn: str, value: Mapping[str, Json]
    ) -> None:
        self.record(Changed(self.tick(), client.name, change, conn, value))

    def record(self, entry: Entry) -> None:
        self.entries.append(entry)

    def tick(self) -> int:
        self.t += 1_000
        return self.t


def sha_of(msg: str) -> str:
    return sha256(f"{msg} ".encode()).hexdigest()[:16]
