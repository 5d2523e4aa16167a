"""The stage sim does what is asked, and says what it did."""

from collections.abc import Iterator

import pytest

from natsim.harness.plan.plan import (
    ClientPlan,
    Fault,
    Kill,
    LinkPlan,
    Partition,
    Pause,
    Plan,
    ServerPlan,
    SlowLink,
)
from natsim.harness.sim.node import Process
from natsim.harness.stage.base import Achieved
from natsim.harness.stage.sim import SimStage

S = 1_000_000_000


def _plan(*faults: Fault) -> Plan:
    client = ClientPlan(
        name="c1", at="n1", reconnect_wait_ns=S, ping_interval_ns=S, pings_outstanding_max=2
    )
    return Plan(
        scenario="x",
        seed=1,
        duration_ns=S,
        settle_ns=S,
        barrier_ns=S,
        expect=(),
        servers=(ServerPlan(name="n1"),),
        links=(LinkPlan(ends=("c1", "n1"), latency_ns=(1, 2)),),
        clients=(client,),
        faults=faults,
    )


@pytest.fixture
def stage() -> Iterator[SimStage]:
    stage = SimStage(_plan())
    stage.run(stage.start)
    yield stage
    stage.close()


def _begin(stage: SimStage, fault: Fault) -> Achieved:
    return stage.run(lambda: stage.begin(fault))


def _end(stage: SimStage, fault: Fault) -> Achieved:
    return stage.run(lambda: stage.end(fault))


def _pause(name: str, target: str = "n1") -> Pause:
    return Pause(id=name, at_ns=0, for_ns=1, target=target)


def _kill(name: str) -> Kill:
    return Kill(id=name, at_ns=0, target="n1", restart_ns=1)


def test_a_partition_tells_the_islands_and_healing_joins_them(stage: SimStage) -> None:
    cut = Partition(id="f1", at_ns=0, for_ns=1, sides=(("n1",), ("c1",)))

    assert _begin(stage, cut) == {"islands": ["c1", "n1"]}
    assert _end(stage, cut) == {"islands": ["c1 n1"]}


def test_a_one_way_partition_cuts_what_the_first_side_sends(stage: SimStage) -> None:
    cut = Partition(id="f1", at_ns=0, for_ns=1, sides=(("n1",), ("c1",)), is_one_way=True)
    _begin(stage, cut)
    network = stage.world.network

    assert network.direction("n1", "c1").is_cut
    assert not network.direction("c1", "n1").is_cut


def test_overlapping_partitions_heal_with_the_last(stage: SimStage) -> None:
    cuts = [
        Partition(id=name, at_ns=0, for_ns=1, sides=(("n1",), ("c1",))) for name in ("f1", "f2")
    ]
    for cut in cuts:
        _begin(stage, cut)

    assert _end(stage, cuts[0]) == {"islands": ["c1", "n1"]}
    assert _end(stage, cuts[1]) == {"islands": ["c1 n1"]}


def test_overlapping_kills_restart_with_the_last(stage: SimStage) -> None:
    first, second = _kill("f1"), _kill("f2")
    _begin(stage, first)
    _begin(stage, second)
    _end(stage, first)
    between = stage.world.nodes["n1"].process
    _end(stage, second)

    assert (between, stage.world.nodes["n1"].process) == (Process.DEAD, Process.RUNNING)


def test_a_pause_ends_with_the_process_it_held(stage: SimStage) -> None:
    old, kill, new = _pause("f1"), _kill("f2"), _pause("f3")
    _begin(stage, old)
    _begin(stage, kill)
    _end(stage, kill)
    _begin(stage, new)
    _end(stage, old)
    between = stage.world.nodes["n1"].process
    _end(stage, new)

    assert (between, stage.world.nodes["n1"].process) == (Process.PAUSED, Process.RUNNING)


def test_a_pause_of_a_dead_process_holds_nothing_and_is_in_nobodys_way(stage: SimStage) -> None:
    kill, void, real = _kill("f1"), _pause("f2"), _pause("f3")
    _begin(stage, kill)
    _begin(stage, void)
    _end(stage, kill)

    assert _begin(stage, real)["process"] == "paused"
    _end(stage, void)
    assert _end(stage, real)["process"] == "running"


def test_a_slow_link_is_slow_until_its_end_and_slower_ones_nest(stage: SimStage) -> None:
    slow = SlowLink(id="f1", at_ns=0, for_ns=1, ends=("c1", "n1"), latency_ns=(10, 20))
    slower = SlowLink(id="f2", at_ns=0, for_ns=1, ends=("n1", "c1"), latency_ns=(30, 40))
    told = [_begin(stage, slow), _begin(stage, slower), _end(stage, slow), _end(stage, slower)]

    assert [each["latency_ns"] for each in told] == ["10..20", "30..40", "30..40", "1..2"]


def test_killing_a_client_is_refused_with_what_to_write() -> None:
    kill = Kill(id="f1", at_ns=0, target="c1", restart_ns=1)
    stage = SimStage(_plan(kill))

    assert stage.refusals(_plan(kill)) == [
        "fault f1: kill names a server, and c1 is a client; write pause, or a partition that cuts "
        "it off"
    ]
    stage.close()
