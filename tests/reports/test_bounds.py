"""However long and full a run was, its reports stay small enough to open, mail and attach."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from natsim.reports.document import RunDocument
from natsim.reports.limits import CLIENT_LANES_MAX, REPORT_BYTES_MAX, SUMMARY_BYTES_MAX
from natsim.reports.markdown import job_summary
from natsim.reports.run import load_run
from natsim.reports.write import write_reports

QUOTES = '"' * 700  # a character that needs five in HTML
BUCKETS, CLIENTS, SERVERS = 240, 250, 80
STEP = 50_000_000


@pytest.fixture(scope="module")
def full_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which everything is more than a report can hold, and all of it quotes."""
    directory = tmp_path_factory.mktemp("full")
    (directory / "logs").mkdir()
    for n in range(40):
        (directory / "logs" / f"n{n}.log").write_text(QUOTES * 20)
    faults = [{"id": f"f{n}", "partition": [QUOTES, QUOTES]} for n in range(300)]
    run = {"scenario": QUOTES, "error": QUOTES, "command": QUOTES, "server": QUOTES}
    versions = {f"v{n}{QUOTES}": QUOTES for n in range(40)}
    (directory / "run.json").write_text(json.dumps(run | {"versions": versions}))
    (directory / "plan.yaml").write_text(json.dumps({"faults": faults[:20], "note": QUOTES * 90}))
    (directory / "digests.json").write_text(json.dumps({f"d{n}": QUOTES for n in range(40)}))
    (directory / "verdict.json").write_text(json.dumps(full_verdict()))
    with (directory / "history.jsonl").open("w") as file:
        file.writelines(json.dumps(entry) + "\n" for entry in full_history())
    return directory


@pytest.fixture(scope="module")
def full_document(full_run: Path) -> RunDocument:
    return load_run(full_run)


def full_verdict() -> dict[str, object]:
    anomalies = [
        {"name": QUOTES, "text": QUOTES, "entries": [*range(n, n + 60)], "t": n * 7_000_000}
        for n in range(0, 12_000, 120)
    ]
    checkers = [
        {
            "checker": f"c{n}{QUOTES}",
            "verdict": "invalid",
            "checked": 10**17,
            "legal_losses": 10**16,
            "anomaly_count": 10**15,
            "anomalies": anomalies,
            "notes": [QUOTES] * 20,
        }
        for n in range(80)
    ]
    return {"verdict": "invalid", "checkers": checkers}


def full_history() -> Iterator[Mapping[str, object]]:
    for n in range(CLIENTS):
        name = f"n{n % SERVERS:02}{QUOTES[:80]}"
        for epoch in range(30 if n < 40 else 1):
            t, conn = epoch * STEP, f"{n:03}{QUOTES[:80]}#{epoch}"
            client = {"type": "observe", "process": f"{n:03}{QUOTES[:80]}", "conn": conn}
            yield client | {"t": t, "f": "connected", "server": name}
            yield client | {"t": t + STEP // 2, "f": "disconnected"}
    for n in range(300):
        fault = {"type": "fault", "id": f"f{n}", "f": QUOTES, "achieved": {"cut": QUOTES}}
        yield fault | {"t": n * STEP // 2, "phase": "begin"}
        yield fault | {"t": n * STEP, "phase": "end"}
    for bucket in range(BUCKETS):
        for n in range(CLIENTS if bucket % 8 == 0 else 45):
            conn = f"{n:03}{QUOTES[:80]}#{0 if n > 40 else 29}"
            entry = {"t": bucket * STEP, "process": f"{n:03}{QUOTES[:80]}"}
            value = {"conn": conn, "msg": f"{n}/{bucket}", "subject": QUOTES}
            yield entry | {"type": "invoke", "f": "publish", "op": "x", "value": value}
            yield entry | {"type": "observe", "f": "deliver", "conn": conn, "msg": "none"}
    for n in range(30):
        yield {"t": BUCKETS * STEP, "type": "phase", "phase": f"{n}{QUOTES}"}


def test_json_and_html_of_the_fullest_run_stay_below_two_million_bytes(full_run: Path) -> None:
    paths = write_reports(full_run)

    assert [path.stat().st_size < REPORT_BYTES_MAX for path in paths] == [True, True, True]


def test_the_markdown_summary_of_the_fullest_run_fits_a_job_step(
    full_document: RunDocument,
) -> None:
    summary = job_summary(full_document)

    assert len(summary.encode()) <= SUMMARY_BYTES_MAX


def test_what_was_left_out_is_said(full_document: RunDocument) -> None:
    remarks = "\n".join(full_document.remarks)

    assert "plan.yaml is long; only its beginning is shown." in remarks
    assert "Counted in the totals only: 50 clients." in remarks
    assert full_document.anomalies_left_out > 0
    assert full_document.totals.unreached is None


def test_each_lane_has_the_same_number_of_buckets(full_document: RunDocument) -> None:
    drawn = [client.density for client in full_document.clients if client.density is not None]

    assert [len(density.published) for density in drawn] == [BUCKETS] * CLIENT_LANES_MAX
