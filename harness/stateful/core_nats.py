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
from natsim.harness.model.broker import Options, ReferenceBroker, Routing, Taker
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
from natsim.harness.workload.payload import answer_id

from .session import SECOND_NS, Session

SERVER = "n1"
RESPONDER = "r1"
RESPONDER_SUB = "r1.a"
INBOX = "_INBOX.somebody.something"
"""An answer's subject, as far as a pattern can tell: nats-py draws the last two tokens."""
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
queues = st.sampled_from(["q", "r"])
picks = st.integers(0, len(CLIENTS) - 1)
crowds = st.lists(picks, min_size=1, max_size=3, unique=True)


class CoreNats(RuleBasedStateMachine):
    """Clients of one server, driven by Hypothesis."""

    subscriptions: Bundle[str] = Bundle("subscriptions")

    def __init__(self) -> None:
        super().__init__()
        self._session = Session(_base())
        self._model: ReferenceBroker | None = _model()
        self._written: dict[str, tuple[str, str, str | None]] = {}
        self._limited: list[str] = []
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

    @rule(target=subscriptions, who=crowds, pattern=patterns)
    def subscribe(self, who: list[int], pattern: str) -> MultipleResults[str]:
        """Let some clients subscribe alike, whether or not the server can hear it."""
        return multiple(*self._subscribe(who, pattern, None))

    @rule(target=subscriptions, who=crowds, pattern=patterns, queue=queues)
    def subscribe_a_group(self, who: list[int], pattern: str, queue: str) -> MultipleResults[str]:
        """Let some clients join a queue group."""
        return multiple(*self._subscribe(who, pattern, queue))

    @rule(sub=consumes(subscriptions), limit=st.one_of(st.none(), st.integers(1, 4)))
    def unsubscribe(self, sub: str, limit: int | None) -> None:
        """Unsubscribe at once, or after a number of messages since SUB."""
        client = self._written[sub][0]
        if not self._session.client(client).is_connected:
            return
        if self._count_of(sub, is_earlier_epoch=True):
            # The server counts from the last reconnect, nats-py from the first SUB.
            limit = None
        self._unsubscribe(sub, limit)
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
            routing = self._model.publish(client, subject)
            self._expect(op, routing, self._model)
            self._expect_answer(op, routing)
            if any(taker.client == RESPONDER for taker in routing.plain):
                answer = answer_id(RESPONDER_SUB, op)
                heard = self._model.publish(RESPONDER, INBOX)
                self._expect(answer, heard, self._model)

    @rule(kind=st.sampled_from(["cut", "cut", "kill", "pause"]), pick=picks)
    def break_something(self, kind: str, pick: int) -> None:
        """Cut a client off, kill the server, or stop its process."""
        fault = self._next("f")
        if kind == "cut":
            sides = ((SERVER,), (self._client(pick),))
            self._break(Partition(id=fault, at_ns=0, for_ns=1, sides=sides))
        elif any(isinstance(held, Kill | Pause) for held in self._session.open_faults):
            return
        elif kind == "kill":
            self._break(Kill(id=fault, at_ns=0, target=SERVER, restart_ns=1))
        else:
            self._break(Pause(id=fault, at_ns=0, for_ns=1, target=SERVER))

    @precondition(lambda self: self._session.open_faults)
    @rule(data=st.data())
    def heal(self, data: st.DataObject) -> None:
        """Undo one fault: heal, restart, resume."""
        faults = [fault.id for fault in self._session.open_faults]
        self._session.end(data.draw(st.sampled_from(faults)))

    @rule(tenths=st.integers(1, 30))
    def advance(self, tenths: int) -> None:
        """Let time pass."""
        self._session.advance(tenths * SECOND_NS // 10)

    @precondition(lambda self: self._model is None)
    @rule()
    def recover(self) -> None:
        """Undo all faults and wait until everyone is connected again; then the model knows all."""
        for fault in self._session.open_faults:
            self._session.end(fault.id)
        self._session.advance(SETTLE_NS)
        assert all(self._session.client(name).is_connected for name in self._connected), self._told(
            "a client did not find back to a server that is up"
        )
        for sub in self._limited:
            self._unsubscribe(sub, None)
        self._limited.clear()
        model = self._model = _model()
        for name in self._connected:
            model.connect(name, Options(no_responders=True))
        for sub, (client, pattern, queue) in self._written.items():
            model.subscribe(client, sub, pattern, queue)
            for _ in range(self._count_of(sub, is_earlier_epoch=False)):
                model.deliver(Taker(client, sub))

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

    def _subscribe(self, who: list[int], pattern: str, queue: str | None) -> list[str]:
        made: list[str] = []
        for client in dict.fromkeys(self._client(pick) for pick in who):
            if not self._session.client(client).is_connected:
                continue
            sub = f"{client}.{self._next('s')}"
            operation = _operation(client, "subscribe")
            self._do(replace(operation, sub=sub, subject=pattern, queue=queue))
            self._written[sub] = (client, pattern, queue)
            if self._model is not None:
                self._model.subscribe(client, sub, pattern, queue)
            made.append(sub)
        return made

    def _unsubscribe(self, sub: str, limit: int | None) -> None:
        operation = _operation(self._written[sub][0], "unsubscribe")
        self._do(replace(operation, sub=sub, max_messages=limit))
        if limit is None:
            del self._written[sub]
        else:
            self._limited.append(sub)

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
        # Padded: a plan orders its operations by time and name.
        return f"{prefix}{self._count:04}"

    def _count_of(self, sub: str, *, is_earlier_epoch: bool) -> int:
        conn = self._session.client(self._written[sub][0]).conn
        return sum(
            1
            for entry in self._session.entries
            if isinstance(entry, Delivered)
            and entry.sub == sub
            and (entry.conn != conn) is is_earlier_epoch
        )

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
    responder = SubscriptionPlan(id=RESPONDER_SUB, subject="svc.>", answers=True)
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
    model.subscribe(RESPONDER, RESPONDER_SUB, "svc.>")
    return model
