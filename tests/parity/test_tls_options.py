"""The real server says of a bad block `tls` what our table says."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.harness.layers.conftest import Material
from tests.harness.layers.tls_mistakes import MISTAKES, Mistake, write_files

from .real_server import READY_S, newest_server

if TYPE_CHECKING:
    from pathlib import Path

SERVER = newest_server()


@pytest.mark.skipif(SERVER is None, reason="no nats-server 2.15.1 here")
@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_named_as_the_table_says(mistake: Mistake, tmp_path: Path) -> None:
    folder = write_files(Material(tmp_path))
    config = folder / "server.conf"
    config.write_text(mistake.block(folder))

    ended = subprocess.run(
        [str(SERVER), "-t", "-c", str(config)],
        capture_output=True,
        text=True,
        check=False,
        timeout=READY_S,
    )

    assert ended.returncode == 1
    assert ended.stderr.strip().endswith(f": {mistake.text.replace('FOLDER', str(folder))}")
