"""conformance.json made by hand, as natsim conform would leave it."""

import json
from pathlib import Path
from typing import TypeAlias

from natsim.reports.conformance import Conformance, load_conformance

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Object: TypeAlias = dict[str, Json]

EXPECTED = r"MSG a 1 2\r\nhi\r\n"
ACTUAL = r"MSG a 2 2\r\nhi\r\n"
GRADES = ("pass", "lenient", "fail", "skipped", "unknown")


def result(grade: str, **more: Json) -> Object:
    """Give a result of some grade; what is named replaces what would be empty."""
    made: Object = {
        "grade": grade,
        "why": "",
        "duration_ms": 3,
        "runs": 1,
        "confirmed": "",
        "known": None,
        "change": "",
        "reproduce": "",
        "difference": None,
        "dialogue": [],
    }
    return made | more


def line(side: str, text: str, **more: Json) -> Object:
    """Give a line of a dialogue, at 1.2 ms on connection a."""
    made: Object = {
        "conn": "a",
        "side": side,
        "at_us": 1_200,
        "text": text,
        "expected": "",
        "is_wrong": False,
    }
    return made | more


def failed(**more: Json) -> Object:
    """Give a result that failed twice alike: the sid is 2 where 1 was expected."""
    made: Object = {
        "why": "the server answered with another sid",
        "runs": 2,
        "confirmed": "a second run failed the same way",
        "reproduce": "natsim conform nats://h:1 --only core.sub.one",
        "difference": difference(EXPECTED, ACTUAL, at=6),
        "dialogue": [
            line("C", r"SUB a 1\r\n"),
            line("S", ACTUAL, expected=EXPECTED, is_wrong=True),
            line("S", r"PONG\r\n", expected=r"PONG\r\n"),
        ],
    }
    return result("fail", **made | more)


def difference(expected: str, actual: str, at: int) -> Object:
    return {"conn": "a", "line": 12, "expected": expected, "actual": actual, "at": at}


def known(state: str) -> Object:
    return {"reason": "a bug of ours", "expires": "2026-12-31", "state": state}


def server(name: str, **more: Json) -> Object:
    made: Object = {
        "name": name,
        "target": f"nats://{name.replace(' ', '-')}:4222",
        "version": name.split()[-1],
        "version_like": "",
        "info": {"version": name.split()[-1], "headers": True, "max_payload": 1_048_576},
        "rtt_us": 120,
        "duration_ms": 5_000,
        "ended": "complete",
        "capabilities": [{"name": "headers", "has": True, "evidence": "HPUB was delivered"}],
        "decoy": {"is_refused": True, "evidence": "-ERR 'Unknown Protocol Operation', closed"},
        "counts": {},
    }
    return made | more


def case(name: str, *results: Object, **more: Json) -> Object:
    made: Object = {
        "id": name,
        "title": f"what {name} shows",
        "level": "must",
        "covers": [name],
        "house": "plain",
        "versions": "",
        "file": f"cases/{name.replace('.', '/')}.txt",
        "results": list(results),
    }
    return made | more


def requirement(name: str, *cases: str) -> Object:
    return {
        "id": name,
        "rule": f"A server keeps {name}.",
        "level": "must",
        "source": "the protocol's documentation",
        "cases": list(cases),
    }


def content(servers: list[Object], cases: list[Object], **more: Json) -> Object:
    """Give a whole document; each case has a requirement of its name; counts are as they are."""
    for number, one in enumerate(servers):
        grades = [grade_of(item, number) for item in cases]
        one["counts"] = {grade: grades.count(grade) for grade in GRADES}
    made: Object = {
        "schema": "natsim.conformance/1",
        "natsim": "0.1.0",
        "command": "natsim conform nats://h:1",
        "started": "2026-11-24T18:00:00Z",
        "duration_ms": 5_321,
        "python": "3.11.2",
        "servers": list[Json](servers),
        "requirements": [requirement(str(item["id"]), str(item["id"])) for item in cases],
        "cases": list[Json](cases),
        "gone": [],
    }
    return made | more


def grade_of(item: Object, number: int) -> Json:
    results = item["results"]
    assert isinstance(results, list)
    one = results[number] if number < len(results) else None
    return one["grade"] if isinstance(one, dict) else "unknown"


def full() -> Object:
    """Give a document of three servers with every grade in it, known failures and changes."""
    excused = failed(known=known("expected"))
    lenient = result("lenient", why="it closes without -ERR", dialogue=[line("C", r"PING\r\n")])
    skipped = result("skipped", why="no cluster")
    good = result("pass")
    return content(
        [server("nats-server 2.15.1"), server("nats-server 2.9.10"), server("broker 0.1")],
        [
            case("core.sub.one", good, failed(change="broke"), failed()),
            case("core.sub.two", good, good, excused),
            case("core.pub.one", good, lenient, good),
            case("core.pub.two", result("pass", known=known("unexpected pass")), good, good),
            case("server.cluster.info", good, skipped, skipped),
            case("server.cluster.route", good, good, result("unknown", why="it timed out")),
        ],
        gone=[{"id": "core.sub.old", "was": "pass"}],
    )


def write(directory: Path, document: Json) -> Path:
    """Write conformance.json into a directory, made if need be; give its path."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "conformance.json"
    path.write_text(json.dumps(document))
    return path


def loaded(directory: Path, document: Json) -> Conformance:
    """Write a document and load it."""
    return load_conformance(write(directory, document))
