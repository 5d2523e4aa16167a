"""A run directory, loaded into one run document.

Source of the files: docs/reference/run-directory.md. Any of them may be missing or cut off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from .checked import read_checked
from .document import Anomaly, Phase, RunDocument, Totals, Unreached
from .errors import NoDirectoryError
from .faults import fault_spans, faults_of
from .fields import Json, object_in, text_at
from .files import Files
from .head import evidence_of, head_of
from .history import HistoryTally, read_history
from .lanes import away_spans, clients_of, servers_of
from .legible import legible_line
from .limits import (
    CLIENT_LANES_MAX,
    DIGEST_MAX,
    DIGESTS_MAX,
    NAME_MAX,
    SERVER_LANES_MAX,
    SPELLS_MAX,
)
from .logs import read_logs
from .planned import read_plan
from .quantity import counted
from .spans import count_within


def load_run(run_dir: Path) -> RunDocument:
    """Read a run directory, complete or not, into one document.

    Raises NoDirectoryError if run_dir is not a directory.
    """
    if not run_dir.is_dir():
        raise NoDirectoryError(run_dir)
    files = Files(run_dir)
    plan = read_plan(files)
    checked = read_checked(files)
    wanted = {index for anomaly in checked.anomalies for index in anomaly.entries}
    tally = read_history(files, wanted)
    head = head_of(run_dir, files, plan, checked, tally)

    clients, servers = clients_of(tally), servers_of(tally)
    lanes = [client.name for client in clients] + [server.name for server in servers]
    faults = faults_of(tally, plan.faults, lanes)
    phases = _phases(tally)
    totals = _totals(tally)
    digests = _digests(files)
    logs = read_logs(files)
    _remark_on_limits(files, tally)
    return RunDocument(
        head=replace(head, evidence=evidence_of(totals, faults, phases)),
        remarks=tuple(files.remarks),
        guarantees=checked.guarantees,
        anomalies=tuple(_located(anomaly, tally.entries) for anomaly in checked.anomalies),
        anomalies_left_out=checked.anomalies_left_out,
        entries={str(index): tally.entries[index] for index in sorted(tally.entries)},
        phases=phases,
        faults=faults,
        totals=totals,
        bucket_ns=tally.buckets.width_ns,
        clients=clients,
        servers=servers,
        digests=digests,
        plan=plan.text,
        logs=logs,
    )


def _located(anomaly: Anomaly, entries: Mapping[int, Json]) -> Anomaly:
    # The last entry completes the proof: there the promise was seen to be broken.
    for index in reversed(anomaly.entries):
        process = text_at(object_in(entries.get(index)), "process")
        if process is not None:
            return replace(anomaly, client=process.partition(".")[0])
    return anomaly


def _phases(tally: HistoryTally) -> tuple[Phase, ...]:
    ends = [t for _, t in tally.phases[1:]]
    return tuple(
        Phase(phase=phase, begin_ns=t, end_ns=ends[n] if n < len(ends) else None)
        for n, (phase, t) in enumerate(tally.phases)
    )


def _totals(tally: HistoryTally) -> Totals:
    clients = [*tally.clients, tally.other_clients]
    return Totals(
        entries=tally.entry_count,
        unreadable_lines=tally.unreadable_lines,
        clients=tally.client_count(),
        servers=tally.server_count(),
        faults=len(tally.faults) + tally.faults_left_out,
        publishes=sum(client.publishes for client in clients),
        confirmed=sum(client.confirmation.total() for client in clients),
        refused=sum(client.refused for client in clients),
        deliveries=sum(client.deliveries for client in clients),
        requests=sum(client.requests for client in clients),
        unreached=_unreached(tally),
    )


def _unreached(tally: HistoryTally) -> Unreached | None:
    away = away_spans(tally)
    if away is None or not tally.has_all_unreached or tally.faults_left_out:
        return None
    times = sorted(message.t for message in tally.unreached.values())
    spans = fault_spans(tally)
    during_faults = count_within(times, [span for _, span in spans])
    either = count_within(times, [*(span for _, span in spans), *away])
    return Unreached(
        count=len(times),
        of=tally.expected,
        during_faults=during_faults,
        faults=tuple(name for name, span in spans if count_within(times, [span])),
        while_disconnected=either - during_faults,
        otherwise=len(times) - either,
    )


def _digests(files: Files) -> Mapping[str, str]:
    content = files.json_object("digests.json")
    pairs = [(name, value) for name, value in content.items() if isinstance(value, str)]
    return {
        legible_line(name, NAME_MAX): legible_line(value, DIGEST_MAX)
        for name, value in pairs[:DIGESTS_MAX]
    }


def _remark_on_limits(files: Files, tally: HistoryTally) -> None:
    short = [client for client in tally.clients if not client.connection.is_complete()]
    beyond: Sequence[tuple[str, int, str]] = (
        ("Counted in the totals only", tally.client_count() - len(tally.clients), "client"),
        ("Counted in the totals only", tally.server_count() - len(tally.servers), "server"),
        ("Without a lane in the time line", len(tally.clients) - CLIENT_LANES_MAX, "client"),
        ("Without a lane in the time line", len(tally.servers) - SERVER_LANES_MAX, "server"),
        (f"Shown with its first {SPELLS_MAX} connections only", len(short), "client"),
        ("Neither listed nor drawn", tally.faults_left_out, "fault"),
    )
    for what, number, noun in beyond:
        if number > 0:
            files.remark(f"{what}: {counted(number, noun)}.")
