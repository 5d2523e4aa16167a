import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import pytest

from natsim.harness.plan import digest, expand
from natsim.harness.plan.expand import letters
from natsim.harness.plan.plan import (
    Kill,
    LinkPlan,
    Operation,
    Partition,
    Pause,
    Plan,
    Series,
    SlowLink,
    SubscriptionPlan,
)
from natsim.scenarios import library, load_scenario, parse_scenario

MS = 1_000_000
S = 1_000_000_000

HEAD = "natsim: 1\nscenario: test\nduration: 10s\nservers: {n1: {}, n2: {}}\n"


def plan_of(client: str, lines: str = "", seed: int = 1) -> Plan:
    return expand(parse_scenario(f"{HEAD}clients:\n  p1: {{at: n1, {client}}}\n{lines}"), seed)


def test_a_regular_publish_becomes_a_series() -> None:
    plan = plan_of('publish: {subject: "a.{x}", rate: 200/s, size: 256, from: 1s}')

    assert plan.series == (
        Series(
            id="p1.a",
            client="p1",
            kind="publish",
            subjects=("a.x1", "a.x2", "a.x3"),
            size=256,
            from_ns=S,
            every_ns=5 * MS,
            count=1_800,
        ),
    )


@pytest.mark.parametrize(
    ("ends", "count"),
    [
        ("rate: 1/s", 10),
        ("rate: 1/s, count: 4", 4),
        ("every: 3s", 4),
        ("every: 1s, until: 2s", 2),
        ("every: 1s, until: 2001ms", 3),
        ("every: 20s", 1),
    ],
)
def test_an_end_in_time_becomes_a_count(ends: str, count: int) -> None:
    plan = plan_of(f"publish: {{subject: a, {ends}}}")

    assert plan.series[0].count == count


def test_a_request_has_a_timeout() -> None:
    plan = plan_of("request: {subject: a, rate: 1/s, timeout: 2s}")

    assert (plan.series[0].kind, plan.series[0].timeout_ns) == ("request", 2 * S)


def test_subscriptions_and_series_share_their_letters_in_the_order_written() -> None:
    plan = plan_of(
        "reply: {subject: r, delay: 5ms}, publish: {subject: a, rate: 1/s}, "
        "subscribe: [b, {subject: c, queue: w, max: 3}]"
    )

    assert plan.clients[0].subscriptions == (
        SubscriptionPlan(id="p1.a", subject="r", answers=True, delay_ns=5 * MS),
        SubscriptionPlan(id="p1.c", subject="b"),
        SubscriptionPlan(id="p1.d", subject="c", queue="w", max_messages=3),
    )
    assert plan.series[0].id == "p1.b"


def test_letters_go_on_after_z() -> None:
    plan = plan_of(f"subscribe: [{', '.join(['a'] * 28)}]")

    assert [sub.id for sub in plan.clients[0].subscriptions][-3:] == ["p1.z", "p1.aa", "p1.ab"]


def test_letters_are_never_the_same_twice() -> None:
    assert len({letters(number) for number in range(1_000)}) == 1_000


def test_an_irregular_publish_becomes_operations() -> None:
    plan = plan_of('publish: {subject: "a.{x}", every: 1ms..10ms, from: 1s, count: 100}')

    assert plan.series == ()
    assert plan.operations[0] == Operation(
        id="p1.a/0", client="p1", at_ns=S, kind="publish", subject="a.x1", size=128
    )
    assert {operation.id for operation in plan.operations} == {f"p1.a/{n}" for n in range(100)}
    times = [operation.at_ns for operation in plan.operations]
    gaps = [after - before for before, after in pairwise(times)]
    assert MS <= min(gaps) < 2 * MS < 9 * MS < max(gaps) <= 10 * MS


def test_irregular_operations_end_before_until() -> None:
    plan = plan_of("request: {subject: a, every: 1ms..300ms, until: 2s, timeout: 1s}")

    assert 1_500 * MS < plan.operations[-1].at_ns < 2 * S
    assert {operation.timeout_ns for operation in plan.operations} == {S}


def test_the_gaps_of_one_series_do_not_depend_on_another() -> None:
    one = plan_of("publish: {subject: a, every: 1ms..10ms}", "  p2: {at: n2, subscribe: a}\n")
    two = plan_of(
        "publish: {subject: a, every: 1ms..10ms}",
        "  p2: {at: n2, publish: {subject: b, every: 1ms..10ms}}\n",
    )

    assert one.operations == tuple(each for each in two.operations if each.client == "p1")


def test_operations_are_in_order_of_time() -> None:
    plan = plan_of("publish: [{subject: a, every: 1ms..9ms}, {subject: b, every: 1ms..9ms}]")

    keys = [(operation.at_ns, operation.id) for operation in plan.operations]
    assert keys == sorted(keys)


def test_faults_are_named_by_their_line_and_sorted_by_time() -> None:
    plan = plan_of(
        "subscribe: a",
        """\
faults:
  - {at: 5s, kill: n1, restart: 1s}
  - {at: 1s, partition: [[n2, p1], [n1]], for: 1s, one-way: true}
  - {at: 2s, pause: n2, for: 1s}
  - {at: 2s, slow-link: n1-p1, latency: 1ms..2ms, for: 3s}
""",
    )

    assert plan.faults == (
        Partition(id="f2", at_ns=S, for_ns=S, sides=(("n2", "p1"), ("n1",)), is_one_way=True),
        Pause(id="f3", at_ns=2 * S, for_ns=S, target="n2"),
        SlowLink(id="f4", at_ns=2 * S, for_ns=3 * S, ends=("n1", "p1"), latency_ns=(MS, 2 * MS)),
        Kill(id="f1", at_ns=5 * S, target="n1", restart_ns=S),
    )


def test_links_are_explicit() -> None:
    plan = plan_of("subscribe: a", "links: {clients-default: {latency: 1ms..2ms}}\n")

    assert plan.links == (LinkPlan(ends=("p1", "n1"), latency_ns=(MS, 2 * MS)),)


@pytest.mark.parametrize("name", library())
def test_the_same_seed_gives_the_same_plan(name: str) -> None:
    scenario = load_scenario(library()[name])

    assert expand(scenario, 42) == expand(scenario, 42)


def test_another_seed_gives_another_plan() -> None:
    scenario = load_scenario(library()["demo"])

    one, two = expand(scenario, 1), expand(scenario, 2)

    assert one.operations != two.operations
    assert replace(one, seed=0, operations=(), faults=()) == replace(
        two, seed=0, operations=(), faults=()
    )


def test_a_fresh_process_with_another_hash_seed_gives_the_same_plan() -> None:
    program = (
        "from natsim.harness.plan import digest, expand\n"
        "from natsim.scenarios import library, load_scenario\n"
        "print(digest(expand(load_scenario(library()['demo']), 42)))\n"
    )
    here = digest(expand(load_scenario(library()["demo"]), 42))

    digests = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    ]

    assert digests == [here, here]
