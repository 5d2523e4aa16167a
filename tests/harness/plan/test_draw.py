import pytest

from natsim.harness.plan import expand
from natsim.harness.plan.draw import (
    PARTITION_NS,
    PAUSE_NS,
    RESTART_NS,
    SLOW_LATENCY_NS,
    SLOW_LINK_NS,
)
from natsim.harness.plan.plan import Fault, Kill, Partition, Pause, SlowLink
from natsim.scenarios import parse_scenario

MS = 1_000_000
S = 1_000_000_000

SCENARIO = """\
natsim: 1
scenario: test
duration: 100s
servers: {n1: {}, n2: {}}
clients:
  p1..p4: {at: n1, publish: {subject: a, rate: 1/s}}
  s1..s4: {at: n2, subscribe: a}
faults:
"""


def faults_of(line: str, seed: int = 1) -> tuple[Fault, ...]:
    return expand(parse_scenario(f"{SCENARIO}  - {line}\n"), seed).faults


def seeds_of(line: str) -> list[Fault]:
    return [fault for seed in range(20) for fault in faults_of(line, seed)]


def end_ns(fault: Fault) -> int:
    return fault.at_ns + ((fault.restart_ns or 0) if isinstance(fault, Kill) else fault.for_ns)


ALL = "{every: 500ms..1s, from: 20s, one of: [pause, slow-link, kill, partition, nothing]}"


def test_every_drawn_fault_begins_while_its_line_lasts() -> None:
    faults = seeds_of("{every: 1s..3s, from: 20s, until: 30s, one of: [pause]}")

    assert min(fault.at_ns for fault in faults) >= 21 * S
    assert max(fault.at_ns for fault in faults) < 30 * S


def test_every_drawn_fault_is_over_when_the_duration_is() -> None:
    assert max(map(end_ns, seeds_of(ALL))) <= 100 * S


def test_all_kinds_are_drawn_and_nothing_is_nothing() -> None:
    faults = faults_of(ALL)

    assert {fault.kind for fault in faults} == {"pause", "slow-link", "kill", "partition"}
    numbers = [int(fault.id.removeprefix("f1.")) for fault in faults]
    assert numbers == sorted(numbers)
    assert len(numbers) < max(numbers)


def test_times_can_be_read() -> None:
    times = [ns for fault in seeds_of(ALL) for ns in (fault.at_ns, end_ns(fault))]

    assert [ns for ns in times if ns % MS] == []


def test_durations_stay_within_their_bounds() -> None:
    for fault in seeds_of(ALL):
        match fault:
            case Partition():
                assert PARTITION_NS[0] <= fault.for_ns <= PARTITION_NS[1]
            case Kill():
                assert fault.restart_ns is not None
                assert RESTART_NS[0] <= fault.restart_ns <= RESTART_NS[1]
            case Pause():
                assert PAUSE_NS[0] <= fault.for_ns <= PAUSE_NS[1]
            case SlowLink():
                assert SLOW_LINK_NS[0] <= fault.for_ns <= SLOW_LINK_NS[1]
                low, high = fault.latency_ns
                assert SLOW_LATENCY_NS[0] <= low <= high <= SLOW_LATENCY_NS[1]


def test_a_drawn_partition_cuts_some_clients_off_and_names_every_node() -> None:
    for fault in seeds_of("{every: 1s, one of: [partition]}"):
        assert isinstance(fault, Partition)
        cut, rest = fault.sides
        assert cut != ()
        assert {"n1", "n2"} <= set(rest)
        assert len(cut) + len(rest) == 10


@pytest.mark.parametrize("word", ["kill", "pause"])
def test_servers_are_killed_and_paused(word: str) -> None:
    faults = seeds_of(f"{{every: 5s, one of: [{word}]}}")

    targets = {fault.target for fault in faults if isinstance(fault, Kill | Pause)}
    assert targets == {"n1", "n2"}


def test_a_drawn_slow_link_joins_a_client_and_its_server() -> None:
    faults = seeds_of("{every: 1s, one of: [slow-link]}")

    ends = {fault.ends for fault in faults if isinstance(fault, SlowLink)}
    assert ends == {(f"p{n}", "n1") for n in range(1, 5)} | {(f"s{n}", "n2") for n in range(1, 5)}


def test_a_word_that_is_there_twice_is_drawn_twice_as_often() -> None:
    faults = seeds_of("{every: 200ms, one of: [kill, kill, pause]}")

    kills = sum(isinstance(fault, Kill) for fault in faults)
    assert 0.6 < kills / len(faults) < 0.72


def test_a_change_of_words_leaves_the_times_alone() -> None:
    one = faults_of("{every: 1s..3s, one of: [pause]}")
    two = faults_of("{every: 1s..3s, one of: [kill]}")

    assert [fault.at_ns for fault in one] == [fault.at_ns for fault in two]


def test_gaps_of_less_than_a_millisecond_are_kept() -> None:
    faults = faults_of("{every: 1500us, from: 90s, until: 91s, one of: [pause]}")

    assert [fault.at_ns for fault in faults][:2] == [90 * S + 1_500_000, 90 * S + 3_000_000]
