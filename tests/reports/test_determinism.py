"""The same directory gives the same bytes, in any process and from any place."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from pathlib import Path
from natsim.reports.write import write_campaign, write_reports
write_reports(Path(sys.argv[1]))
write_campaign(Path(sys.argv[1]))
"""
CAMPAIGN = "".join(
    f'{{"seed": {seed}, "verdict": "invalid", "cpu_s": 0.1, "anomalies": {{"b": 1, "a": 2}}}}\n'
    for seed in range(20)
)
NAMES = ("report.json", "report.html", "junit.xml", "campaign.json", "campaign.html")


def reports_of(run: Path, place: Path, hash_seed: str) -> list[bytes]:
    copy = shutil.copytree(run, place / run.name)
    (copy / "campaign.jsonl").write_text(CAMPAIGN)
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": f"UTC+{hash_seed}"}
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(copy)], env=environment, check=True, timeout=60
    )
    return [(copy / name).read_bytes() for name in NAMES]


@pytest.mark.parametrize("name", ["invalid_run", "interrupted_run"])
def test_reports_do_not_depend_on_the_process(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    run: Path = request.getfixturevalue(name)

    first = reports_of(run, tmp_path / "here", hash_seed="1")
    second = reports_of(run, tmp_path / "there", hash_seed="2")

    assert first == second
