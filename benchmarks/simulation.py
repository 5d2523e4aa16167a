"""The simulated world, by the CPU second of one core.

Laws of the file: CPU time, and wall time only where the aim is one; samples of one row alternate
between the two clocks, SimPy's and the plain heap, and both must give the same digests; garbage is
collected within the time that is measured.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from nats.aio.client import Client as NatsClient

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.digest import history_digest
from natsim.harness.history.entry import Delivered
from natsim.harness.history.recorder import Recorder
from natsim.harness.plan.expand import expand
from natsim.harness.plan.plan import ClientPlan, Plan, ServerPlan, SubscriptionPlan
from natsim.harness.runner import State, simulate
from natsim.harness.sim.clock import Clock, HeapClock, SimpyClock
from natsim.harness.stage.sim import SimStage
from natsim.harness.workload.client import WorkloadClient
from natsim.scenarios.load import load_scenario

from .failed import BenchmarkFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nats.aio.msg import Msg

SECOND_NS = 1_000_000_000
HERE = Path(__file__).parent

BATCH = 100
"""Messages that a busy publisher has for one instant; the next are a simulated ms later."""

PAYLOAD_BYTES = 128
SUBJECT = "orders.new"
IDLE_CLIENTS = 5


@dataclass(frozen=True, slots=True)
class Size:
    """How much a sample does.

    messages: through nats-py. runs: chaos scenarios. idle_s: simulated seconds.
    """

    messages: int = 20_000
    runs: int = 20
    idle_s: int = 180_000


QUICK_SIZE = Size(messages=500, runs=1, idle_s=3_600)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one sample gave. digest: of all that happened; equal for both clocks."""

    figure: float
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that is measured.

    measure: takes one sample. target: the figure aimed at. is_time: less is better.
    """

    name: str
    unit: str
    measure: Callable[[Callable[[], Clock], Size], Outcome]
    target: float | None = None
    is_time: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row, measured. pairs: the figures with (SimPy, heap), in order."""

    row: Row
    pairs: list[tuple[float, float]]

    @property
    def figure(self) -> float:
        """The median with SimPy, the clock that runs."""
        return median(simpy for simpy, _ in self.pairs)

    @property
    def heap_figure(self) -> float:
        """The median with the plain heap."""
        return median(heap for _, heap in self.pairs)

    @property
    def ratios(self) -> list[float]:
        """SimPy's speed to the heap's, of each pair."""
        if self.row.is_time:
            return [heap / simpy for simpy, heap in self.pairs]
        return [simpy / heap for simpy, heap in self.pairs]

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met, None where there is none."""
        target = self.row.target
        if target is None:
            return None
        return self.figure <= target if self.row.is_time else self.figure >= target


def measure(
    rows: Sequence[Row], size: Size, *, pairs: int, say: Callable[[str], None]
) -> list[Measurement]:
    """Measure rows. Raises BenchmarkFailed when something did not work."""
    measured: list[Measurement] = []
    for row in rows:
        say(f"{row.name}: warming up")
        row.measure(SimpyClock, replace(size, messages=size.messages // 10 or 1, runs=1))
        figures: list[tuple[float, float]] = []
        for number in range(1, pairs + 1):
            say(f"{row.name}: pair {number} of {pairs}")
            simpy, heap = row.measure(SimpyClock, size), row.measure(HeapClock, size)
            if simpy.digest != heap.digest:
                raise BenchmarkFailed(f"{row.name}: the two clocks gave different digests")
            figures.append((simpy.figure, heap.figure))
        measured.append(Measurement(row, figures))
    return measured


# Messages through nats-py.


def bare_messages(clock: Callable[[], Clock], size: Size) -> Outcome:
    """Publish and receive with nats-py alone, in batches: messages per CPU second."""
    return _messages(clock, size.messages, BATCH)


def lone_messages(clock: Callable[[], Clock], size: Size) -> Outcome:
    """Do the same with an instant for each message, as a scenario's rate has it."""
    return _messages(clock, size.messages, 1)


def _messages(clock: Callable[[], Clock], count: int, batch: int) -> Outcome:
    stage = SimStage(_plan("p1", "s1"), clock())
    arrived = 0

    async def receive(_: Msg) -> None:
        nonlocal arrived
        arrived += 1

    async def subscribe() -> NatsClient:
        client = await _connect(stage, "s1")
        await client.subscribe(SUBJECT, cb=receive)
        await client.flush()
        return client

    async def publish() -> None:
        client = await _connect(stage, "p1")
        payload = bytes(PAYLOAD_BYTES)
        for number in range(count):
            await client.publish(SUBJECT, payload)
            if number % batch == batch - 1:
                await asyncio.sleep(0.001)
        await client.flush()

    async def main() -> None:
        await stage.start()
        client = await stage.spawn("s1", subscribe())
        await stage.spawn("p1", publish())
        await stage.spawn("s1", client.flush())
        await asyncio.sleep(1)

    with _CpuTime() as took:
        stage.run(main)
        digest = str(dict(stage.digests()))
        stage.close()
    if arrived != count:
        raise BenchmarkFailed(f"{arrived} of {count} messages arrived")
    return Outcome(count / took.seconds, digest)


def recorded_messages(clock: Callable[[], Clock], size: Size) -> Outcome:
    """Do the same as a run does it, with payloads of its kind, recorder and history digest."""
    plan = _plan("p1", "s1")
    stage = SimStage(plan, clock())
    recorder = Recorder()
    publisher, subscriber = (
        WorkloadClient(client, stage.url(client.name, "n1"), recorder, stage.now_ns)
        for client in plan.clients
    )

    async def subscribe() -> None:
        await subscriber.connect("s1/connect")
        await subscriber.subscribe("s1.a/subscribe", SubscriptionPlan(id="s1.a", subject=SUBJECT))

    async def publish() -> None:
        await publisher.connect("p1/connect")
        for number in range(size.messages):
            op = f"p1.a/{number}"
            await publisher.publish("p1.a", op, op, SUBJECT, PAYLOAD_BYTES)
            if number % BATCH == BATCH - 1:
                await asyncio.sleep(0.001)
        await publisher.barrier("p1.flush")

    async def main() -> None:
        await stage.start()
        await stage.spawn("s1", subscribe())
        await stage.spawn("p1", publish())
        await stage.spawn("s1", subscriber.barrier("s1.flush"))
        await asyncio.sleep(1)

    with _CpuTime() as took:
        stage.run(main)
        digest = str({**stage.digests(), "history": history_digest(recorder.entries)})
        stage.close()
    arrived = sum(isinstance(entry, Delivered) for entry in recorder.entries)
    if arrived != size.messages:
        raise BenchmarkFailed(f"{arrived} of {size.messages} messages arrived")
    return Outcome(size.messages / took.seconds, digest)


# Whole scenarios.


def checked_chaos(clock: Callable[[], Clock], size: Size) -> Outcome:
    """Play chaos.yaml under some seeds, with all checkers: scenarios per CPU second."""
    return _play_seeds("chaos.yaml", lambda plan: plan, clock, size.runs)


def unchecked_chaos(clock: Callable[[], Clock], size: Size) -> Outcome:
    """Play the same without checkers: scenarios per CPU second."""
    return _play_seeds("chaos.yaml", lambda plan: replace(plan, expect=()), clock, size.runs)


def small_chaos(clock: Callable[[], Clock], size: Size) -> Outcome:
    """Play small-chaos.yaml under some seeds, with all checkers: scenarios per CPU second."""
    return _play_seeds("small-chaos.yaml", lambda plan: plan, clock, size.runs)


def _play_seeds(
    name: str, change: Callable[[Plan], Plan], clock: Callable[[], Clock], count: int
) -> Outcome:
    scenario = load_scenario(HERE / name)
    digests: list[str] = []
    with _CpuTime() as took:
        for seed in range(count):
            digests.append(_play(change(expand(scenario, seed)), clock))
    return Outcome(count / took.seconds, " ".join(digests))


def flow(clock: Callable[[], Clock], _: Size) -> Outcome:
    """Play flow.yaml, 10,000 messages in 60 s: wall seconds."""
    scenario = load_scenario(HERE / "flow.yaml")
    began = time.perf_counter()
    digest = _play(expand(scenario, 1), clock)
    return Outcome(time.perf_counter() - began, digest)


def _play(plan: Plan, clock: Callable[[], Clock]) -> str:
    run = simulate(plan, clock())
    is_right = run.report.verdict is Verdict.VALID or not plan.expect
    if run.state is not State.COMPLETE or not is_right:
        raise BenchmarkFailed(
            f"{plan.scenario} under seed {plan.seed}: {run.state}, {run.report.verdict}"
        )
    return str(dict(run.digests))


# Nothing.


def idle(clock: Callable[[], Clock], size: Size) -> Outcome:
    """Let clients be connected and do nothing: simulated seconds per CPU second."""
    names = [f"c{number}" for number in range(1, IDLE_CLIENTS + 1)]
    stage = SimStage(_plan(*names), clock())

    async def main() -> None:
        await stage.start()
        clients = [await stage.spawn(name, _connect(stage, name)) for name in names]
        await asyncio.sleep(size.idle_s)
        if not all(client.is_connected for client in clients):
            raise BenchmarkFailed("idle clients lost their connections")

    with _CpuTime() as took:
        stage.run(main)
        digest = str(dict(stage.digests()))
        stage.close()
    return Outcome(size.idle_s / took.seconds, digest)


ROWS = {
    row.name: row
    for row in (
        Row(
            name="nats-py, bare",
            unit="messages / CPU s",
            measure=bare_messages,
            target=40_000,
        ),
        Row(
            name="nats-py, one at a time",
            unit="messages / CPU s",
            measure=lone_messages,
        ),
        Row(
            name="nats-py, recorded",
            unit="messages / CPU s",
            measure=recorded_messages,
            target=40_000,
        ),
        Row(
            name="40 s of chaos, checked",
            unit="scenarios / CPU s",
            measure=checked_chaos,
            target=150,
        ),
        Row(
            name="40 s of chaos, unchecked",
            unit="scenarios / CPU s",
            measure=unchecked_chaos,
        ),
        Row(
            name="40 s of small chaos, checked",
            unit="scenarios / CPU s",
            measure=small_chaos,
            target=150,
        ),
        Row(
            name=f"{IDLE_CLIENTS} idle clients",
            unit="simulated s / CPU s",
            measure=idle,
        ),
        Row(
            name="60 s, 10,000 messages",
            unit="wall s",
            measure=flow,
            target=3.0,
            is_time=True,
        ),
    )
}


def _plan(*clients: str) -> Plan:
    return Plan(
        scenario="benchmark",
        seed=1,
        duration_ns=SECOND_NS,
        settle_ns=SECOND_NS,
        barrier_ns=SECOND_NS,
        expect=(),
        servers=(ServerPlan(name="n1"),),
        links=(),
        clients=tuple(_client(name) for name in clients),
    )


def _client(name: str) -> ClientPlan:
    return ClientPlan(
        name=name,
        at="n1",
        reconnect_wait_ns=2 * SECOND_NS,
        ping_interval_ns=120 * SECOND_NS,
        pings_outstanding_max=2,
    )


async def _connect(stage: SimStage, name: str) -> NatsClient:
    client = NatsClient()
    await client.connect(stage.url(name, "n1"), name=name)
    return client


class _CpuTime:
    """The CPU time of a block, with the collection of what garbage it leaves."""

    seconds: float

    def __enter__(self) -> _CpuTime:
        gc.collect()
        gc.freeze()  # so that the collection at the end looks at nothing older
        self._began = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        gc.collect()
        self.seconds = time.process_time() - self._began
        gc.unfreeze()
