"""A server as a child process: how it starts, how it ends, and what is seen of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.harness.loops import in_a_loop, until
from tests.harness.wire import Wire

from natsim.harness.stage import process as process_module
from natsim.harness.stage.base import StageError, StageUnavailable
from natsim.harness.stage.launch import our_server
from natsim.harness.stage.ports import ReservedPort
from natsim.harness.stage.process import ProcessState, ServerProcess

if TYPE_CHECKING:
    from collections.abc import Generator

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc to see processes by")


@contextmanager
def server(tmp_path: Path, *command: str) -> Generator[ServerProcess, None, None]:
    """Make a process that is not started; our broker unless a command is given."""
    port = ReservedPort()
    it = ServerProcess(
        "n1",
        command or (*our_server(), "-a", "127.0.0.1", "-p", str(port.number), "-n", "n1"),
        port.number,
        tmp_path / "n1.log",
    )
    try:
        yield it
    finally:
        it.destroy()
        port.release()


def python(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@in_a_loop
async def test_a_server_that_started_answers(tmp_path: Path) -> None:
    with server(tmp_path) as it:
        await it.start()
        wire = await Wire.dial(it.port)

        assert wire.info["server_name"] == "n1"
        assert (it.state, it.incarnation) == (ProcessState.RUNNING, 1)
        assert "Server is ready" in it.log.read_text()


@in_a_loop
async def test_one_that_dies_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    lines = "print(*map(str, range(20)), sep='\\n'); raise SystemExit(3)"
    with server(tmp_path, *python(lines)) as it:
        with pytest.raises(StageUnavailable) as caught:
            await it.start()

        assert str(caught.value).splitlines() == [
            "n1 exited with status 3 before it answered",
            f"  its log, {it.log}:",
            *("  15", "  16", "  17", "  18", "  19"),
        ]
        assert it.state is ProcessState.DEAD


@in_a_loop
async def test_one_that_never_answers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "READY_S", 0.3)
    with server(tmp_path, *python("import time; time.sleep(60)")) as it:
        with pytest.raises(StageUnavailable, match=r"n1 did not answer on 127\.0\.0\.1:\d+ in 0 s"):
            await it.start()

        assert not is_alive(it.pid)


@in_a_loop
async def test_a_command_that_is_not_there_cannot_be_run(tmp_path: Path) -> None:
    with server(tmp_path, "/nowhere/nats-server") as it, pytest.raises(StageUnavailable) as caught:
        await it.start()

    assert "/nowhere/nats-server cannot be run: No such file or directory" in str(caught.value)


@in_a_loop
async def test_a_kill_is_sure_of_its_exit_status(tmp_path: Path) -> None:
    with server(tmp_path) as it:
        await it.start()

        status = await it.kill()

        assert status == -signal.SIGKILL
        assert not is_alive(it.pid)
        it.check()


@in_a_loop
async def test_it_starts_again_on_the_same_port_and_goes_on_in_the_same_log(tmp_path: Path) -> None:
    with server(tmp_path) as it:
        await it.start()
        first = await Wire.dial(it.port)
        await it.kill()

        await it.start()
        second = await Wire.dial(it.port)

        assert first.info["server_id"] != second.info["server_id"]
        assert it.incarnation == 2
        assert it.log.read_text().count("Server is ready") == 2


@in_a_loop
async def test_a_death_that_nobody_here_wanted_is_an_error(tmp_path: Path) -> None:
    with server(tmp_path) as it:
        await it.start()
        it.check()

        os.kill(it.pid, signal.SIGTERM)
        await until(lambda: it.exit_status() is not None)

        with pytest.raises(
            StageError, match=r"n1 exited with status 0, and no fault asked"
        ) as caught:
            it.check()
        assert "Server Exiting.." in str(caught.value)


@in_a_loop
async def test_killing_what_died_by_itself_is_an_error(tmp_path: Path) -> None:
    with server(tmp_path) as it:
        await it.start()
        os.kill(it.pid, signal.SIGKILL)
        await until(lambda: it.exit_status() is not None)

        with pytest.raises(StageError, match=r"n1 was ended by signal 9 \(Killed\), and no fault"):
            await it.kill()


@in_a_loop
async def test_a_pause_is_seen_in_the_process_table(tmp_path: Path) -> None:
    with server(tmp_path) as it:
        await it.start()

        paused = await it.pause()
        state = it.state
        resumed = await it.resume()

        assert (paused, state) == ("T", ProcessState.PAUSED)
        assert resumed in "RS"
        await Wire.dial(it.port)


@in_a_loop
async def test_stopping_ends_a_paused_server_too(tmp_path: Path) -> None:
    with server(tmp_path) as it:
        await it.start()
        await it.pause()

        await it.stop()

        assert it.exit_status() == 0
        await it.stop()


@in_a_loop
async def test_one_that_will_not_stop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "STOP_S", 0.1)
    deaf = (
        "import signal, socket, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
        "while True: listener.accept()[0].sendall(b'INFO {}\\r\\n')\n"
    )
    port = ReservedPort()
    it = ServerProcess("n1", [*python(deaf), str(port.number)], port.number, tmp_path / "n1.log")
    await it.start()

    await it.stop()

    assert it.exit_status() == -signal.SIGKILL
    port.release()


def test_a_server_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux can tie a child to its parent")
    text = f"""
import asyncio, os
from pathlib import Path
from natsim.harness.stage.launch import our_server
from natsim.harness.stage.ports import ReservedPort
from natsim.harness.stage.process import ServerProcess

async def main():
    port = ReservedPort()
    command = [*our_server(), "-a", "127.0.0.1", "-p", str(port.number)]
    server = ServerProcess("n1", command, port.number, Path({str(tmp_path)!r}) / "n1.log")
    await server.start()
    print(server.pid, flush=True)
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""
    ran = subprocess.run(python(text), stdout=subprocess.PIPE, timeout=20, check=False)
    server_pid = int(ran.stdout)

    assert ran.returncode == -signal.SIGKILL
    assert_soon_dead(server_pid)


def assert_soon_dead(pid: int) -> None:
    # An orphan is reaped by init, whenever that pleases; a zombie is dead enough.
    for _ in range(1000):
        if not is_alive(pid):
            return
        signal.sigtimedwait([], 0.01)
    raise AssertionError(f"process {pid} lives")
