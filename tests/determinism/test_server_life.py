"""A server with accounts, permissions, mappings, monitoring and events does the same every time."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _in_a_fresh_process(hash_seed: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.determinism.server_life"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def test_a_servers_life_is_the_same_under_any_hash_seed() -> None:
    lives = {_in_a_fresh_process(hash_seed) for hash_seed in ("1", "2", "3")}

    assert len(lives) == 1
