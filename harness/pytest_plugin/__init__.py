"""natsim inside pytest: `pytest --pyargs natsim.conformance --natsim-server PROGRAM-OR-URL`.

Law of the module: until one of its options is given it imports nothing but pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conformance import SuiteFile

SUITE_FILE = "requirements.yaml"
PACKAGE = ("conformance", SUITE_FILE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("natsim", "NATS conformance (pytest --pyargs natsim.conformance)")
    group.addoption(
        "--natsim-server",
        metavar="PROGRAM-OR-URL",
        help="the NATS server to ask: nats://host:port, or a program with nats-server's flags",
    )
    group.addoption(
        "--natsim-adapter", metavar="FILE", help="an adapter file: how to start another server"
    )
    group.addoption(
        "--natsim-only", action="append", default=[], metavar="PREFIX", help="cases to run"
    )
    group.addoption(
        "--natsim-skip", action="append", default=[], metavar="PREFIX", help="cases to leave out"
    )
    group.addoption(
        "--natsim-version-like", metavar="VERSION", help="the nats-server it is held to"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SuiteFile | None:
    """Take the suite's requirements for a file of tests."""
    if file_path.parts[-2:] != PACKAGE or not (file_path.parent / "suite.py").exists():
        return None
    options = parent.config.option
    if not options.natsim_server and not options.natsim_adapter:
        raise pytest.UsageError(
            "natsim: name the server to ask: --natsim-server nats://host:4222, "
            "--natsim-server PROGRAM or --natsim-adapter FILE"
        )
    from .conformance import SuiteFile

    # pytest leaves the types of its parameters open.
    file: SuiteFile = SuiteFile.from_parent(  # pyright: ignore[reportUnknownMemberType]
        parent, path=file_path
    )
    return file
