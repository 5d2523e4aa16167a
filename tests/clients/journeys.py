"""A client on its journey: its program runs beside a server, and tells what came of it."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .clients import Program
    from .servers import Server

JOURNEY_S = 60.0


def report(
    program: Program, job: Mapping[str, object], server: Server, folder: Path
) -> Mapping[str, object]:
    """Run a program in a folder, do to the server what it waits for, give its report."""
    process = subprocess.Popen(
        [*program.command, json.dumps(job)],
        # The one way to tell a client in Rust whom to trust; the others take it from the job.
        env={**program.environment, "SSL_CERT_FILE": str(job.get("ca", ""))},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    patience = threading.Timer(JOURNEY_S, process.kill)
    patience.start()
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        said: dict[str, object] = {}
        for line in process.stdout:
            said = json.loads(line)
            if "waiting" in said:
                _do(str(said["waiting"]), server)
                process.stdin.write("\n")
                process.stdin.flush()
        complaint = process.stderr.read()
    patience.cancel()
    assert process.returncode == 0, complaint
    return said


def _do(what: str, server: Server) -> None:
    match what:
        case "restart":
            server.restart()
        case "lame duck":
            server.tell_it_is_a_lame_duck()
        case _:
            raise AssertionError(what)
