"""Run directories made by hand, as the harness would leave them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

MS = 1_000_000
S = 1_000 * MS
SETUP_NS = 200 * MS

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Entry: TypeAlias = dict[str, Json]

PLAN = """\
schema: natsim.plan/1
scenario: partition-heals
seed: 4711
duration: 10s
settle: 3s
barrier: 250ms
expect: [at-most-once, publisher-order, wildcard-routing, queue-group, no-phantoms, converges]
servers: {n1: {}, n2: {}, n3: {}}
links:
- {between: [n1, n3], latency: 1ms..5ms}
clients:
  p1: {at: n1}
  s1: {at: n3, subscriptions: [{id: s1.a, subject: orders.>}]}
  w1: {at: n2, subscriptions: [{id: w1.a, subject: orders.eu.created, queue: workers}]}
series:
- {id: p1.a, client: p1, publish: [orders.eu.created, orders.us.created], every: 5ms, count: 2000}
faults:
- {id: f1, at: 2s, partition: [[n1, n2], [n3]], for: 2s}
- {id: f2, at: 6s, kill: n1, restart: 1s}
"""


class RunMaker:
    """Collects the files of a run directory and writes them."""

    def __init__(self) -> None:
        self.run: Entry = {
            "schema": "natsim.run/1",
            "state": "complete",
            "stage": "sim",
            "scenario": "partition-heals",
            "seed": 4711,
            "command": "natsim run partition-heals --seed 4711",
            "versions": {"natsim": "0.1.0", "python": "3.11.7", "nats-py": "2.16.0"},
            "server": "natsim broker 0.1.0",
            "started": "2026-11-23T22:51:36.120000+00:00",
            "ended": "2026-11-23T22:51:36.981000+00:00",
        }
        self.plan = PLAN
        self.entries: list[Entry] = []
        self.checkers: list[Entry] = []
        self.verdict = "valid"
        self.logs: dict[str, str] = {}
        self.tail = ""

    def add(self, t: int, **entry: Json) -> Entry:
        """Record an entry; its number is given when the directory is written."""
        made: Entry = {"t": t, **entry}
        self.entries.append(made)
        return made

    def observe(self, t: int, f: str, process: str, **rest: Json) -> Entry:
        return self.add(t, type="observe", f=f, process=process, **rest)

    def phase(self, t: int, phase: str) -> None:
        self.add(t, type="phase", phase=phase)

    def fault(self, t: int, fault: str, f: str, phase: str, achieved: Json) -> None:
        self.add(t, type="fault", id=fault, f=f, phase=phase, achieved=achieved)

    def connect(self, t: int, client: str, server: str) -> None:
        value: Json = {"conn": f"{client}#1", "server": server, "server_id": "NA", "cid": 5}
        op = f"{client}/connect"
        self.add(t, type="invoke", process=client, op=op, f="connect", value={"servers": [server]})
        self.add(t + 3 * MS, type="ok", process=client, op=op, f="connect", value=value)

    def publish(self, t: int, number: int, conn: str | None, subject: str) -> Entry:
        op = f"p1.a/{number}"
        value: Entry = {"msg": op, "conn": conn, "subject": subject, "size": 128, "sha": "9f86d081"}
        return self.add(t, type="invoke", process="p1.a", op=op, f="publish", value=value)

    def deliver(self, t: int, client: str, conn: str, number: int, subject: str) -> Entry:
        return self.observe(
            t,
            "deliver",
            client,
            conn=conn,
            sub=f"{client}.a",
            subject=subject,
            msg=f"p1.a/{number}",
            size=128,
            sha="9f86d081",
        )

    def flush(self, t: int, number: int, conn: str | None, outcome: str) -> None:
        op = f"p1.flush/{number}"
        self.add(t, type="invoke", process="p1.flush", op=op, f="flush", value={"conn": conn})
        self.add(t + 2 * MS, type=outcome, process="p1.flush", op=op, f="flush", value={})

    def request(self, t: int, number: int, conn: str, outcome: str, code: str | None) -> None:
        op = f"p1.q/{number}"
        value: Json = {"msg": op, "conn": conn, "subject": "stock", "size": 32, "sha": "60303ae2"}
        self.add(t, type="invoke", process="p1.q", op=op, f="request", value=value)
        end: Entry = {"type": outcome, "process": "p1.q", "op": op, "f": "request", "value": {}}
        if code is not None:
            kind = "definite" if outcome == "fail" else "indefinite"
            end["error"] = {"kind": kind, "code": code, "text": f"nats: {code}"}
        self.add(t + 4 * MS, **end)

    def check(
        self,
        checker: str,
        checked: int,
        legal_losses: int = 0,
        verdict: str = "valid",
        anomalies: Sequence[Json] = (),
        notes: Sequence[Json] = (),
    ) -> None:
        self.checkers.append(
            {
                "checker": checker,
                "verdict": verdict,
                "checked": checked,
                "legal_losses": legal_losses,
                "anomaly_count": len(anomalies),
                "anomalies": list(anomalies),
                "notes": list(notes),
            }
        )

    def number(self) -> None:
        """Order the entries by time and number them."""
        self.entries.sort(key=lambda entry: str(entry["t"]).zfill(20))
        for i, entry in enumerate(self.entries):
            entry["i"] = i

    def write(self, directory: Path) -> Path:
        """Write the directory, complete."""
        (directory / "logs").mkdir(parents=True)
        self.number()
        header = {"schema": "natsim.history/1", "stage": "sim", "plan_digest": "5d41402abc4b2a76"}
        lines = [json.dumps(line) for line in [header, *self.entries]]
        history = "\n".join(lines) + "\n" + self.tail
        verdict = {
            "schema": "natsim.verdict/1",
            "verdict": self.verdict,
            "checkers": self.checkers,
        }
        digests = {
            "schedule": "0f343b0931126a20f133d67c2b018a3b",
            "wire": "b1946ac92492d2347c6235b4d2611184",
            "history": "591785b794601e212b260e25925636fd",
            "python": "3.11.7",
        }
        (directory / "run.json").write_text(json.dumps(self.run))
        (directory / "plan.yaml").write_text(self.plan)
        (directory / "history.jsonl").write_text(history)
        (directory / "verdict.json").write_text(json.dumps(verdict))
        (directory / "digests.json").write_text(json.dumps(digests))
        for name, text in self.logs.items():
            (directory / "logs" / name).write_text(text)
        return directory


def record_partition_heals(maker: RunMaker) -> None:
    """Record ten seconds of orders: n3 is cut off at 2 s for 2 s, n1 is killed at 6 s for 1 s."""
    maker.phase(0, "setup")
    for client, server in (("p1", "n1"), ("s1", "n3"), ("w1", "n2")):
        maker.connect(20 * MS, client, server)
    maker.phase(SETUP_NS, "workload")
    maker.fault(SETUP_NS + 2 * S, "f1", "partition", "begin", {"sockets_cut": 4, "routes": ["n3"]})
    maker.fault(SETUP_NS + 4 * S, "f1", "partition", "end", {"routes": ["n1", "n2"]})
    maker.fault(SETUP_NS + 6 * S, "f2", "kill", "begin", {"exit": "SIGKILL", "sockets_cut": 3})
    maker.observe(SETUP_NS + 6 * S, "disconnected", "p1", conn="p1#1")
    maker.observe(
        SETUP_NS + 6 * S + 180 * MS,
        "connected",
        "p1",
        conn="p1#2",
        server="n2",
        server_id="NB",
        cid=9,
    )
    maker.fault(SETUP_NS + 7 * S, "f2", "kill", "end", {"restarted": True})
    for number in range(2_000):
        record_order(maker, number)
    for number in range(40):
        t = SETUP_NS + (number + 1) * 250 * MS - MS
        conn = "p1#1" if t < SETUP_NS + 6 * S else "p1#2"
        maker.flush(t, number, conn, "info" if number == 23 else "ok")
    for number in range(20):
        outcome = ("ok", None) if number not in (12, 13) else ("info", "timeout")
        conn = "p1#1" if number < 13 else "p1#2"
        maker.request(SETUP_NS + number * 480 * MS + 7 * MS, number, conn, *outcome)
    maker.phase(SETUP_NS + 10 * S, "settle")
    maker.phase(SETUP_NS + 13 * S, "end")


def record_order(maker: RunMaker, number: int) -> None:
    since = number * 5 * MS
    t = SETUP_NS + since
    subject = "orders.eu.created" if number % 2 == 0 else "orders.us.created"
    is_away = 6 * S <= since < 6 * S + 180 * MS
    conn = None if is_away else "p1#1" if since < 6 * S else "p1#2"
    maker.publish(t, number, conn, subject)
    is_lost = is_away and number % 3 > 0
    is_cut = 2 * S - 3 * MS <= since < 4 * S + 40 * MS
    sent = SETUP_NS + 6 * S + 190 * MS if is_away else t
    if not is_lost and not is_cut:
        maker.deliver(sent + 4 * MS + number % 5 * 400_000, "s1", "s1#1", number, subject)
    if not is_lost and number % 2 == 0:
        maker.deliver(sent + 2 * MS + number % 7 * 300_000, "w1", "w1#1", number, subject)


def check_all(maker: RunMaker) -> None:
    note = "All losses are of messages on the way when a connection broke."
    maker.check("at-most-once", 2_479, legal_losses=231, notes=[note])
    maker.check("publisher-order", 2_479)
    maker.check("wildcard-routing", 4_000)
    maker.check("queue-group", 976, legal_losses=12)
    maker.check("no-phantoms", 2_479)
    maker.check("converges", 3)


@pytest.fixture
def maker() -> RunMaker:
    """A maker with nothing in it but run.json and a plan."""
    return RunMaker()


@pytest.fixture(scope="session")
def healthy_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid run: 3 clients, a partition, a kill, 2,000 messages. Read it, do not write in it."""
    return make_healthy_run(tmp_path_factory.mktemp("healthy") / "partition-heals-4711")


@pytest.fixture(scope="session")
def invalid_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with two duplicates and a wrong order. Read it, do not write in it."""
    return make_invalid_run(tmp_path_factory.mktemp("invalid") / "partition-heals-4712")


@pytest.fixture(scope="session")
def interrupted_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that stopped inside its first fault: no verdict, no digests, the last line cut off."""
    return make_interrupted_run(tmp_path_factory.mktemp("cut") / ".partition-heals-4713.partial")


@pytest.fixture(scope="session")
def empty_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with nothing in it."""
    return tmp_path_factory.mktemp("nothing-here")


def make_healthy_run(directory: Path) -> Path:
    maker = RunMaker()
    record_partition_heals(maker)
    check_all(maker)
    maker.logs["n1.log"] = "".join(f"[INF] n1 line {n}\n" for n in range(400))
    maker.logs["n2.log"] = "[INF] Server is ready\n[INF] route to n1 lost: <closed> & gone\n"
    return maker.write(directory)


def make_invalid_run(directory: Path) -> Path:
    maker = RunMaker()
    record_partition_heals(maker)
    pause = SETUP_NS + 8 * S
    maker.plan += "- {id: f3, at: 8s, pause: n2, for: 700ms}\n"
    maker.plan += "- {id: f4, at: 1s, slow-link: n1-n3, latency: 30ms..60ms, for: 1800ms}\n"
    maker.plan += "- {id: f5, at: 9900ms, pause: n3, for: 50ms}\n"
    maker.fault(pause, "f3", "pause", "begin", {"state": "stopped"})
    maker.fault(pause + 700 * MS, "f3", "pause", "end", {"state": "running"})
    maker.fault(SETUP_NS + S, "f4", "slow-link", "begin", {})
    maker.fault(SETUP_NS + 2800 * MS, "f4", "slow-link", "end", {})
    maker.observe(pause + 300 * MS, "error", "p1", conn="p1#2", text="nats: stale connection")
    eu, us = "orders.eu.created", "orders.us.created"
    first = maker.deliver(SETUP_NS + 7 * S + 8 * MS, "s1", "s1#1", 1400, eu)
    second = maker.deliver(SETUP_NS + 7 * S + 14 * MS, "s1", "s1#1", 1401, us)
    third = maker.deliver(SETUP_NS + 1 * S + 90 * MS, "s1", "s1#1", 205, us)
    maker.number()
    duplicates = [duplicate(maker, 1400, first), duplicate(maker, 1401, second)]
    reorder: Json = {
        "name": "pair-reorder",
        "text": "Subscription s1.a of s1#1 saw p1.a/205 after p1.a/214, both published by p1#1.",
        "entries": [*indexes(maker, 205)[:1], *indexes(maker, 214)[:2], third["i"]],
        "t": third["t"],
    }
    check_all(maker)
    maker.checkers[0] |= {
        "verdict": "invalid",
        "anomalies": duplicates,
        "anomaly_count": len(duplicates),
    }
    maker.checkers[1] |= {"verdict": "invalid", "anomalies": [reorder], "anomaly_count": 1}
    maker.checkers[3] |= {"verdict": "unknown", "checked": 0, "legal_losses": 0}
    maker.verdict = "invalid"
    maker.logs["n1.log"] = "[ERR] slow consumer\n"
    maker.run |= {"seed": 4712, "command": "natsim run partition-heals --seed 4712"}
    return maker.write(directory)


def duplicate(maker: RunMaker, number: int, again: Entry) -> Json:
    return {
        "name": "duplicate-delivery",
        "text": f"Subscription s1.a of s1#1 saw p1.a/{number} twice; it was published once.",
        "entries": [*indexes(maker, number)[:2], again["i"]],
        "t": again["t"],
    }


def indexes(maker: RunMaker, number: int) -> list[Json]:
    """Give the indexes of a message's publish and of what s1 saw of it, in order."""
    message = f"p1.a/{number}"
    return [
        entry["i"]
        for entry in maker.entries
        if entry.get("op") == message
        or (entry.get("msg") == message and entry.get("process") == "s1")
    ]


def make_interrupted_run(directory: Path) -> Path:
    maker = RunMaker()
    maker.phase(0, "setup")
    for client, server in (("p1", "n1"), ("s1", "n3"), ("w1", "n2")):
        maker.connect(20 * MS, client, server)
    maker.phase(SETUP_NS, "workload")
    for number in range(500):
        record_order(maker, number)
    maker.fault(SETUP_NS + 2 * S, "f1", "partition", "begin", {"sockets_cut": 4})
    maker.run |= {"state": "running", "seed": 4713, "ended": None}
    maker.run["command"] = "natsim run partition-heals --seed 4713"
    maker.tail = '{"i": 1200, "t": 27000000'
    maker.write(directory)
    (directory / "verdict.json").unlink()
    (directory / "digests.json").unlink()
    return directory
