"""A run directory becomes one document, whatever part of the directory is there."""

import json
from pathlib import Path

import pytest

from natsim.reports.document import Requests, Spell, Unreached
from natsim.reports.errors import NoDirectoryError
from natsim.reports.run import load_run

MS = 1_000_000
S = 1_000 * MS


def test_the_head_says_which_run_it_is(healthy_run: Path) -> None:
    head = load_run(healthy_run).head

    assert (head.scenario, head.seed, head.stage, head.state) == (
        "partition-heals",
        4711,
        "sim",
        "complete",
    )
    assert (head.wall_ns, head.duration_ns, head.workload_ns) == (861 * MS, 13_200 * MS, 200 * MS)
    assert head.versions == {"natsim": "0.1.0", "python": "3.11.7", "nats-py": "2.16.0"}
    assert head.plan_digest == "5d41402abc4b2a76"
    assert head.replay == "natsim replay partition-heals-4711"


def test_the_sentence_of_a_valid_run_counts_what_held_and_what_was_lost(healthy_run: Path) -> None:
    head = load_run(healthy_run).head

    assert head.sentence == (
        "valid: 6 guarantees held; 231 messages lost in ways NATS allows, as at-most-once counts"
    )
    assert head.evidence == (
        "2 faults: f1 partition and f2 kill.",
        "228 of 2,000 published messages reached no subscription: 224 published while f1"
        " partition or f2 kill lasted, 4 published at other times.",
    )


def test_the_sentence_of_an_invalid_run_names_what_broke(invalid_run: Path) -> None:
    head = load_run(invalid_run).head

    assert head.sentence == (
        "invalid: 2 of 6 guarantees broken, at-most-once and publisher-order;"
        " found duplicate-delivery twice and pair-reorder once"
    )


def test_a_guarantee_keeps_its_numbers(healthy_run: Path) -> None:
    guarantee = load_run(healthy_run).guarantees[0]

    assert (guarantee.checker, guarantee.verdict) == ("at-most-once", "valid")
    assert (guarantee.checked, guarantee.legal_losses, guarantee.anomaly_count) == (2_479, 231, 0)
    assert guarantee.notes == ("All losses are of messages on the way when a connection broke.",)


def test_the_proving_entries_are_in_the_document_as_they_are_in_the_history(
    invalid_run: Path,
) -> None:
    document = load_run(invalid_run)
    lines = (invalid_run / "history.jsonl").read_text().splitlines()[1:]

    anomaly = document.anomalies[0]
    proof = [document.entries[str(index)] for index in anomaly.entries]

    assert proof == [json.loads(lines[index]) for index in anomaly.entries]
    assert (anomaly.name, anomaly.client, anomaly.entry_count) == ("duplicate-delivery", "s1", 3)


def test_clients_are_counted(healthy_run: Path) -> None:
    p1, s1, w1 = load_run(healthy_run).clients

    assert (p1.name, p1.publishes, p1.confirmed, p1.deliveries) == ("p1", 2_000, 1_914, 0)
    assert p1.requests == Requests(ok=18, failed=0, timed_out=2, unanswered=0)
    assert (p1.reconnects, s1.reconnects) == (1, 0)
    assert (s1.name, s1.deliveries, w1.name, w1.deliveries) == ("s1", 1_568, "w1", 988)
    assert p1.spells == (
        Spell(conn="p1#1", server="n1", begin_ns=23 * MS, end_ns=6_200 * MS),
        Spell(conn="p1#2", server="n2", begin_ns=6_380 * MS, end_ns=None),
    )


def test_servers_are_counted_by_their_clients_epochs(healthy_run: Path) -> None:
    servers = load_run(healthy_run).servers

    assert [(item.name, item.connections, item.delivered) for item in servers] == [
        ("n1", 1, 0),
        ("n2", 2, 988),
        ("n3", 1, 1_568),
    ]


def test_density_counts_every_message_once(healthy_run: Path) -> None:
    document = load_run(healthy_run)

    p1 = document.clients[0].density

    assert p1 is not None
    assert document.bucket_ns * 240 > document.head.duration_ns
    assert (sum(p1.published), sum(p1.delivered), sum(p1.unreached)) == (2_020, 18, 228)


def test_unreached_messages_are_told_apart_by_when_they_were_published(healthy_run: Path) -> None:
    unreached = load_run(healthy_run).totals.unreached

    assert unreached == Unreached(
        count=228,
        of=2_000,
        during_faults=224,
        faults=("f1", "f2"),
        while_disconnected=0,
        otherwise=4,
    )


def test_a_fault_is_told_as_planned_and_as_achieved(healthy_run: Path) -> None:
    partition, kill = load_run(healthy_run).faults

    assert (partition.id, partition.kind) == ("f1", "partition")
    assert partition.planned == "at 2s, partition [n1 n2] [n3], for 2s"
    assert partition.targets == ("n1", "n2", "n3")
    assert (partition.begin_ns, partition.end_ns) == (2_200 * MS, 4_200 * MS)
    assert partition.achieved_begin == "sockets_cut 4, routes n3"
    assert (kill.targets, kill.achieved_end) == (("n1",), "restarted yes")


def test_a_fault_that_never_began_is_listed_after_the_others(invalid_run: Path) -> None:
    last = load_run(invalid_run).faults[-1]

    assert (last.id, last.kind, last.begin_ns) == ("f5", "pause", None)


def test_phases_end_where_the_next_begins(healthy_run: Path) -> None:
    phases = load_run(healthy_run).phases

    assert [(phase.phase, phase.begin_ns, phase.end_ns) for phase in phases] == [
        ("setup", 0, 200 * MS),
        ("workload", 200 * MS, 10_200 * MS),
        ("settle", 10_200 * MS, 13_200 * MS),
        ("end", 13_200 * MS, None),
    ]


def test_only_the_end_of_a_log_is_kept(healthy_run: Path) -> None:
    first, second = load_run(healthy_run).logs

    assert first.name == "n1.log"
    assert first.text.startswith("[INF] n1 line ")
    assert first.text.endswith("[INF] n1 line 399\n")
    assert len(first.text) < first.size_bytes
    assert second.text == "[INF] Server is ready\n[INF] route to n1 lost: <closed> & gone\n"


def test_an_interrupted_run_says_what_is_missing(interrupted_run: Path) -> None:
    document = load_run(interrupted_run)

    assert document.head.verdict == "unknown"
    assert document.head.sentence == "unknown: no verdict of any checker was recorded"
    assert document.remarks == (
        "verdict.json is missing.",
        "The last line of history.jsonl is cut off; it was left out.",
        "history.jsonl breaks off before the mark of the run's end.",
        "The run is marked as running: it goes on, or was ended before it could say how.",
        "digests.json is missing.",
    )
    assert document.head.replay == "natsim replay partition-heals-4713"


def test_an_interrupted_run_shows_what_happened_until_then(interrupted_run: Path) -> None:
    document = load_run(interrupted_run)

    began, planned = document.faults

    assert document.totals.publishes == 500
    assert document.head.evidence == (
        "1 fault: f1 partition.",
        "50 of 500 published messages had reached no subscription when the history breaks off.",
    )
    assert (began.begin_ns, began.end_ns) == (2_200 * MS, None)
    assert planned.begin_ns is None


def test_an_empty_directory_is_an_unknown_run(empty_run: Path) -> None:
    document = load_run(empty_run)

    assert document.head.verdict == "unknown"
    assert document.head.evidence == ("No entry of a history was recorded.",)
    assert len(document.remarks) == 5


def test_a_directory_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoDirectoryError, match="is not a directory"):
        load_run(tmp_path / "nowhere")


def test_valid_without_any_checker_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "verdict.json").write_text('{"verdict": "valid", "checkers": []}')

    assert load_run(tmp_path).head.verdict == "unknown"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[",
        "[]",
        "null",
        '{"state": 7, "seed": [], "versions": 3, "started": 1, "ended": {}, "command": [1]}',
        "[" * 100_000,
        "\x00\xff",
        '{"seed": NaN, "scenario": "\\ud800"}',
    ],
)
def test_no_content_of_a_file_stops_the_report(tmp_path: Path, content: str) -> None:
    names = ("run.json", "verdict.json", "digests.json", "plan.yaml", "history.jsonl")
    for name in names:
        (tmp_path / name).write_text(content)

    document = load_run(tmp_path)

    assert document.head.verdict == "unknown"


def test_a_link_to_a_file_elsewhere_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("scenario: secret")
    directory = tmp_path / "run"
    (directory / "logs").mkdir(parents=True)
    (directory / "plan.yaml").symlink_to(secret)
    (directory / "logs" / "n1.log").symlink_to(secret)

    document = load_run(directory)

    assert (document.plan, document.logs) == (None, ())
