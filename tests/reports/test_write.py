"""Reports are written beside the run's files, whole or not at all."""

import shutil
import stat
from pathlib import Path

import pytest

from natsim.reports.errors import NoCampaignError, NoDirectoryError
from natsim.reports.write import Format, write_campaign, write_reports


@pytest.fixture
def run(healthy_run: Path, tmp_path: Path) -> Path:
    return shutil.copytree(healthy_run, tmp_path / healthy_run.name)


def test_all_formats_are_written_unless_some_are_asked_for(run: Path) -> None:
    paths = write_reports(run)

    assert paths == [run / "report.json", run / "report.html", run / "junit.xml"]
    assert all(path.is_file() for path in paths)


def test_only_what_is_asked_for_is_written(run: Path) -> None:
    paths = write_reports(run, [Format.JUNIT])

    assert paths == [run / "junit.xml"]
    assert not (run / "report.json").exists()


def test_reports_are_for_their_owner_only(run: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in write_reports(run)}

    assert modes == {0o600}


def test_a_report_replaces_the_one_before_and_leaves_nothing_else(run: Path) -> None:
    (run / "report.json").write_text("old")
    before = {path.name for path in run.iterdir()}

    write_reports(run)

    assert (run / "report.json").read_text() != "old"
    assert {path.name for path in run.iterdir()} - before == {"report.html", "junit.xml"}


def test_a_report_that_cannot_be_put_in_place_leaves_no_part(run: Path) -> None:
    (run / "report.json").mkdir()
    before = {path.name for path in run.iterdir()}

    with pytest.raises(OSError, match=r"report\.json"):
        write_reports(run, [Format.JSON])

    assert {path.name for path in run.iterdir()} == before


def test_the_reports_of_a_run_do_not_change_its_next_reports(run: Path) -> None:
    first = [path.read_bytes() for path in write_reports(run)]

    assert [path.read_bytes() for path in write_reports(run)] == first


def test_a_campaign_is_written_beside_its_results(tmp_path: Path) -> None:
    (tmp_path / "campaign.jsonl").write_text('{"seed": 1, "verdict": "valid", "cpu_s": 1}\n')

    paths = write_campaign(tmp_path)

    assert paths == [tmp_path / "campaign.json", tmp_path / "campaign.html", tmp_path / "junit.xml"]


def test_what_is_no_directory_or_no_campaign_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoDirectoryError):
        write_reports(tmp_path / "nowhere")
    with pytest.raises(NoCampaignError):
        write_campaign(tmp_path)
