from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natsim.harness.plan import Plan, dump_plan, expand, load_plan
from natsim.harness.plan import plan_text as text_of
from natsim.harness.plan.dump import INLINE_MAX
from natsim.harness.plan.plan import (
    ClientPlan,
    Fault,
    Kill,
    LinkPlan,
    Operation,
    Partition,
    Pause,
    Series,
    ServerPlan,
    SlowLink,
    SubscriptionPlan,
)
from natsim.scenarios import library, load_scenario

S = 1_000_000_000
DURATION_NS = 100 * S
NODES = ("n1", "n2", "p1", "p2")


def reads_back(plan: Plan) -> Plan:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.yaml"
        dump_plan(plan, path)
        return load_plan(path)


# Words a YAML reader might take for something else, and letters of every kind.
ODD = ["1", "0o17", "0x1f", "1e3", "-1", "true", "null", "~", "on", "no", "1:30", "=", "<<", "#",
       "a#b", "&a", "!a", "%a", "@a", "`a", "-", "?", "'", '"', "[a", "a,b", "|", ":"]  # fmt: skip
words = st.one_of(
    st.sampled_from(ODD),
    st.text(
        st.characters(exclude_categories=["C", "Z"], exclude_characters=".{}*>"),
        min_size=1,
        max_size=5,
    ),
)
subjects = st.lists(words, min_size=1, max_size=2).map(".".join)
wildcards = st.one_of(st.sampled_from([">", "*", "a.>", "*.b"]), subjects)
queues = st.one_of(st.none(), st.sampled_from([".5", ".inf", "+.INF", ".nan", "1."]), words)
times = st.one_of(st.integers(0, DURATION_NS - 1), st.integers(0, 99).map(lambda s: s * S))
some_time = times.map(lambda ns: max(ns, 1))
sizes = st.integers(64, 2**20)
maybe_count = st.one_of(st.none(), st.integers(1, 1_000))


@st.composite
def intervals(draw: st.DrawFn) -> tuple[int, int]:
    low, high = sorted((draw(times), draw(times)))
    return low, high


@st.composite
def series(draw: st.DrawFn, number: int) -> Series:
    is_request = draw(st.booleans())
    client = draw(st.sampled_from(["p1", "p2"]))
    from_ns, every_ns = draw(times), draw(st.integers(1, S))
    count = draw(st.integers(1, min(1_000, (DURATION_NS - from_ns - 1) // every_ns + 1)))
    return Series(
        id=draw(st.sampled_from([f"p1.x{number}", f"p2.x{number}"])),
        client=client,
        kind="request" if is_request else "publish",
        subjects=tuple(draw(st.lists(subjects, min_size=1, max_size=3))),
        size=draw(sizes),
        from_ns=from_ns,
        every_ns=every_ns,
        count=count,
        timeout_ns=draw(some_time) if is_request else 0,
        skip=tuple(draw(st.lists(st.integers(0, count - 1), unique=True, max_size=3))),
    )


@st.composite
def operations(draw: st.DrawFn, number: int) -> Operation:
    client = draw(st.sampled_from(["p1", "p2"]))
    bare = Operation(id=f"{client}.o/{number}", client=client, at_ns=draw(times), kind="flush")
    match draw(st.sampled_from(["bare", "subscribe", "unsubscribe", "publish", "request"])):
        case "subscribe":
            sub = f"{client}.new{number}"
            return replace(
                bare, kind="subscribe", sub=sub, subject=draw(wildcards), queue=draw(queues)
            )
        case "unsubscribe":
            return replace(
                bare, kind="unsubscribe", sub=f"{client}.a", max_messages=draw(maybe_count)
            )
        case "publish":
            return replace(bare, kind="publish", subject=draw(subjects), size=draw(sizes))
        case "request":
            return replace(
                bare,
                kind="request",
                subject=draw(subjects),
                size=draw(sizes),
                timeout_ns=draw(some_time),
            )
        case _:
            return replace(bare, kind=draw(st.sampled_from(["connect", "flush", "drain", "close"])))


@st.composite
def faults(draw: st.DrawFn, number: int) -> Fault:
    name, at_ns = f"f{number}", draw(times)
    for_ns = draw(st.integers(1, DURATION_NS - at_ns))
    match draw(st.sampled_from(["partition", "kill", "pause", "slow-link"])):
        case "partition":
            sides = draw(
                st.sampled_from([(("n1",), ("p1", "p2")), (("p1",), ("n1", "n2"), ("p2",))])
            )
            return Partition(
                id=name, at_ns=at_ns, for_ns=for_ns, sides=sides, is_one_way=draw(st.booleans())
            )
        case "kill":
            restart_ns = draw(st.sampled_from([None, for_ns]))
            return Kill(id=name, at_ns=at_ns, target="n1", restart_ns=restart_ns)
        case "pause":
            target = draw(st.sampled_from(NODES))
            return Pause(id=name, at_ns=at_ns, for_ns=for_ns, target=target)
        case _:
            return SlowLink(
                id=name, at_ns=at_ns, for_ns=for_ns, ends=("p1", "n1"), latency_ns=draw(intervals())
            )


@st.composite
def clients(draw: st.DrawFn, name: str) -> ClientPlan:
    subs = [
        SubscriptionPlan(
            id=f"{name}.{letter}",
            subject=draw(wildcards),
            queue=draw(queues),
            max_messages=draw(maybe_count),
            answers=draw(st.booleans()),
            delay_ns=draw(times),
        )
        for letter in ("a", "b")
    ]
    return ClientPlan(
        name=name,
        at=draw(st.sampled_from(["n1", "n2"])),
        reconnect_wait_ns=draw(some_time),
        ping_interval_ns=draw(some_time),
        pings_outstanding_max=draw(st.integers(1, 10)),
        subscriptions=tuple(subs),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    server = ServerPlan(
        name="n2",
        max_payload_bytes=draw(maybe_count),
        max_pending_bytes=draw(maybe_count),
        max_control_line_bytes=draw(maybe_count),
        ping_interval_ns=draw(st.one_of(st.none(), some_time)),
        ping_max=draw(maybe_count),
    )
    done = [draw(operations(number)) for number in range(draw(st.integers(0, 3)))]
    broken = [draw(faults(number)) for number in range(draw(st.integers(0, 3)))]
    return Plan(
        scenario=draw(st.sampled_from(["test", "1", "1e3", "0x1", "no", "null"])),
        seed=draw(st.integers()),
        duration_ns=DURATION_NS,
        settle_ns=draw(some_time),
        barrier_ns=draw(some_time),
        expect=tuple(draw(st.lists(st.sampled_from(["at-most-once", "completeness"]), max_size=2))),
        servers=(ServerPlan(name="n1"), server),
        links=(LinkPlan(ends=("p1", "n1"), latency_ns=draw(intervals())),),
        clients=(draw(clients("p1")), draw(clients("p2"))),
        series=tuple(draw(series(number)) for number in range(draw(st.integers(0, 3)))),
        operations=tuple(sorted(done, key=lambda each: (each.at_ns, each.id))),
        faults=tuple(sorted(broken, key=lambda each: (each.at_ns, each.id))),
    )


@settings(max_examples=60, deadline=None)
@given(plans())
def test_a_plan_that_is_written_is_read_as_the_same(plan: Plan) -> None:
    assert reads_back(plan) == plan


@pytest.mark.parametrize("name", library())
def test_the_plan_of_every_scenario_is_read_as_it_is_written(name: str) -> None:
    plan = expand(load_scenario(library()[name]), 3)

    assert reads_back(plan) == plan


def with_operations(plan: Plan, count: int) -> Plan:
    flushes = [
        Operation(id=f"p1.o/{n:03}", client="p1", at_ns=n, kind="flush") for n in range(count)
    ]
    return replace(plan, operations=tuple(flushes))


def test_a_plan_with_few_operations_is_one_file(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"

    assert dump_plan(with_operations(plan, INLINE_MAX), path) == [path]
    assert list(tmp_path.iterdir()) == [path]


def test_many_operations_have_a_file_of_their_own(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    many = with_operations(plan, INLINE_MAX + 1)

    files = dump_plan(many, path)

    assert files == [path, tmp_path / "plan.ops.jsonl"]
    assert "operations-file: plan.ops.jsonl\n" in path.read_text(encoding="utf-8")
    assert load_plan(path) == many


def test_an_operation_is_one_line_of_json(plan: Plan, tmp_path: Path) -> None:
    _, beside = dump_plan(with_operations(plan, INLINE_MAX + 1), tmp_path / "plan.yaml")

    first = beside.read_text(encoding="utf-8").splitlines()[0]

    assert first == '{"id": "p1.o/000", "at": "0s", "do": "flush"}'


def test_a_plan_reads_like_a_scenario(plan: Plan) -> None:
    full = replace(
        plan,
        links=(LinkPlan(ends=("p1", "n1"), latency_ns=(1_000_000, 5_000_000)),),
        series=(
            Series(
                id="p1.a", client="p1", kind="publish", subjects=("a.b", "a.c"), size=128,
                from_ns=S, every_ns=5_000_000, count=100, skip=(17,),
            ),
        ),
        faults=(
            Partition(id="f1", at_ns=S, for_ns=S, sides=(("n1",), ("p1",))),
            Kill(id="f2", at_ns=3 * S, target="n1", restart_ns=1_500_000_000),
        ),
    )  # fmt: skip

    assert (
        text_of(full)
        == """\
schema: natsim.plan/1
scenario: test
seed: 7
duration: 10s
settle: 2s
barrier: 1s
expect: [at-most-once]
servers:
  n1: {}
links:
- {ends: [p1, n1], latency: 1ms..5ms}
clients:
  p1: {at: n1, reconnect-wait: 2s, ping-interval: 2m, pings-outstanding: 2, \
subscriptions: [{id: p1.s, subject: a.>}]}
series:
- {id: p1.a, publish: [a.b, a.c], size: 128, from: 1s, every: 5ms, count: 100, except: [17]}
faults:
- {id: f1, at: 1s, partition: [[n1], [p1]], for: 1s}
- {id: f2, at: 3s, kill: n1, restart: 1500ms}
"""
    )


def test_a_client_that_the_id_does_not_name_is_written_out(plan: Plan) -> None:
    odd_one = Operation(id="x.o/1", client="p1", at_ns=0, kind="flush")

    assert "{id: x.o/1, client: p1, at: 0s, do: flush}" in text_of(
        replace(plan, operations=(odd_one,))
    )
