"""How each kind of server is told what the plan says of it."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from . import leash
from .ports import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path

    from natsim.harness.plan.plan import ServerPlan


def our_server() -> list[str]:
    """Give the beginning of our broker's command line: it takes nats-server's flags."""
    # -P: a directory the user happens to be in must not stand before the modules we need.
    return [sys.executable, "-P", "-m", "natsim", "serve"]


def server_command(executable: Path | None, config: Path) -> list[str]:
    """Make the command line of a server that reads a configuration file; None for our broker."""
    program = our_server() if executable is None else [str(executable)]
    return [*program, "-c", str(config), "-D"]


def server_config(server: ServerPlan, port: int) -> str:
    """Write what the plan says of a server in nats-server's configuration language."""
    settings = {
        "listen": f"{LOOPBACK}:{port}",
        "server_name": server.name,
        **_settings(server),
    }
    # JSON's strings and numbers are this language's too; bare, `2s` would be a number.
    return "".join(
        f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items()
    )


def leashed(command: list[str]) -> list[str]:
    """Make a command whose process dies with ours, where the system can do that."""
    if not sys.platform.startswith("linux"):
        return command
    # Isolated and without site-packages it costs 10 ms.
    start = [sys.executable, "-I", "-S", leash.__file__]
    return [*start, str(os.getpid()), *command]


def _settings(server: ServerPlan) -> dict[str, int | str]:
    """Name what the plan decides; what it leaves open is the server's own default."""
    interval_ns = server.ping_interval_ns
    settings: dict[str, int | str | None] = {
        "max_payload": server.max_payload_bytes,
        "max_pending": server.max_pending_bytes,
        "max_control_line": server.max_control_line_bytes,
        "ping_interval": None if interval_ns is None else f"{interval_ns}ns",
        "ping_max": server.ping_max,
    }
    return {name: value for name, value in settings.items() if value is not None}
