"""The ports file: where a server that chose its own ports can be reached."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from .bind import join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from natsim.broker.nats.options import Options


class PortsFile:
    """`<program>_<pid>.ports` in a directory, while the server runs."""

    def __init__(self, directory: Path, program: str) -> None:
        self.path = directory / f"{program}_{os.getpid()}.ports"

    def write(self, urls: Mapping[str, Sequence[str]]) -> None:
        """Write the URLs of each kind of listener. Raises OSError."""
        # Who watches the directory must never see half of it.
        written = self.path.with_suffix(".tmp")
        written.write_text(json.dumps(urls, separators=(",", ":")))
        written.replace(self.path)

    def remove(self) -> None:
        """Take the file away. Raises OSError, also when it is gone."""
        self.path.unlink()


def urls_of(options: Options) -> dict[str, list[str]]:
    """Give the URLs of each kind of listener, kinds without any left out."""
    secure = "s" if options.monitor is not None and options.monitor.is_tls else ""
    urls = {"nats": [f"nats://{join(_reachable(options.host), options.port)}"]}
    if options.monitor is not None:
        host = _reachable(options.monitor.host or options.host)
        urls["monitoring"] = [f"http{secure}://{join(host, options.monitor.port)}"]
    if options.websocket is not None:
        kind = "ws" if options.websocket.tls is None else "wss"
        host = _reachable(options.websocket.host)
        urls["websocket"] = [f"{kind}://{join(host, options.websocket.port)}"]
    return urls


def _reachable(host: str) -> str:
    # Loopback always is, of all addresses.
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
