from collections.abc import Callable
from pathlib import Path

import pytest

from natsim.scenarios import Scenario, ScenarioError, load_scenario, parse_scenario

Mistakes = Callable[[str], list[str]]

DESIGN = """\
natsim: 1
scenario: partition-heals
duration: 60s
settle: 10s
servers: {n1: {}, n2: {}, n3: {}}
links: {default: {latency: 1ms..5ms}, p1-n1: {latency: 40ms}}
clients:
  p1: {at: n1, publish: {subject: "orders.{region}.created", rate: 200/s, size: 128, from: 1s}}
  s1: {at: n3, subscribe: "orders.>"}
  w1..w3: {at: n2, subscribe: "orders.*.created", queue: workers}
faults:
  - {at: 10s, partition: [[n1, n2], [n3, p1]], for: 15s}
  - {at: 30s, kill: n2, restart: 5s}
  - {every: 5s..10s, from: 35s, one of: [pause, slow-link, nothing]}
expect: [at-most-once, publisher-order, wildcard-routing, queue-group]
"""


def test_a_scenario_like_that_of_the_design_is_read() -> None:
    scenario = parse_scenario(DESIGN)

    assert [client.name for client in scenario.clients] == ["p1", "s1", "w1", "w2", "w3"]


def test_a_file_is_read_as_its_text_is(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(DESIGN, encoding="utf-8")

    assert load_scenario(path) == parse_scenario(DESIGN)


def test_mistakes_name_the_file_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("natsim: 2\n", encoding="utf-8")

    with pytest.raises(ScenarioError) as raised:
        load_scenario(path)

    assert {mistake.path for mistake in raised.value.mistakes} == {str(path)}


def test_all_mistakes_of_a_file_are_reported_in_one_go(mistakes: Mistakes) -> None:
    text = """\
natsim: 1
scenario: Many_Mistakes
duration: 10
servers: {n1: {max-payload: big}}
clients:
  p1: {at: n9, publish: {subject: "a.>", rate: 5, size: 8}}
  s1: {at: n1, subscibe: a}
  s1: {at: n1}
faults:
  - {at: 2s, kil: n1}
  - {at: 2s, pause: n2, for: 1s}
expct: []
"""

    assert mistakes(text) == [
        'f:2:11: scenario is "Many_Mistakes"; write lower-case letters, digits and hyphens: '
        "partition-heals",
        "f:3:11: duration is 10; write 10s, or another unit of time",
        'f:4:29: max-payload is "big"; write bytes, such as 128, 4KiB (4096) or 1MB (1000000)',
        "f:6:12: there is no server n9; write n1",
        'f:6:35: subject is "a.>"; wildcards are for subscriptions; write a full subject',
        "f:6:48: rate is 5; write 5/s, or another unit of time",
        "f:6:57: size is 8; it must be 32 or more: a payload begins with its message id",
        "f:7:16: subscibe is not a key of a client; did you mean subscribe?",
        "f:8:3: s1 is written twice (first in line 7); keep one",
        "f:10:14: kil is not a fault; did you mean kill?",
        "f:11:21: there is no node n2; write one of n1, p1, s1",
        "f:12:1: expct is not a key of a scenario; did you mean expect?",
    ]


def test_a_mistake_of_the_yaml_is_not_echoed_by_the_schema(mistakes_of_client: Mistakes) -> None:
    assert mistakes_of_client("{at: *n, subscribe: a}") == [
        "f:6:12: *n is an alias, which is not read here; write the value out, "
        'or a subject in quotes: "*n"'
    ]


def test_every_missing_key_of_the_root_is_named(mistakes: Mistakes) -> None:
    assert mistakes("natsim: 1\n") == [
        "f:1:1: scenario is missing; write scenario: partition-heals",
        "f:1:1: duration is missing; write duration: 10s",
        "f:1:1: servers is missing; write servers: {n1: {}}",
        'f:1:1: clients is missing; write clients: {s1: {at: n1, subscribe: "orders.>"}}',
    ]


@pytest.mark.parametrize(
    ("text", "shown"), [("- a\n", "a list"), ("hello\n", '"hello"'), ("5\n", "5")]
)
def test_a_file_that_is_no_mapping_says_so(text: str, shown: str, mistakes: Mistakes) -> None:
    assert mistakes(text) == [
        f"f:1:1: the file is {shown}; "
        "write a mapping such as {natsim: 1, scenario: first, duration: 5s, ...}"
    ]


def test_without_a_duration_nothing_is_called_too_late(mistakes: Mistakes, head: str) -> None:
    text = head.replace("duration: 10s", "duration: 10") + "faults: [{at: 20s, kill: n1}]\n"

    assert mistakes(text) == ["f:3:11: duration is 10; write 10s, or another unit of time"]


def test_defaults_are_those_of_the_reference(scenario_with: Callable[[str], Scenario]) -> None:
    scenario = scenario_with("")

    assert (scenario.settle_ns, scenario.barrier_ns) == (2_000_000_000, 2_000_000_000)
    assert scenario.clients[0].reconnect_wait_ns == 2_000_000_000
    assert scenario.clients[0].ping_interval_ns == 120_000_000_000
    assert scenario.clients[0].pings_outstanding == 2
    assert (scenario.links, scenario.faults) == ((), ())


def test_a_name_that_is_none_is_not_suggested(mistakes: Mistakes, head: str) -> None:
    text = head.replace("n2: {}", '"\\u001e": {}').replace("at: n2", "at: n7")

    assert mistakes(text) == [
        'f:4:19: the name is "?"; a name is lower-case letters, digits and hyphens, '
        "and begins with a letter: p1",
        "f:7:12: there is no server n7; write n1",
    ]
