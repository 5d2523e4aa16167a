"""What a server logs, and how its lines look."""

from __future__ import annotations

import re
import signal
import sys

import pexpect
from tests.harness.wire import HOST

from .serving import READY_S, await_line, greeting, launch, serving


def test_a_log_line_has_the_shape_of_nats_server() -> None:
    with serving() as it:
        shape = rf"\[{it.process.pid}\] \d{{4}}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{{6}} \[INF\] \S.*\n"

        assert [
            line for line in it.raw if not re.fullmatch(shape, line.replace("]   ", "] "))
        ] == []


def test_a_log_that_nobody_takes_any_more_does_not_end_the_server() -> None:
    with launch("-a", HOST, "-p", "-1", "-D") as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "Listening" in line)
        process.stderr.close()

        greeting(int(line.rpartition(":")[2]))  # which is worth a line of debug
        process.terminate()

        assert process.wait(READY_S) == 0


def test_debug_lines_come_with_the_flag_alone() -> None:
    with serving() as quiet, serving("-D") as talking:
        greeting(quiet.port)
        greeting(talking.port)
        await_line(talking, "Client connection closed: Client Closed")
        quiet.end(signal.SIGTERM)

        assert [line for line in quiet.lines if "[DBG]" in line] == []
        assert await_line(talking, "Client connection created").startswith("[DBG] 127.0.0.1:")


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
