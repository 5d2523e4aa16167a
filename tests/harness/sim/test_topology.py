"""The topology knows who is joined and who is cut from whom."""

import pytest

from natsim.harness.sim.link import Wire
from natsim.harness.sim.topology import Topology


def _star() -> Topology:
    topology = Topology()
    for name in ("n1", "p1", "s1", "s2"):
        topology.add_node(name)
    for client in ("p1", "s1", "s2"):
        topology.add_link(client, "n1")
    topology.add_link("p1", "n1", latency_ns=(1, 5))
    return topology


def test_a_link_has_its_own_latency_the_same_both_ways_and_others_none() -> None:
    topology = _star()

    assert topology.wire("p1", "n1") == topology.wire("n1", "p1") == Wire(latency_ns=(1, 5))
    assert topology.wire("s1", "n1") == topology.wire("s1", "s2") == Wire()


def test_the_pairs_between_sides() -> None:
    pairs = _star().between([["n1"], ["p1", "s1"], ["s2"]])

    assert pairs == [
        ("n1", "p1"), ("n1", "s1"), ("n1", "s2"), ("p1", "s2"), ("s1", "s2")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sides", "problem"),
    [([["n1"], ["x"]], "no node x"), ([["n1"], ["s1", "n1"]], "n1 stands on two sides")],
)
def test_wrong_sides_are_refused(sides: list[list[str]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        _star().between(sides)


def test_cuts_nest_and_show_in_the_islands() -> None:
    topology = _star()
    for _ in range(2):
        topology.cut("n1", "s1")
        topology.cut("s1", "n1")
    before = topology.islands()
    topology.heal("n1", "s1")
    topology.heal("s1", "n1")
    still = topology.islands()
    topology.heal("n1", "s1")
    topology.heal("s1", "n1")

    assert before == still == [["n1", "p1", "s2"], ["s1"]]
    assert topology.islands() == [["n1", "p1", "s1", "s2"]]
    assert topology.cut_off() == []
