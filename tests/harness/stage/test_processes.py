"""The stages of real processes: each fault takes hold, is seen, and is undone."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import nats
import pytest
from tests.harness.loops import TEST_S, until
from tests.harness.wire import CONNECT, Wire, hang_up_all, publication

from natsim.harness.plan.plan import LinkPlan, Plan, ServerPlan
from natsim.harness.stage.base import StageError, StageName, StageUnavailable
from natsim.harness.stage.processes import ProcessStage

from .plans import kill, one_way, partition, pause, plan_of, slow_link

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from natsim.harness.stage.pipe import Pipe

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc to see faults by")

T = TypeVar("T")

MS = 1_000_000
QUIET_S = 0.1


def play(stage: ProcessStage, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a stage that was started, with an end in sight."""

    async def limited() -> T:
        async with asyncio.timeout(TEST_S):
            try:
                await stage.start()
                return await main()
            finally:
                hang_up_all()

    return stage.run(limited)


def stage_of(executable: Path | None, logs: Path, plan: Plan | None = None) -> ProcessStage:
    return ProcessStage(plan or plan_of(), executable, logs)


def port_of(stage: ProcessStage, client: str, server: str = "n1") -> int:
    return int(stage.url(client, server).rpartition(":")[2])


async def dial(stage: ProcessStage, client: str, server: str = "n1") -> Wire:
    """Connect a client as the stage tells it to."""
    wire = await Wire.dial(port_of(stage, client, server))
    await wire.send(CONNECT)
    await wire.sync()
    return wire


async def subscriber(stage: ProcessStage, client: str = "s1", server: str = "n1") -> Wire:
    wire = await dial(stage, client, server)
    await wire.send(b"SUB news 1\r\n")
    await wire.sync()
    return wire


async def says_nothing(wire: Wire) -> bool:
    try:
        async with asyncio.timeout(QUIET_S):
            await wire.exactly(1)
    except TimeoutError:
        return True
    return False


def leaves_no_child(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


# Fault by fault, on all kinds of servers.


def test_clients_reach_a_server_through_their_own_ports(
    executable: Path | None, tmp_path: Path
) -> None:
    stage = stage_of(executable, tmp_path, plan_of(servers=("n1", "n2")))

    async def main() -> None:
        wires = [await dial(stage, client, to) for client in ("p1", "s1") for to in ("n1", "n2")]

        assert [wire.info["server_name"] for wire in wires] == ["n1", "n2", "n1", "n2"]
        assert len({wire.peer_port for wire in wires} - set(stage.servers.ports.values())) == 4
        assert "connect_urls" not in wires[0].info

    play(stage, main)


def test_a_server_is_told_what_the_plan_says_of_it(executable: Path | None, tmp_path: Path) -> None:
    server = ServerPlan(
        name="small",
        max_payload_bytes=100,
        max_pending_bytes=100_000,
        max_control_line_bytes=512,
        ping_interval_ns=200 * MS,
        ping_max=1,
    )
    stage = stage_of(executable, tmp_path, plan_of(servers=(server,)))

    async def main() -> None:
        wire = await dial(stage, "p1", "small")
        long_line = await dial(stage, "s1", "small")
        await long_line.send(b"SUB " + b"x" * 600 + b" 1\r\n")

        assert wire.info["max_payload"] == 100
        assert b"maximum control line exceeded" in (await long_line.rest()).lower()
        assert b"PING\r\n" in await wire.until(b"-ERR 'Stale Connection'\r\n")

    play(stage, main)


def test_a_partition_holds_back_both_ways_and_heals_in_order(
    executable: Path | None, tmp_path: Path
) -> None:
    stage = stage_of(executable, tmp_path)
    fault = partition(("n1", "p1"), ("s1",))

    async def main() -> None:
        publisher, cut_off = await dial(stage, "p1"), await subscriber(stage)

        begun = await stage.begin(fault)
        await publisher.send(publication("news", b"one"), publication("news", b"two"))
        await publisher.sync()
        await cut_off.send(b"SUB late 2\r\n")
        is_silent = await says_nothing(cut_off)
        ended = await stage.end(fault)

        assert is_silent
        assert begun == {
            "cut": ["n1>s1", "s1>n1"],
            "connections": {"s1-n1": 1},
            "seen_by_kernel": True,
        }
        assert ended == {
            "healed": ["n1>s1", "s1>n1"],
            "connections": {"s1-n1": 1},
            "held_bytes": len(b"MSG news 1 3\r\none\r\nMSG news 1 3\r\ntwo\r\nSUB late 2\r\n"),
            "leaked_bytes": 0,
        }
        assert await cut_off.sync() == b"MSG news 1 3\r\none\r\nMSG news 1 3\r\ntwo\r\n"

    play(stage, main)


def test_a_one_way_partition_loses_the_answers_alone(
    executable: Path | None, tmp_path: Path
) -> None:
    stage = stage_of(executable, tmp_path)
    fault = one_way("n1", "p1")

    async def main() -> None:
        deafened, hearing = await dial(stage, "p1"), await subscriber(stage)

        begun = await stage.begin(fault)
        await deafened.send(publication("news", b"one"), b"PING\r\n")
        heard = await hearing.exactly(19)
        is_silent = await says_nothing(deafened)
        await stage.end(fault)

        assert begun["cut"] == ["n1>p1"]
        assert heard == b"MSG news 1 3\r\none\r\n"
        assert is_silent
        assert await deafened.until(b"PONG\r\n") == b"PONG\r\n"

    play(stage, main)


def test_a_kill_closes_the_connections_and_a_restart_serves_again(
    executable: Path | None, tmp_path: Path
) -> None:
    stage = stage_of(executable, tmp_path)
    fault = kill("n1")

    async def main() -> None:
        wire = await dial(stage, "p1")
        url = stage.url("p1", "n1")

        begun = await stage.begin(fault)
        end_of_stream = await wire.rest()
        refused = await Wire.dial_silently(port_of(stage, "p1"))
        with pytest.raises(ConnectionResetError):
            await refused.rest()
        ended = await stage.end(fault)
        again = await dial(stage, "p1")

        assert begun == {
            "connections": {"p1-n1": 1},
            "exit_status": -9,
            "process": "dead",
            "incarnation": 1,
        }
        assert end_of_stream == b""
        assert ended == {"process": "running", "incarnation": 2}
        assert again.info["server_id"] != wire.info["server_id"]
        assert stage.url("p1", "n1") == url

    play(stage, main)


def test_a_pause_keeps_the_connections_and_answers_come_late(
    executable: Path | None, tmp_path: Path
) -> None:
    stage = stage_of(executable, tmp_path)
    fault = pause("n1")

    async def main() -> None:
        wire = await dial(stage, "p1")

        begun = await stage.begin(fault)
        await wire.send(b"PING\r\n")
        is_silent = await says_nothing(wire)
        ended = await stage.end(fault)

        assert begun == {
            "connections": {"p1-n1": 1},
            "state": "T",
            "process": "paused",
            "incarnation": 1,
        }
        assert is_silent
        assert ended["process"] == "running"
        assert ended["state"] != "T"
        assert await wire.until(b"PONG\r\n") == b"PONG\r\n"

    play(stage, main)


def test_a_slow_link_takes_its_time_and_then_no_more(
    executable: Path | None, tmp_path: Path
) -> None:
    stage = stage_of(executable, tmp_path)
    fault = slow_link("n1", "p1", 100 * MS, 120 * MS)

    async def main() -> None:
        wire = await dial(stage, "p1")
        loop = asyncio.get_running_loop()

        begun = await stage.begin(fault)
        before = loop.time()
        await wire.sync()
        slow_s = loop.time() - before
        ended = await stage.end(fault)
        await wire.sync()

        assert begun == {"latency_ns": "100000000..120000000"}
        assert slow_s >= 0.2
        assert ended == {"latency_ns": "0..0"}
        assert loop.time() - before - slow_s < 0.2

    play(stage, main)


def test_nats_py_comes_back_after_a_kill(executable: Path | None, tmp_path: Path) -> None:
    stage = stage_of(executable, tmp_path)
    fault = kill("n1")

    async def main() -> list[bytes]:
        took: list[bytes] = []
        back = asyncio.Event()

        async def on_back() -> None:
            back.set()

        async def ignore(_: Exception) -> None:
            """Not worth a line of the test's output."""

        async def take(message: Any) -> None:
            took.append(message.data)

        client = await nats.connect(
            stage.url("s1", "n1"),
            reconnect_time_wait=0.02,
            max_reconnect_attempts=-1,
            reconnected_cb=on_back,
            error_cb=ignore,
        )
        await client.subscribe("news", cb=take)
        await client.flush()
        await stage.begin(fault)
        await stage.end(fault)
        await back.wait()
        await client.publish("news", b"hello again")
        await client.flush()
        await until(lambda: bool(took))
        await client.close()
        return took

    assert play(stage, main) == [b"hello again"]


def test_a_plan_whose_links_have_latency_is_slow_from_the_start(
    executable: Path | None, tmp_path: Path
) -> None:
    links = (LinkPlan(ends=("p1", "n1"), latency_ns=(50 * MS, 60 * MS)),)
    stage = stage_of(executable, tmp_path, plan_of(links=links))

    async def main() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        near, far = await dial(stage, "s1"), await dial(stage, "p1")
        before = loop.time()
        await near.sync()
        between = loop.time()
        await far.sync()
        return between - before, loop.time() - between

    near_s, far_s = play(stage, main)

    assert near_s < 0.1 <= far_s


# Nesting. The kind of server makes no difference: ours.


def test_overlapping_kills_keep_a_server_down_until_the_last_ends(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> list[object]:
        seen = [await stage.begin(kill("n1", "f1")), await stage.begin(kill("n1", "f2"))]
        seen += [await stage.end(kill("n1", "f1")), await stage.end(kill("n1", "f2"))]
        await dial(stage, "p1")
        return [(each["process"], each["incarnation"]) for each in seen]

    assert play(stage, main) == [("dead", 1), ("dead", 1), ("dead", 1), ("running", 2)]


def test_overlapping_pauses_keep_a_server_stopped_until_the_last_ends(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> list[object]:
        seen = [await stage.begin(pause("n1", "f1")), await stage.begin(pause("n1", "f2"))]
        seen += [await stage.end(pause("n1", "f1")), await stage.end(pause("n1", "f2"))]
        return [each["process"] for each in seen]

    assert play(stage, main) == ["paused", "paused", "paused", "running"]


def test_a_pause_from_before_a_kill_does_not_end_one_from_after_it(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> list[object]:
        seen = [await stage.begin(pause("n1", "f1")), await stage.begin(kill("n1", "f2"))]
        seen += [await stage.end(kill("n1", "f2")), await stage.begin(pause("n1", "f3"))]
        seen += [await stage.end(pause("n1", "f1")), await stage.end(pause("n1", "f3"))]
        return [each["process"] for each in seen]

    assert play(stage, main) == ["paused", "dead", "running", "paused", "paused", "running"]


def test_pausing_what_is_dead_does_nothing(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> list[object]:
        seen = [await stage.begin(kill("n1", "f1")), await stage.begin(pause("n1", "f2"))]
        seen += [await stage.end(kill("n1", "f1")), await stage.end(pause("n1", "f2"))]
        return [each["process"] for each in seen]

    assert play(stage, main) == ["dead", "dead", "running", "running"]


def test_a_kill_waits_for_the_restart_before_it(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> list[object]:
        await stage.begin(kill("n1", "f1"))
        ended, begun = await asyncio.gather(
            stage.end(kill("n1", "f1")), stage.begin(kill("n1", "f2"))
        )
        return [ended["process"], begun["process"], begun["incarnation"]]

    assert play(stage, main) == ["running", "dead", 2]


def test_overlapping_partitions_heal_with_the_last(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)
    first, second = partition(("n1",), ("s1",)), partition(("s1",), ("n1", "p1"), fault_id="f2")

    async def main() -> bool:
        wire = await subscriber(stage)
        await stage.begin(first)
        await stage.begin(second)
        await stage.end(first)
        await wire.send(b"PING\r\n")
        is_silent = await says_nothing(wire)
        await stage.end(second)
        await wire.until(b"PONG\r\n")
        return is_silent

    assert play(stage, main)


def test_a_restart_during_a_partition_is_no_leak(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)
    cut = partition(("n1",), ("s1",), fault_id="f2")

    async def main() -> None:
        await stage.begin(kill("n1"))
        await stage.begin(cut)
        await stage.end(kill("n1"))
        await stage.end(cut)
        await dial(stage, "s1")

    play(stage, main)


def test_sides_without_a_server_cut_nothing(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)
    fault = partition(("p1",), ("s1",))

    async def main() -> object:
        begun = await stage.begin(fault)
        await dial(stage, "p1")
        await stage.end(fault)
        return begun["cut"]

    assert play(stage, main) == []


# Leaks.


def test_a_connection_past_the_proxy_is_found_when_the_partition_begins(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> None:
        await Wire.dial(stage.servers.ports["n1"])

        await stage.begin(partition(("n1",), ("s1",)))

    with pytest.raises(StageError, match=r"the partition leaks: natsim's port \d+ is connected to"):
        play(stage, main)


def test_a_connection_past_the_proxy_is_found_while_the_partition_lasts(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> None:
        await stage.begin(partition(("n1",), ("s1",)))
        await Wire.dial(stage.servers.ports["n1"])
        await asyncio.sleep(TEST_S)

    with pytest.raises(StageError, match="the partition leaks"):
        play(stage, main)


def test_a_connection_past_the_proxy_is_found_when_the_partition_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("natsim.harness.stage.processes.WATCH_S", TEST_S)
    stage = stage_of(None, tmp_path)
    fault = partition(("n1",), ("s1",))

    async def main() -> None:
        await stage.begin(fault)
        await Wire.dial(stage.servers.ports["n1"])
        await stage.end(fault)

    with pytest.raises(StageError, match="the partition leaks"):
        play(stage, main)


def forgets_to_ask(_: Pipe) -> bool:
    """Let a pipe pass what it has, without a look at the cut."""
    return True


def test_bytes_that_pass_a_cut_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> None:
        wire = await dial(stage, "s1")
        await stage.begin(partition(("n1",), ("s1",)))
        monkeypatch.setattr("natsim.harness.stage.pipe.Pipe._may_pass", forgets_to_ask)
        await wire.send(b"PING\r\n")
        await asyncio.sleep(TEST_S)

    with pytest.raises(StageError, match=r"the cut of s1>n1 leaks: 6 bytes passed its proxy"):
        play(stage, main)


# Ends.


def test_a_server_that_dies_by_itself_ends_the_run(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)
    was_cancelled: list[bool] = []

    async def main() -> None:
        os.kill(stage.servers.pid("n1"), signal.SIGTERM)
        try:
            await asyncio.sleep(TEST_S)
        except asyncio.CancelledError:
            was_cancelled.append(True)
            raise

    with pytest.raises(StageError, match=r"n1 exited with status 0, and no fault asked for it"):
        play(stage, main)
    assert was_cancelled == [True]


def test_an_exception_leaves_no_server_behind(executable: Path | None, tmp_path: Path) -> None:
    stage = stage_of(executable, tmp_path, plan_of(servers=("n1", "n2")))
    pids: list[int] = []

    async def main() -> None:
        pids.extend(stage.servers.pid(name) for name in ("n1", "n2"))
        await stage.begin(pause("n1"))
        raise LookupError("a fault of natsim")

    with pytest.raises(LookupError):
        play(stage, main)
    assert [leaves_no_child(pid) for pid in pids] == [True, True]


def test_stopping_twice_is_once(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> None:
        await stage.stop()
        await stage.stop()

    play(stage, main)


def test_a_start_that_fails_leaves_no_server_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_of(None, tmp_path, plan_of(servers=("n1", "n2")))
    make = stage.servers.command

    def second_is_broken(plan: ServerPlan, port: int) -> list[str]:
        if plan.name == "n2":
            return [sys.executable, "-c", "raise SystemExit('no more disk')"]
        return make(plan, port)

    monkeypatch.setattr(stage.servers, "command", second_is_broken)

    async def main() -> None:
        """Never reached."""

    with pytest.raises(StageUnavailable, match="n2 exited with status 1") as caught:
        play(stage, main)
    assert "no more disk" in str(caught.value)
    assert leaves_no_child(stage.servers.pid("n1"))


def test_a_port_that_was_taken_meanwhile_is_not_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stage_of(None, tmp_path)
    make = stage.servers.command
    tried: list[int] = []

    def first_is_taken(plan: ServerPlan, port: int) -> list[str]:
        tried.append(port)
        if len(tried) == 1:
            return [sys.executable, "-c", "raise SystemExit('bind: address already in use')"]
        return make(plan, port)

    monkeypatch.setattr(stage.servers, "command", first_is_taken)

    async def main() -> int:
        await dial(stage, "p1")
        return stage.servers.ports["n1"]

    assert play(stage, main) == tried[1]


@pytest.mark.parametrize("interrupts", [1, 3])
def test_ctrl_c_leaves_no_server_behind(tmp_path: Path, interrupts: int) -> None:
    text = f"""
import asyncio, signal
from pathlib import Path
from natsim.harness.stage.processes import ProcessStage
from tests.harness.stage.plans import plan_of

stage = ProcessStage(plan_of(servers=("n1", "n2")), None, Path({str(tmp_path)!r}))

# A shell's background jobs, and all below them, are born with this ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

async def main():
    await stage.start()
    print(stage.servers.pid("n1"), stage.servers.pid("n2"), flush=True)
    await asyncio.sleep(60)

stage.run(main)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", text],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        for _ in range(interrupts):
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=TEST_S)

    assert process.returncode != 0
    assert [leaves_no_child(pid) for pid in pids] == [True, True]


# The rest of the contract.


def test_what_it_cannot_do_is_refused_in_a_sentence(tmp_path: Path) -> None:
    plan = plan_of(
        servers=("n1", "n2"),
        faults=(
            kill("p1", "f1"),
            pause("s1", "f2"),
            slow_link("n1", "n2", MS, MS, "f3"),
            kill("n1", "f4"),
            pause("n2", "f5"),
            slow_link("n1", "p1", MS, MS, "f6"),
            partition(("p1",), ("s1",), fault_id="f7"),
        ),
    )

    assert stage_of(None, tmp_path, plan).refusals(plan) == [
        "fault f1: kill names p1, and clients live in natsim's own process on this stage; "
        "use --on sim",
        "fault f2: pause names s1, and clients live in natsim's own process on this stage; "
        "use --on sim",
        "fault f3: slow-link names n1 and n2, and there is a wire only between a client and a "
        "server; name one of each",
    ]


def test_it_names_itself_and_the_software(executable: Path | None, tmp_path: Path) -> None:
    stage = stage_of(executable, tmp_path)

    name, software = stage.name, stage.versions()["server"]

    if executable is None:
        assert (name, software.split()[0]) == (StageName.TCP, "natsim")
    else:
        assert (name, software[:13]) == (StageName.NATS_SERVER, "nats-server 2")
    assert stage.digests() == {}


def test_another_program_is_unavailable_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(StageUnavailable, match="is no nats-server"):
        stage_of(Path("/bin/echo"), tmp_path)


def test_work_of_clients_runs_in_the_loop_of_the_run(tmp_path: Path) -> None:
    stage = stage_of(None, tmp_path)

    async def main() -> tuple[int, bool]:
        before_ns = stage.now_ns()
        works = [stage.spawn("p1", asyncio.sleep(0.01, result=n)) for n in range(3)]
        return sum([await work for work in works]), stage.now_ns() - before_ns >= 10 * MS

    assert play(stage, main) == (3, True)


def test_logs_are_kept_for_each_server_and_for_nobody_else(
    executable: Path | None, tmp_path: Path
) -> None:
    stage = stage_of(executable, tmp_path, plan_of(servers=("n1", "n2")))

    async def main() -> None:
        await stage.begin(kill("n1"))
        await stage.end(kill("n1"))

    play(stage, main)
    logs = {path.name: path.read_text() for path in tmp_path.iterdir()}

    assert sorted(logs) == ["n1.log", "n2.log"]
    assert logs["n1.log"].count("Server is ready") == 2
    assert logs["n2.log"].count("Server is ready") == 1
    assert (tmp_path / "n1.log").stat().st_mode & 0o777 == 0o600
