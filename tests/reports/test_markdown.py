"""The summary for CI: a table, the anomalies, the way to run it again."""

from pathlib import Path

from natsim.reports.markdown import job_summary
from natsim.reports.run import load_run


def test_the_summary_of_an_invalid_run(invalid_run: Path) -> None:
    lines = job_summary(load_run(invalid_run)).splitlines()

    assert lines[0] == "### invalid: partition-heals, seed 4712 on sim"
    assert "| at-most-once | **invalid** | 2,479 | 2 | 231 | 8.5 % |" in lines
    assert "| queue-group | unknown | 0 | 0 | 0 |  |" in lines
    assert "<details><summary>3 anomalies</summary>" in lines
    assert lines[-3:] == ["```sh", "natsim replay partition-heals-4712", "```"]


def test_the_summary_of_a_partial_run_says_so(interrupted_run: Path) -> None:
    lines = job_summary(load_run(interrupted_run)).splitlines()

    assert lines[0] == "### unknown: partition-heals, seed 4713 on sim"
    assert "- verdict.json is missing." in lines
