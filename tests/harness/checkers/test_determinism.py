"""One history, one verdict, to the byte, in every process."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from natsim.harness.checkers.check import check
from natsim.harness.checkers.registry import CHECKERS
from natsim.harness.checkers.report import report_json
from natsim.harness.history.digest import history_digest
from natsim.harness.history.entry import Delivered, Entry
from natsim.harness.history.header import Header
from natsim.harness.history.write import HistoryWriter

from .weights import BUSY
from .world import World

JUDGE = """
import sys
from pathlib import Path
from natsim.harness.checkers.check import check
from natsim.harness.checkers.registry import CHECKERS
from natsim.harness.checkers.report import report_json
from natsim.harness.history.digest import history_digest
from natsim.harness.history.read import read_history

entries = read_history(Path(sys.argv[1])).entries
print(history_digest(entries))
print(report_json(check(entries, list(CHECKERS))))
"""


def broken_history() -> list[Entry]:
    """Play a world and spoil it: every ninth delivery is lost, every seventh doubled."""
    entries: list[Entry] = []
    for number, entry in enumerate(World(Random(3).randrange, BUSY).play(600)):
        copies = 1
        if isinstance(entry, Delivered):
            copies = 0 if number % 9 == 0 else 2 if number % 7 == 0 else 1
        entries.extend([entry] * copies)
    return entries


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.jsonl"
    with path.open("wb") as file:
        HistoryWriter(file, Header("sim", {}, "")).write(broken_history())
    return path


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_fresh_process_says_the_same(history: Path, hash_seed: str) -> None:
    entries = broken_history()
    report = check(entries, list(CHECKERS))

    process = subprocess.run(
        [sys.executable, "-c", JUDGE, str(history)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
        text=True,
    )

    assert len([finding for finding in report.findings if finding.anomalies]) >= 3
    assert process.stdout == f"{history_digest(entries)}\n{report_json(report)}\n"
