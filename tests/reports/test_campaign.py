"""A campaign is its seeds, the anomalies they found, and what follows when they found none."""

import json
from pathlib import Path
from xml.etree import ElementTree

from natsim.reports.campaign import CampaignDocument, FirstSeed, load_campaign
from natsim.reports.html import render_campaign
from natsim.reports.junit import junit_of_campaign


def campaign(directory: Path, *results: dict[str, object]) -> CampaignDocument:
    lines = "".join(json.dumps(result) + "\n" for result in results)
    (directory / "campaign.jsonl").write_text(lines)
    return load_campaign(directory)


def result(seed: int, verdict: str, **rest: object) -> dict[str, object]:
    return {"seed": seed, "verdict": verdict, "digest": f"{seed:x}", "cpu_s": 0.25, **rest}


def test_failures_are_grouped_by_anomaly_the_most_common_first(tmp_path: Path) -> None:
    document = campaign(
        tmp_path,
        result(1, "valid"),
        result(2, "invalid", anomalies={"stuck": 1}, run="runs/a-2"),
        result(3, "invalid", anomalies={"loss": 5, "stuck": 2}, scenario="a"),
    )

    assert [(group.name, group.runs, group.anomalies) for group in document.groups] == [
        ("stuck", 2, 3),
        ("loss", 1, 5),
    ]
    assert document.groups[0].first == (
        FirstSeed(seed=2, scenario=None, run="runs/a-2", again="natsim replay runs/a-2"),
        FirstSeed(seed=3, scenario="a", run=None, again="natsim run a --seed 3"),
    )
    assert document.sentence == "invalid: 2 of 3 runs found an anomaly (stuck in 2, loss in 1)"
    assert document.bound is None


def test_without_a_failure_three_in_n_is_told(tmp_path: Path) -> None:
    document = campaign(tmp_path, *(result(seed, "valid") for seed in range(3_000)))

    assert document.bound == 0.001
    assert document.sentence == (
        "valid: 3,000 runs, no anomaly; with 95 % confidence fewer than 1 run in 1,000 has one"
    )
    assert "fewer than 0.1 % of runs find one" in render_campaign(document)


def test_seeds_that_ran_twice_count_once_for_the_bound(tmp_path: Path) -> None:
    results = [result(seed, "valid") for seed in range(30)]

    document = campaign(tmp_path, *results, *results)

    assert (document.runs.total, document.cases, document.bound) == (60, 30, 0.1)


def test_few_seeds_prove_nothing(tmp_path: Path) -> None:
    document = campaign(tmp_path, *(result(seed, "valid") for seed in range(29)))

    assert (document.bound, document.sentence) == (None, "valid: 29 runs, no anomaly")


def test_runs_that_could_not_be_decided_make_a_campaign_unknown(tmp_path: Path) -> None:
    document = campaign(tmp_path, result(1, "valid"), result(2, "unknown"))

    assert document.sentence == "unknown: 1 of 2 runs could not be decided"
    assert [first.again for first in document.unknown_first] == ["natsim run SCENARIO --seed 2"]


def test_a_seed_with_two_digests_is_not_deterministic(tmp_path: Path) -> None:
    document = campaign(tmp_path, result(7, "valid"), result(7, "valid") | {"digest": "other"})

    assert document.nondeterministic_seeds == (7,)
    assert document.remarks == ("Not deterministic: seeds that gave different digests: 7.",)


def test_cpu_is_summed(tmp_path: Path) -> None:
    document = campaign(tmp_path, result(1, "valid"), result(2, "valid") | {"cpu_s": 1})

    assert document.cpu_s == 1.25


def test_the_board_is_ordered_by_seed_and_keeps_the_worst(tmp_path: Path) -> None:
    document = campaign(
        tmp_path, result(3, "unknown"), result(1, "invalid"), result(2, "valid"), result(1, "valid")
    )

    assert (document.cells, document.cell_runs) == ("ivu", 1)


def test_a_board_of_many_seeds_shares_its_marks(tmp_path: Path) -> None:
    results = [result(seed, "valid") for seed in range(4_001)]

    document = campaign(tmp_path, *results, result(4_001, "invalid", anomalies={"loss": 1}))

    assert (document.cell_runs, len(document.cells), document.cells[-1]) == (3, 1_334, "i")


def test_lines_that_are_no_results_are_left_out_with_a_remark(tmp_path: Path) -> None:
    (tmp_path / "campaign.jsonl").write_text('{"seed": 1, "verdict": "valid"}\n{"seed": 2, "ver')

    document = load_campaign(tmp_path)

    assert document.runs.total == 1
    assert document.remarks == ("Left out: 1 line of campaign.jsonl that cannot be read.",)


def test_an_empty_campaign_is_unknown(tmp_path: Path) -> None:
    document = campaign(tmp_path)

    root = ElementTree.fromstring(junit_of_campaign(document))

    assert document.sentence == "unknown: no result of any run was recorded"
    assert [error.get("type") for error in root.iter("error")] == ["unknown"]


def test_junit_has_a_failure_for_each_anomaly(tmp_path: Path) -> None:
    document = campaign(tmp_path, result(2, "invalid", anomalies={"stuck": 1}, run="runs/a-2"))

    root = ElementTree.fromstring(junit_of_campaign(document))

    assert [case.get("name") for case in root.iter("testcase")] == ["seeds", "stuck"]
    assert root.findtext(".//failure") == "seed 2: natsim replay runs/a-2"
