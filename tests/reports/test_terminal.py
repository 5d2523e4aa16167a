"""The summary on a terminal."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from natsim.reports.campaign import load_campaign
from natsim.reports.document import Guarantee
from natsim.reports.quantity import share
from natsim.reports.run import load_run
from natsim.reports.terminal import print_campaign, print_run


def printed(run: Path, width: int) -> str:
    out = io.StringIO()
    print_run(load_run(run), Console(file=out, width=width), Path("runs/a b"))
    return out.getvalue()


def test_a_summary_ends_with_the_seed_and_the_replay_command(healthy_run: Path) -> None:
    lines = printed(healthy_run, width=100).splitlines()

    assert lines[0] == (
        "valid: 6 guarantees held; 231 messages lost in ways NATS allows, as at-most-once counts"
    )
    assert lines[-4:] == [
        "faults  f1 partition 2.000 s to 4.000 s; f2 kill 6.000 s to 7.000 s",
        "time    13.2 s simulated in 861 ms",
        "seed    4711",
        "replay  natsim replay 'runs/a b'",
    ]


def test_the_table_has_its_numbers_at_the_right(healthy_run: Path) -> None:
    lines = printed(healthy_run, width=100).splitlines()

    assert lines[3:5] == [
        "guarantee         verdict  checked  anomalies  legal losses   rate",
        "at-most-once      valid      2,479          0           231  8.5 %",
    ]


def test_lines_to_copy_are_not_broken_on_a_narrow_terminal(healthy_run: Path) -> None:
    assert "replay  natsim replay 'runs/a b'\n" in printed(healthy_run, width=20)


def test_anomalies_are_told_with_their_entries(invalid_run: Path) -> None:
    assert (
        "pair-reorder: Subscription s1.a of s1#1 saw p1.a/205 after p1.a/214,"
        " both published by p1#1. (#535, #557, #561, #569)\n"
    ) in printed(invalid_run, width=80)


def test_the_report_is_named_when_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "report.html").touch()
    out = io.StringIO()

    print_run(load_run(tmp_path), Console(file=out, width=80), tmp_path)

    assert f"report  {tmp_path / 'report.html'}\n" in out.getvalue()


def test_no_color_is_honoured(healthy_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()

    print_run(load_run(healthy_run), Console(file=out, force_terminal=True), Path("a"))

    assert "\x1b[32" not in out.getvalue()
    assert "\x1b[1;32" not in out.getvalue()


def test_ascii_terminals_can_show_it(healthy_run: Path, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as out:
        print_run(load_run(healthy_run), Console(file=out, width=80), Path("a"))

    assert (tmp_path / "out").stat().st_size > 0


def test_a_campaign_names_the_first_seeds_and_how_to_run_them(tmp_path: Path) -> None:
    (tmp_path / "campaign.jsonl").write_text(
        '{"seed": 7, "verdict": "invalid", "cpu_s": 2, "anomalies": {"stuck": 1}, "run": "r/7"}\n'
    )
    out = io.StringIO()

    print_campaign(load_campaign(tmp_path), Console(file=out, width=80), tmp_path)

    assert out.getvalue().splitlines() == [
        "invalid: 1 of 1 run found an anomaly (stuck in 1)",
        "stuck in 1 run",
        "  seed 7: natsim replay r/7",
        "cpu     2.0 s",
    ]


def test_more_losses_than_deliveries_are_a_share_of_both() -> None:
    lost = Guarantee(
        checker="a", verdict="valid", checked=25, legal_losses=75, anomaly_count=0, notes=()
    )

    assert share(lost.legal_losses, lost.concerned) == "75 %"
