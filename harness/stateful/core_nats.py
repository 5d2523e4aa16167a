"""The state machine of core NATS: clients, subscriptions, messages, cuts and crashes.

While nothing is broken, each message must reach exactly those whom the reference model names. All
the while, the checkers may accuse the server of nothing. A failure shows its plan, which `natsim
run` plays.
Run it under pytest: `TestCoreNats = CoreNats.TestCase`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from natsim.harness.checkers.check import check
from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.entry import Completed, Delivered, Outcome
from natsim.harness.model.broker import Options, ReferenceBroker, Routing
from natsim.harness.plan.dump import plan_text
from natsim.harness.plan.plan import (
    ClientPlan,
    Kill,
    Operation,
    Partition,
    Pause,
    Plan,
    ServerPlan,
    SubscriptionPlan,
)

from .session import SECOND_NS, Session

SERVER = "n1"
RESPONDER = "r1"
CLIENTS = ("c1", "c2", "c3", "c4")

Kind: TypeAlias = Literal["connect", "subscribe", "unsubscribe", "publish", "request"]

CHECKERS = (
    "at-most-once",
    "publisher-order",
    "wildcard-routing",
    "queue-group",
    "completeness",
    "request-reply",
)

MESSAGE_BYTES = 48
TIMEOUT_NS = SECOND_NS // 2
BARRIER_NS = SECOND_NS // 10
"""In the plan that a failure prints: short, so that what was lost can be proved."""
SETTLE_NS = 5 * SECOND_NS
"""After the last fault, every client is connected and has subscribed again within this."""

# Few tokens, so that subscriptions and messages meet. nats-py refuses to subscribe to `a*`, an
# ordinary token for the server, but publishes to it.
subjects = st.sampled_from(["a", "b", "a.a", "a.b", "b.a", "a.a.b", "a*"])
patterns = st.sampled_from(["a", "b", "a.a", "a.b", "*", "*.*", "a.*", "*.b", "a.>", ">", "*.>"])
queues = st.sampled_from([None, None, "q", "r"])
picks = st.integers(0, len(CLIENTS) - 1)


class CoreNats(RuleBasedStateMachine):
    """Clients of one server, driven by Hypothesis."""

    subscriptions: Bundle[str] = Bundle("subscriptions")

    def __init__(self) -> None:
        super().__init__()
        self._session = Session(_base())
        self._model: ReferenceBroker | None = _model()
        self._written: dict[str, tuple[str, str, str | None]] = {}
        self._limits: dict[str, int] = {}
        self._connected: list[str] = []
        self._count = 0

    def teardown(self) -> None:
        """End the example's world."""
        self._session.close()

    # Rules.

    @initialize(count=st.integers(2, len(CLIENTS)))
    def begin(self, count: int) -> None:
        """Connect the first clients."""
        for _ in range(count):
            self.connect()

    @precondition(lambda self: self._model is not None and len(self._connected) < len(CLIENTS))
    @rule()
    def connect(self) -> None:
        """Connect the next client."""
        client = CLIENTS[len(self._connected)]
        self._do(_operation(client, "connect"))
        self._connected.append(client)
        if self._model is not None:
            self._model.connect(client, Options(no_responders=True))

    @rule(
        target=subscriptions,
        who=st.lists(picks, min_size=1, max_size=3, unique=True),
        pattern=patterns,
        queue=queues,
    )
    def subscribe(self, who: list[int], pattern: str, queue: str | None) -> MultipleResults[str]:
        """Let some clients subscribe alike, whether or not the server can hear it."""
        made: list[str] = []
        for client in dict.fromkeys(self._client(pick) for pick in who):
            if not self._session.client(client).is_connected:
                continue
            sub = f"{client}.{self._next('s')}"
            self._do(
                replace(_operation(client, "subscribe"), sub=sub, subject=pattern, queue=queue)
            )
            self._written[sub] = (client, pattern, queue)
            if self._model is not None:
                self._model.subscribe(client, sub, pattern, queue)
            made.append(sub)
        return multiple(*made)

    @rule(sub=consumes(subscriptions))
    def unsubscribe(self, sub: str) -> None:
        """Unsubscribe at once."""
        client = self._written[sub][0]
        if not self._session.client(client).is_connected:
            return
        self._do(replace(_operation(client, "unsubscribe"), sub=sub))
        del self._written[sub]
        if self._model is not None:
            self._model.unsubscribe(client, sub)

    @rule(sub=consumes(subscriptions), limit=st.integers(1, 4))
    def unsubscribe_after(self, sub: str, limit: int) -> None:
        """Unsubscribe after a number of messages since SUB."""
        client = self._written[sub][0]
        if not self._session.client(client).is_connected:
            return
        self._do(replace(_operation(client, "unsubscribe"), sub=sub, max_messages=limit))
        self._limits[sub] = limit
        if self._model is not None:
            self._model.unsubscribe(client, sub, limit)

    @rule(pick=picks, subject=subjects, count=st.integers(1, 5))
    def publish(self, pick: int, subject: str, count: int) -> None:
        """Publish a few messages, one after the other."""
        client = self._client(pick)
        for _ in range(count):
            message = self._do(replace(_operation(client, "publish"), subject=subject))
            if self._model is not None:
                self._expect(message, self._model.publish(client, subject), self._model)

    @rule(pick=picks, subject=st.one_of(st.just("svc.x"), subjects))
    def request(self, pick: int, subject: str) -> None:
        """Ask; while nothing is broken a responder answers, or nobody is there."""
        client = self._client(pick)
        op = self._do(replace(_operation(client, "request"), subject=subject))
        self._session.advance(2 * TIMEOUT_NS)
        if self._model is not None:
            # nats-py asks from an inbox of its own, which the model need not know by name.
            routing = self._model.publish(client, subject)
            self._expect(op, routing, self._model)
            self._expect_answer(op, routing)

    @rule(pick=picks)
    def cut(self, pick: int) -> None:
        """Cut a client off."""
        client = self._client(pick)
        self._break(Partition(
            id=self._next("f"), at_ns=0, for_ns=1, sides=((SERVER,), (client,))
        ))  # fmt: skip

    @precondition(lambda self: self._session.open_faults)
    @rule(data=st.data())
    def heal(self, data: st.DataObject) -> None:
        """Undo a fault: heal, restart, resume."""
        faults = [fault.id for fault in self._session.open_faults]
        self._session.end(data.draw(st.sampled_from(faults)))

    @rule()
    def kill(self) -> None:
        """Kill the server."""
        if not any(isinstance(fault, Kill) for fault in self._session.open_faults):
            self._break(Kill(id=self._next("f"), at_ns=0, target=SERVER, restart_ns=1))

    @rule()
    def pause(self) -> None:
        """Stop the server's process."""
        if not any(isinstance(fault, Pause | Kill) for fault in self._session.open_faults):
            self._break(Pause(id=self._next("f"), at_ns=0, for_ns=1, target=SERVER))

    @rule(tenths=st.integers(1, 30))
    def advance(self, tenths: int) -> None:
        """Let time pass."""
        self._session.advance(tenths * SECOND_NS // 10)

    @precondition(lambda self: self._model is None and not self._session.open_faults)
    @rule()
    def calm_down(self) -> None:
        """Wait until everyone is connected again; from here the model knows all."""
        self._session.advance(SETTLE_NS)
        assert all(self._session.client(name).is_connected for name in self._connected), self._told(
            "a client did not find back to a server that is up"
        )
        self._model = _model()
        for name in self._connected:
            self._model.connect(name, Options(no_responders=True))
        for sub, (client, pattern, queue) in self._written.items():
            left = self._left(sub)
            if left == 0:
                continue
            self._model.subscribe(client, sub, pattern, queue)
            if left is not None:
                self._model.unsubscribe(client, sub, left)

    @invariant()
    def nobody_is_accused(self) -> None:
        """Let the checkers see what happened so far."""
        self._session.prove()
        report = check(self._session.entries, CHECKERS)
        accused = [
            f"{anomaly.name}: {anomaly.text}"
            for finding in report.findings
            for anomaly in finding.anomalies
        ]
        assert report.verdict is not Verdict.INVALID, self._told("; ".join(accused))

    # Within.

    def _client(self, pick: int) -> str:
        return self._connected[pick % len(self._connected)]

    def _do(self, operation: Operation) -> str:
        op = self._next("op")
        self._session.do(replace(operation, id=op))
        return op

    def _break(self, fault: Partition | Kill | Pause) -> None:
        self._model = None
        self._session.begin(fault)

    def _next(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    def _left(self, sub: str) -> int | None:
        limit = self._limits.get(sub)
        if limit is None:
            return None
        got = sum(
            1
            for entry in self._session.entries
            if isinstance(entry, Delivered) and entry.sub == sub
        )
        return max(limit - got, 0)

    def _expect(self, message: str, routing: Routing, model: ReferenceBroker) -> None:
        got = [
            entry.sub
            for entry in self._session.entries
            if isinstance(entry, Delivered) and entry.msg == message
        ]
        plain = [taker.sid for taker in routing.plain]
        left = list(got)
        for sid in plain:
            assert sid in left, self._told(f"{message} did not reach {sid}")
            left.remove(sid)
        for group in routing.groups:
            took = [taker for taker in group.members if taker.sid in left]
            assert len(took) == 1, self._told(
                f"{message} reached {len(took)} members of the queue group {group.queue}"
            )
            left.remove(took[0].sid)
            model.deliver(took[0])
        assert not left, self._told(
            f"{message} reached {', '.join(left)}, who had not asked for it"
        )

    def _expect_answer(self, op: str, routing: Routing) -> None:
        ended = [
            entry
            for entry in self._session.entries
            if isinstance(entry, Completed) and entry.op == op
        ]
        assert len(ended) == 1, self._told(f"the request {op} did not end")
        is_answered = any(taker.client == RESPONDER for taker in routing.plain)
        is_heard = bool(routing.plain or routing.groups)
        expected = Outcome.OK if is_answered else Outcome.INFO if is_heard else Outcome.FAIL
        assert ended[0].outcome is expected, self._told(
            f"the request {op} ended {ended[0].outcome}, not {expected}"
        )

    def _told(self, problem: str) -> str:
        plan = plan_text(self._session.plan())
        note(f"Save this as plan.yaml and play it with `natsim run plan.yaml`:\n{plan}")
        return problem


def _operation(client: str, kind: Kind) -> Operation:
    return Operation(
        id="", client=client, at_ns=0, kind=kind, size=MESSAGE_BYTES, timeout_ns=TIMEOUT_NS
    )


def _base() -> Plan:
    responder = SubscriptionPlan(id=f"{RESPONDER}.a", subject="svc.>", answers=True)
    return Plan(
        scenario="core-nats-machine",
        seed=0,
        duration_ns=SECOND_NS,
        settle_ns=SETTLE_NS,
        barrier_ns=BARRIER_NS,
        expect=CHECKERS,
        servers=(ServerPlan(name=SERVER),),
        links=(),
        clients=(
            _client(RESPONDER, (responder,)),
            *(_client(name) for name in CLIENTS),
        ),
        operations=tuple(
            Operation(id=f"{name}.never", client=name, at_ns=0, kind="connect") for name in CLIENTS
        ),
    )


def _client(name: str, subscriptions: tuple[SubscriptionPlan, ...] = ()) -> ClientPlan:
    return ClientPlan(
        name=name,
        at=SERVER,
        reconnect_wait_ns=SECOND_NS // 4,
        ping_interval_ns=SECOND_NS,
        pings_outstanding_max=2,
        subscriptions=subscriptions,
    )


def _model() -> ReferenceBroker:
    model = ReferenceBroker()
    model.connect(RESPONDER)
    model.subscribe(RESPONDER, f"{RESPONDER}.a", "svc.>")
    return model
