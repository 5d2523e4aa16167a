"""`natsim serve` is a server that real clients and launchers take for a nats-server."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner

from natsim.harness.cli import main
from natsim.harness.cli.serve import command

from .loops import in_a_loop
from .serving import READY_S, Serving, launch, serving
from .wire import CONNECT, HOST, Wire, publication

MEGABYTE = 1024 * 1024
SECOND = 1_000_000_000


def await_line(it: Serving, text: str) -> str:
    """Wait for a line of the log."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        for line in list(it.lines):
            if text in line:
                return line
        time.sleep(0.005)
    raise AssertionError(it.raw)


def greeting(port: int) -> bytes:
    with socket.create_connection((HOST, port), READY_S) as client:
        return client.makefile("rb").readline()


# Launchers.


def test_the_log_says_where_it_listens_and_then_that_it_is_ready() -> None:
    with serving("-n", "n1") as it:
        assert it.lines[0] == "[INF] Starting natsim"
        assert it.lines[2] == "[INF]   Name:     n1"
        assert it.lines[-2:] == [
            f"[INF] Listening for client connections on 127.0.0.1:{it.port}",
            "[INF] Server is ready",
        ]


def test_a_log_line_has_the_shape_of_nats_server() -> None:
    with serving() as it:
        shape = rf"\[{it.process.pid}\] \d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{{6}} \[INF\] \S.*\n"

        assert [
            line for line in it.raw if not re.fullmatch(shape, line.replace("]   ", "] "))
        ] == []


def test_info_names_the_server_and_its_real_port() -> None:
    with serving("--server_name", "n1", "--max_payload", "5000") as it:
        info = json.loads(greeting(it.port)[5:])

        told = [info[key] for key in ("server_name", "port", "host", "max_payload")]
        assert told == ["n1", it.port, "127.0.0.1", 5000]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_status_0_and_clients_see_the_end(number: signal.Signals) -> None:
    with serving() as it, socket.create_connection((HOST, it.port), READY_S) as client:
        client.recv(65_536)

        status = it.end(number)

        assert status == 0
        assert client.recv(1) == b""
        assert it.lines[-2:] == ["[INF] Initiating Shutdown...", "[INF] Server Exiting.."]


def test_a_second_ctrl_c_is_harmless() -> None:
    with serving() as it:
        for _ in range(50):
            it.process.send_signal(signal.SIGINT)

        assert it.wait() == 0
        assert it.lines[-1] == "[INF] Server Exiting.."
        assert "Traceback" not in "".join(it.raw)


def test_it_ends_though_a_client_does_not_read() -> None:
    with serving() as it, socket.create_connection((HOST, it.port), READY_S) as client:
        payload = publication("large", bytes(MEGABYTE))
        client.sendall(CONNECT + b"SUB large 1\r\n" + payload * 16)

        before = time.monotonic()
        status = it.end(signal.SIGTERM)

        assert status == 0
        assert time.monotonic() - before < 5


def test_a_taken_port_is_one_fatal_line_and_status_1() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        process = launch("-a", HOST, "-p", str(port))
        said = process.communicate(timeout=READY_S)[1]

    assert process.returncode == 1
    assert said.splitlines()[-1].endswith(
        f'[FTL] Error listening on port: 127.0.0.1:{port}, "listen tcp 127.0.0.1:{port}: bind: '
        'address already in use"'
    )


def test_a_foreign_address_is_one_fatal_line_and_status_1() -> None:
    process = launch("-a", "192.0.2.1", "-p", "4222")  # kept for documentation: nobody has it
    said = process.communicate(timeout=READY_S)[1]

    assert process.returncode == 1
    assert re.search(r"\[FTL\] Error listening on port: 192\.0\.2\.1:4222, .* bind: ", said)


def test_a_pid_file_holds_the_number_and_nothing_else(tmp_path: Path) -> None:
    pid_file = tmp_path / "natsim.pid"

    with serving("-P", str(pid_file)) as it:
        assert pid_file.read_text() == str(it.process.pid)


def test_a_pid_file_that_cannot_be_written_is_fatal(tmp_path: Path) -> None:
    process = launch("-a", HOST, "-p", "-1", "--pid", str(tmp_path / "none" / "natsim.pid"))
    said = process.communicate(timeout=READY_S)[1]

    assert process.returncode == 1
    assert "[FTL] Could not write pidfile: " in said


def test_a_log_that_nobody_takes_any_more_does_not_end_the_server() -> None:
    with launch("-a", HOST, "-p", "-1", "-D") as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "Listening" in line)
        process.stderr.close()

        greeting(int(line.rpartition(":")[2]))  # which is worth a line of debug
        process.terminate()

        assert process.wait(READY_S) == 0


@pytest.mark.parametrize(
    "flags",
    [
        ("-addr", "127.0.0.1", "-port", "-1", "-name", "n1"),
        ("--net=127.0.0.1", "-p=-1", "-n=n1"),
        ("-net=127.0.0.1", "--port=-1", "-server_name", "n1", "-DV"),
    ],
)
def test_flags_may_be_written_as_go_programs_take_them(flags: tuple[str, ...]) -> None:
    with launch(*flags) as process:
        assert process.stderr is not None
        listening = next(line for line in process.stderr if "Listening" in line)
        info = json.loads(greeting(int(listening.rpartition(":")[2]))[5:])
        process.kill()

    assert "connections on 127.0.0.1:" in listening
    assert info["server_name"] == "n1"


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--port", "4222x"], "'4222x' is not a valid integer"),
        (["--port", "65536"], "65536 is not in the range"),
        (["--ping_interval", "2"], "'2' is no time; write 500ms, 2s or 1m30s"),
        (["--max_payload", "0"], "0 is not in the range"),
        (["--max_payload", "9", "--max_pending", "5"], "max_payload (9) cannot be higher than"),
        (["--bogus"], "No such option"),
    ],
)
def test_flags_that_make_no_sense_are_bad_usage(flags: list[str], complaint: str) -> None:
    result = CliRunner().invoke(main, ["serve", *flags])

    assert result.exit_code == 2
    assert complaint in result.output


def test_a_duration_is_read_as_go_writes_it() -> None:
    intervals = [interval_of(text) for text in ("2s", "1m30s", "1.5s", "250ms", "1500000000ns")]

    assert intervals == [2 * SECOND, 90 * SECOND, 3 * SECOND // 2, SECOND // 4, 3 * SECOND // 2]


def interval_of(text: str) -> int:
    context = command.make_context("serve", ["--ping_interval", text])
    interval: int = context.params["ping_interval"]
    return interval


def test_it_is_ready_before_a_launcher_loses_patience() -> None:
    times: list[float] = []
    for _ in range(3):
        before = time.monotonic()
        with serving():
            times.append(time.monotonic() - before)

    # 0.15 s on the machine where it was measured; the best of three, since others use it too.
    assert min(times) < 1.5


def test_running_out_of_files_is_one_line_and_no_end() -> None:
    few = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (24, 24)); "
    run = "from natsim.harness.cli import main; main(['serve', '-a', '127.0.0.1', '-p', '-1'])"
    process = subprocess.Popen(
        [sys.executable, "-c", few + run],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stderr is not None
        port = int(next(line for line in process.stderr if "Listening" in line).rpartition(":")[2])
        clients = [socket.create_connection((HOST, port), READY_S) for _ in range(30)]
        complaint = next(line for line in process.stderr if "[ERR]" in line)
        for client in clients:
            client.close()
        served = greeting(port)
        process.terminate()
        rest = process.stderr.read()

    assert "Too many open files" in complaint
    assert served.startswith(b"INFO ")
    assert rest.count("Too many open files") < 5


# Logs.


def test_debug_lines_come_with_the_flag_alone() -> None:
    with serving() as quiet, serving("-D") as talking:
        greeting(quiet.port)
        greeting(talking.port)
        await_line(talking, "Client connection closed: Client Closed")
        quiet.end(signal.SIGTERM)

        assert [line for line in quiet.lines if "[DBG]" in line] == []
        assert "Client connection created" in await_line(talking, "[DBG]")


def test_the_trace_shows_commands_as_nats_server_does() -> None:
    with serving("-V") as it, socket.create_connection((HOST, it.port), READY_S) as client:
        client.sendall(
            b'CONNECT {"verbose":true,"pass":"x","user":"u","headers":true}\r\n'
            b"SUB foo 1\r\nSUB foo q 2\r\nPUB foo 2\r\nhi\r\nHPUB foo r.x 12 14\r\nNATS/1.0\r\n"
            b"\r\nhi\r\nUNSUB 1 5\r\nUNSUB 2\r\nPING\r\nSUB a..b 4\r\nBOO\r\n"
        )
        await_line(it, "[-ERR Unknown Protocol Operation]")
        traced = [line.partition(" - cid:5 - ")[2] for line in it.lines if "[TRC]" in line]

    assert [line for line in traced if line.startswith("<<-")] == [
        '<<- [CONNECT {"verbose":true,"pass":"[REDACTED]","user":"u","headers":true}]',
        "<<- [SUB foo 1]",
        "<<- [SUB foo q 2]",
        "<<- [PUB foo 2]",
        '<<- MSG_PAYLOAD: ["hi"]',
        "<<- [HPUB foo r.x 12 14]",
        r'<<- MSG_PAYLOAD: ["NATS/1.0\r\n\r\nhi"]',
        "<<- [UNSUB 1 5]",
        "<<- [UNSUB 2]",
        "<<- [PING]",
        "<<- [SUB a..b 4]",
    ]
    assert [line for line in traced if line.startswith("->>")] == [
        "->> [OK]",
        "->> [OK]",
        "->> [OK]",
        "->> [OK]",
        "->> [MSG foo 1 2]",
        '->> MSG_PAYLOAD: ["hi"]',
        "->> [MSG foo 2 2]",
        '->> MSG_PAYLOAD: ["hi"]',
        "->> [OK]",
        "->> [HMSG foo 1 r.x 12 14]",
        r'->> MSG_PAYLOAD: ["NATS/1.0\r\n\r\nhi"]',
        "->> [HMSG foo 2 r.x 12 14]",
        r'->> MSG_PAYLOAD: ["NATS/1.0\r\n\r\nhi"]',
        "->> [OK]",
        "->> [OK]",
        "->> [PONG]",
        "->> [-ERR Invalid Subject]",
        "->> [-ERR Unknown Protocol Operation]",
    ]


def test_labels_are_coloured_on_a_terminal() -> None:
    flags = ["-m", "natsim", "serve", "-a", HOST, "-p", "-1"]
    child: pexpect.spawn[bytes] = pexpect.spawn(sys.executable, flags, timeout=READY_S)
    try:
        child.expect_exact("[\x1b[32mINF\x1b[0m] Server is ready")
        child.sendintr()
        child.expect(pexpect.EOF)
    finally:
        child.close()

    assert child.exitstatus == 0


# Clients.


def test_the_protocol_demo_works_by_hand_over_telnet() -> None:
    telnet = shutil.which("telnet")
    if telnet is None:
        pytest.skip("no telnet on PATH (apt-get install telnet)")
    with serving() as it:
        child: pexpect.spawn[bytes] = pexpect.spawn(
            telnet, [HOST, str(it.port)], timeout=READY_S, echo=False
        )
        try:
            child.expect(r"INFO \{.*\} \r\n")
            child.sendline('connect {"name":"telnet"}')
            child.expect_exact("+OK\r\n")
            child.sendline("sub test 5")
            child.expect_exact("+OK\r\n")
            child.sendline("pub test 12")
            child.sendline("NATS Rulez!!")
            child.expect_exact("+OK\r\n")
            child.expect_exact("MSG test 5 12\r\nNATS Rulez!!\r\n")
            child.sendline("unsub 5")
            child.expect_exact("+OK\r\n")
        finally:
            child.close()


# Load.


@in_a_loop
async def test_memory_stays_bounded_when_a_subscriber_stops_reading() -> None:
    flags = ("-D", "--max_pending", str(4 * MEGABYTE))
    frame = b"MSG news 1 65536\r\n" + bytes(65_536) + b"\r\n"
    count = 2000
    with serving(*flags) as it:
        slow, other = await Wire.dial(it.port, receive_buffer=4096), await Wire.dial(it.port)
        publisher = await Wire.dial(it.port)
        for wire in (slow, other):
            await wire.send(CONNECT + b"SUB news 1\r\n")
            await wire.sync()
        await publisher.send(CONNECT)
        before = resident_bytes(it.process.pid)

        async def read() -> int:
            seen = 0
            while seen < count:
                assert await other.exactly(len(frame)) == frame
                seen += 1
            return resident_peak_bytes(it.process.pid)

        reading = asyncio.create_task(read())
        for _ in range(count):
            await publisher.send(publication("news", bytes(65_536)))
        peak = await reading

        assert peak - before < 32 * MEGABYTE
        assert "Slow Consumer Detected" in await_line(it, "[INF] 127.0.0.1:")
        assert "Slow Consumer (Pending Bytes)" in await_line(it, "connection closed")


def resident_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmRSS")


def resident_peak_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmHWM")


def _status_bytes(pid: int, name: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        pytest.skip("no /proc on this system")
    line = next(line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


@in_a_loop
async def test_a_thousand_connections_are_more_than_the_usual_file_limit() -> None:
    with serving() as it:
        wires = await asyncio.gather(*(Wire.dial(it.port) for _ in range(1100)))
        for wire in wires:
            await wire.send(CONNECT + b"SUB news 1\r\n")
        await asyncio.gather(*(wire.sync() for wire in wires))
        await wires[0].send(publication("news", b"hi"))

        said = await asyncio.gather(*(wire.exactly(18) for wire in wires))

        assert set(said) == {b"MSG news 1 2\r\nhi\r\n"}
