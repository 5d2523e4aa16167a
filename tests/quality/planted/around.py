"""Being a nats-server with a bug: the real one on another port, the proxy where it should be.

This process becomes the server, so that signals, pid files and exit status are the server's own;
the proxy is its child, and ends when the server does, however it ends: its standard input is a pipe
that only the server holds open.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from natsim.broker.nats.config import ConfigError
from natsim.broker.nats.options import MonitorOptions, Options
from natsim.harness.serve.configuration import read_file
from natsim.harness.serve.flags import UsageError, read_flags
from natsim.harness.serve.go_flags import FlagError

from .disguise import Disguise
from .free_port import free_port

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .mode import Mode

_EVERY_ADDRESS = ("0.0.0.0", "::")
_ENDS = re.compile(r"^(listen|http): *(\S+:\d+)$", re.MULTILINE)
_NO_SERVER = ("t", "sl")  # flags with which nats-server does something and ends


def become_server(mode: Mode | Disguise, command: Sequence[str]) -> int:
    """Turn this process into the server that a command starts, but broken; or give its status."""
    options = _options(command[1:])
    if options is None:
        os.execvp(command[0], list(command))
    if isinstance(mode, Disguise):
        return mode.become(options, command)
    host = "127.0.0.1" if options.host in _EVERY_ADDRESS else options.host
    port, hidden = options.port or free_port(host), free_port(host)
    ours = [sys.executable, "-m", __package__ or "", mode.name, "--while-stdin"]
    ends = ["--upstream", f"{host}:{hidden}", "--listen", f"{options.host}:{port}"]
    proxy = subprocess.Popen([*ours, *ends], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert proxy.stdin is not None
    os.set_inheritable(proxy.stdin.fileno(), True)
    flags = ["-p", str(hidden)]
    if not options.client_advertise:
        flags += ["--client_advertise", f"{options.host}:{port}"]
    os.execvp(command[0], [*command, *flags])


def _options(flags: Sequence[str]) -> Options | None:
    """Read where the server would listen; None if it would not."""
    try:
        read = read_flags(flags)
        if read.is_help or read.is_version or read.is_tls_help or any(map(read.text, _NO_SERVER)):
            return None
        path = read.text("c")
        return read.apply(_configured(Path(path)) if path else Options())
    except (FlagError, UsageError, ConfigError) as error:
        # The server will say so itself, or is wiser than we are.
        sys.stderr.write(f"planted: no bug is planted: {error}\n")
        return None


def _configured(path: Path) -> Options:
    """Read a configuration; of one with what our broker cannot do yet, where it listens."""
    try:
        return read_file(str(path)).options
    except ConfigError:
        ends = dict(_ENDS.findall(path.read_text("utf-8")))
        if "listen" not in ends:
            raise
    host, _, port = ends["listen"].rpartition(":")
    monitor = ends.get("http", "").rpartition(":")[2]
    return Options(
        host=host,
        port=int(port),
        monitor=MonitorOptions(host=host, port=int(monitor)) if monitor else None,
    )
