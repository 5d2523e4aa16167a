from collections.abc import Callable

import pytest

from natsim.scenarios import Scenario
from natsim.scenarios.scenario import (
    KillFault,
    PartitionFault,
    PauseFault,
    RandomFaults,
    SlowLinkFault,
)

Mistakes = Callable[[str], list[str]]
ScenarioWith = Callable[[str], Scenario]

MS = 1_000_000
S = 1_000_000_000


def test_each_line_of_faults_is_read(scenario_with: ScenarioWith) -> None:
    scenario = scenario_with("""\
faults:
  - {at: 1s, partition: [[n1], [p1]], for: 2s, one-way: true}
  - {at: 2s, kill: n1}
  - {at: 3s, pause: n2, for: 1s}
  - {at: 4s, slow-link: s1-n2, latency: 5ms..9ms, for: 1s}
  - {every: 1s..2s, from: 5s, until: 9s, one of: [pause, pause, nothing]}
""")

    assert scenario.faults == (
        PartitionFault(at_ns=S, for_ns=2 * S, sides=(("n1",), ("p1",)), is_one_way=True),
        KillFault(at_ns=2 * S, target="n1", restart_ns=None),
        PauseFault(at_ns=3 * S, for_ns=S, target="n2"),
        SlowLinkFault(at_ns=4 * S, for_ns=S, ends=("s1", "n2"), latency_ns=(5 * MS, 9 * MS)),
        RandomFaults(
            gap_ns=(S, 2 * S), from_ns=5 * S, until_ns=9 * S, one_of=("pause", "pause", "nothing")
        ),
    )


def test_a_client_no_side_names_is_on_the_side_of_its_server(scenario_with: ScenarioWith) -> None:
    scenario = scenario_with("faults: [{at: 1s, partition: [[n1], [n2, p1]], for: 1s}]\n")

    (fault,) = scenario.faults
    assert isinstance(fault, PartitionFault)
    assert fault.sides == (("n1",), ("n2", "p1", "s1"))


def test_a_client_whose_server_is_on_no_side_is_on_none(scenario_with: ScenarioWith) -> None:
    scenario = scenario_with("faults: [{at: 1s, partition: [[n1], [p1]], for: 1s}]\n")

    (fault,) = scenario.faults
    assert isinstance(fault, PartitionFault)
    assert fault.sides == (("n1",), ("p1",))


def test_a_side_may_hold_a_range(scenario_with: ScenarioWith) -> None:
    scenario = scenario_with("""\
  w1..w3: {at: n1, subscribe: a}
faults: [{at: 1s, partition: [[n1], [w1..w3]], for: 1s}]
""")

    (fault,) = scenario.faults
    assert isinstance(fault, PartitionFault)
    assert fault.sides[1] == ("w1", "w2", "w3")


def test_a_fault_may_end_with_the_duration(scenario_with: ScenarioWith) -> None:
    scenario = scenario_with("faults: [{at: 9s, kill: n1, restart: 1s}]\n")

    assert len(scenario.faults) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "{at: 10s, kill: n1}",
            "f:8:15: the fault begins at 10s, but the duration is 10s; write less",
        ),
        (
            "{at: 9s, kill: n1, restart: 2s}",
            "f:8:38: the fault ends at 11s, but the duration is 10s; write 1s or less",
        ),
        (
            "{at: 8500ms, pause: n1, for: 2s}",
            "f:8:39: the fault ends at 10500ms, but the duration is 10s; write 1500ms or less",
        ),
        ("{at: 1s, kill: n3}", "f:8:25: there is no server n3; write one of n1, n2"),
        ("{at: 1s, kill: p1}", "f:8:25: p1 is a client; write a server, one of n1, n2"),
        (
            "{at: 1s, pause: p9, for: 1s}",
            "f:8:26: there is no node p9; write one of n1, n2, p1, s1",
        ),
        (
            "{at: 1s, slow-link: p1-n2, latency: 1ms, for: 1s}",
            "f:8:19: p1 is at n1 and does not talk to n2; write p1-n1",
        ),
        (
            "{at: 1s, partition: [[n1, p1]], for: 1s}",
            "f:8:30: a partition has two sides or more; write [[n1], [p1]]",
        ),
        (
            "{at: 1s, partition: [[n1], [p1], []], for: 1s}",
            "f:8:43: this side is empty; name a node, or remove it",
        ),
        (
            "{at: 1s, partition: [[n1, n9], [p1]], for: 1s}",
            "f:8:36: there is no node n9; write one of n1, n2, p1, s1",
        ),
        (
            "{at: 1s, partition: [[n1, p1], [p1]], for: 1s}",
            "f:8:42: p1 is named twice; a node has one side",
        ),
        (
            "{at: 1s, partition: [[n1], [n2]], for: 1s}",
            "f:8:30: no client is parted from its server, so nothing happens; "
            "put the clients to cut off on a side of their own",
        ),
        (
            "{at: 1s, partition: [[s1], [n1], [p1]], for: 1s, one-way: true}",
            "f:8:30: no client is parted from its server, so nothing happens; "
            "put the clients to cut off on a side of their own",
        ),
        (
            "{every: 1s, from: 10s, one of: [pause]}",
            "f:8:28: it begins at 10s, but the duration is 10s; write less",
        ),
        (
            "{every: 1s, until: 11s, one of: [pause]}",
            "f:8:29: until is 11s, but the duration is 10s; write 10s or less",
        ),
        (
            "{every: 1s, from: 5s, until: 4s, one of: [pause]}",
            "f:8:39: until is 4s, but it begins at 5s; write more than 5s",
        ),
        (
            "{every: 1ms, one of: [pause]}",
            "f:8:1: there are up to 9999 faults, at most 1000 are played; "
            "write fewer, or a longer every",
        ),
    ],
)
def test_a_fault_that_cannot_be_says_where_and_what_to_write(
    fault: str, expected: str, mistakes_with: Mistakes
) -> None:
    assert mistakes_with(f"faults: [{fault}]\n") == [expected]


def test_a_slow_link_is_one_link(mistakes_with: Mistakes) -> None:
    lines = """\
  w1..w3: {at: n1, subscribe: a}
faults: [{at: 1s, slow-link: w1..w3-n1, latency: 1ms, for: 1s}]
"""

    assert mistakes_with(lines) == ["f:9:30: slow-link is for one link; write a fault for each"]


def test_a_mistake_keeps_its_place_when_a_line_before_it_does_not_fit(
    mistakes_with: Mistakes,
) -> None:
    lines = """\
faults:
  - {at: 1s, bang: n1}
  - {at: 1s, kill: n9}
"""

    assert mistakes_with(lines) == [
        "f:9:14: bang is not a fault; write one of partition, kill, pause, slow-link",
        "f:10:20: there is no server n9; write one of n1, n2",
    ]
