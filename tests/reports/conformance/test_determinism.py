"""The same document gives the same bytes, in any process and from any place."""

import os
import subprocess
import sys
from pathlib import Path

from tests.reports.conformance import suite

SCRIPT = """
import sys
from pathlib import Path
from natsim.reports.conformance import write_conformance
write_conformance(Path(sys.argv[1]))
"""


def reports_of(place: Path, hash_seed: str) -> list[bytes]:
    suite.write(place, suite.full())
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": f"UTC+{hash_seed}"}
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(place)], env=environment, check=True, timeout=60
    )
    return [(place / name).read_bytes() for name in ("report.html", "junit.xml", "summary.md")]


def test_reports_do_not_depend_on_the_process(tmp_path: Path) -> None:
    first = reports_of(tmp_path / "here", hash_seed="1")
    second = reports_of(tmp_path / "there", hash_seed="2")

    assert first == second
