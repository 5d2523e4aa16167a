from collections.abc import Callable

import pytest

from natsim.scenarios import Scenario, parse_scenario
from natsim.scenarios.limits import CLIENTS_MAX

Mistakes = Callable[[str], list[str]]
ScenarioWith = Callable[[str], Scenario]


def test_a_client_has_a_name_no_server_has(mistakes: Mistakes, head: str) -> None:
    assert mistakes(head.replace("s1:", "n2:")) == [
        "f:7:3: n2 is already the name of a server; choose another"
    ]


def test_a_name_may_not_be_in_two_ranges(mistakes: Mistakes, head: str) -> None:
    text = head + "  s1..s3: {at: n1, subscribe: a}\n"

    assert mistakes(text) == ["f:8:3: s1 is already the name of a client; choose another"]


def test_a_scenario_has_a_server_and_a_client(mistakes: Mistakes) -> None:
    text = "natsim: 1\nscenario: test\nduration: 10s\nservers: {}\nclients: {}\n"

    assert mistakes(text) == [
        "f:4:1: there is no server; write at least one: {n1: {}}",
        "f:5:1: there is no client; write at least one, such as p1",
    ]


def test_clients_are_bounded(mistakes: Mistakes, head: str) -> None:
    text = head + "  w1..w1000: {at: n1, subscribe: a}\n"

    assert mistakes(text) == [f"f:5:1: there are more than {CLIENTS_MAX} clients; write fewer"]


def test_ten_thousand_ranges_do_no_harm(mistakes: Mistakes, head: str) -> None:
    ranges = "".join(f"  a{n}-1..a{n}-999: {{at: n1, subscribe: a}}\n" for n in range(10_000))

    assert mistakes(head + ranges)[-1].startswith("f:5:1: there are more than")


def test_servers_are_bounded(mistakes: Mistakes, head: str) -> None:
    servers = ", ".join(f"n{n}: {{}}" for n in range(1, 102))

    assert mistakes(head.replace("n1: {}, n2: {}", servers)) == [
        "f:4:1: there are more than 100 servers; write fewer"
    ]


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("publish: {subject: a, rate: 1/s}", ()),
        ("subscribe: a", ("at-most-once", "publisher-order", "completeness")),
        ("subscribe: a, queue: w", ("at-most-once", "publisher-order", "queue-group")),
        (
            'subscribe: ["a.>", {subject: a, queue: w}]',
            ("at-most-once", "publisher-order", "wildcard-routing", "queue-group", "completeness"),
        ),
        ("reply: a", ("at-most-once", "publisher-order", "completeness")),
        ("request: {subject: a, rate: 1/s}", ("request-reply",)),
    ],
)
def test_without_expect_all_that_applies_is_expected(
    client: str, expected: tuple[str, ...]
) -> None:
    text = f"""\
natsim: 1
scenario: test
duration: 10s
servers: {{n1: {{}}}}
clients:
  p1: {{at: n1, publish: {{subject: a, rate: 10/s}}}}
  x1: {{at: n1, {client}}}
"""

    assert parse_scenario(text).expect == expected


def test_expect_is_kept_in_the_order_it_was_written(scenario_with: ScenarioWith) -> None:
    scenario = scenario_with("expect: [publisher-order, at-most-once]\n")

    assert scenario.expect == ("publisher-order", "at-most-once")


def test_expect_names_a_guarantee_once(mistakes_with: Mistakes) -> None:
    assert mistakes_with("expect: [at-most-once, publisher-order, at-most-once]\n") == [
        "f:8:41: at-most-once is written twice; keep one"
    ]


def test_the_options_of_a_server_are_kept(head: str) -> None:
    text = head.replace(
        "n1: {}", "n1: {max-payload: 1KiB, ping-interval: 1s, ping-max: 3, max-pending: 5MB}"
    )

    server = parse_scenario(text).servers[0]

    assert (server.name, server.max_payload_bytes, server.max_pending_bytes) == (
        "n1",
        1_024,
        5_000_000,
    )
    assert (server.ping_interval_ns, server.ping_max) == (1_000_000_000, 3)
