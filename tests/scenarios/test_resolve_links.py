from collections.abc import Callable

import pytest

from natsim.scenarios import Scenario
from natsim.scenarios.scenario import Link

Mistakes = Callable[[str], list[str]]
ScenarioWith = Callable[[str], Scenario]

MS = 1_000_000


def test_links_have_no_latency_unless_it_is_written(scenario_with: ScenarioWith) -> None:
    assert scenario_with("").links == ()


def test_the_default_is_for_links_between_servers(scenario_with: ScenarioWith) -> None:
    assert scenario_with("links: {default: {latency: 5ms}}\n").links == ()


def test_clients_default_is_for_every_client_not_named(scenario_with: ScenarioWith) -> None:
    scenario = scenario_with(
        "links: {clients-default: {latency: 1ms}, n1-p1: {latency: 2ms..3ms}}\n"
    )

    assert scenario.links == (
        Link(ends=("n1", "p1"), latency_ns=(2 * MS, 3 * MS)),
        Link(ends=("s1", "n2"), latency_ns=(MS, MS)),
    )


def test_a_named_link_may_be_without_latency(scenario_with: ScenarioWith) -> None:
    scenario = scenario_with("links: {clients-default: {latency: 1ms}, p1-n1: {latency: 0s}}\n")

    assert scenario.links[0] == Link(ends=("p1", "n1"), latency_ns=(0, 0))


def test_an_end_may_be_a_range(scenario_with: ScenarioWith, head: str) -> None:
    del head
    scenario = scenario_with(
        "  w1..w2: {at: n1, subscribe: a}\nlinks: {w1..w2-n1: {latency: 1ms}}\n"
    )

    assert [link.ends for link in scenario.links] == [("w1", "n1"), ("w2", "n1")]


def test_names_with_hyphens_are_found(scenario_with: ScenarioWith) -> None:
    scenario = scenario_with(
        "  shop-eu: {at: n1, subscribe: a}\nlinks: {shop-eu-n1: {latency: 1ms}}\n"
    )

    assert scenario.links[0].ends == ("shop-eu", "n1")


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ("{p1-n3: {latency: 1ms}}", "f:8:9: there is no link p1-n3; did you mean p1-n1?"),
        ("{n1: {latency: 1ms}}", "f:8:9: there is no link n1; write one of p1-n1, s1-n2"),
        (
            "{n1-n2: {latency: 1ms}}",
            "f:8:9: n1-n2 joins two servers; clusters are not in this version: "
            "name a client and its server",
        ),
        (
            "{p1-s1: {latency: 1ms}}",
            "f:8:9: p1 and s1 are clients and do not talk to each other; "
            "name a client and its server",
        ),
        (
            "{p1-p1: {latency: 1ms}}",
            "f:8:9: p1 and p1 are clients and do not talk to each other; "
            "name a client and its server",
        ),
        (
            "{p1-n2: {latency: 1ms}}",
            "f:8:9: p1 is at n1 and does not talk to n2; write p1-n1",
        ),
        (
            "{p1-n1: {latency: 1ms}, n1-p1: {latency: 1ms}}",
            "f:8:32: n1-p1 is named twice; keep one",
        ),
        (
            "{p1-n1: {latency: 5ms..1ms}}",
            'f:8:26: latency is "5ms..1ms"; the shorter end comes first: write 1ms..5ms',
        ),
    ],
)
def test_a_link_that_is_wrong_says_where_and_what_to_write(
    links: str, expected: str, mistakes_with: Mistakes
) -> None:
    assert mistakes_with(f"links: {links}\n") == [expected]


def test_a_name_that_can_be_read_in_two_ways_is_refused(mistakes: Mistakes) -> None:
    text = """\
natsim: 1
scenario: test
duration: 10s
servers: {n1: {}, b-n1: {}}
clients:
  a: {at: b-n1, subscribe: a}
  a-b: {at: n1, subscribe: a}
links: {a-b-n1: {latency: 1ms}}
"""

    assert mistakes(text) == [
        "f:8:9: a-b-n1 may be a and b-n1 or a-b and n1; choose names that leave no doubt"
    ]
