"""The verdict on a history, and its JSON: `natsim.verdict/1`."""

import json
from collections.abc import Mapping, Sequence

from natsim.harness.history.entry import Json
from natsim.record import record

from .errors import BadVerdict
from .verdict import Anomaly, Finding, Verdict

SCHEMA = "natsim.verdict/1"


@record
class Report:
    """What all checkers said, in the order they were asked."""

    verdict: Verdict
    findings: tuple[Finding, ...]


def report_json(report: Report) -> str:
    """Write a report as JSON, with a line end; equal reports give equal text."""
    return json.dumps(report_object(report), indent=1) + "\n"


def report_object(report: Report) -> dict[str, Json]:
    """Make the JSON object of a report."""
    return {
        "schema": SCHEMA,
        "verdict": report.verdict.value,
        "checkers": [_finding_object(finding) for finding in report.findings],
    }


def parse_report(text: str) -> Report:
    """Read what `report_json` wrote; keys it does not know are passed over.

    Raises BadVerdict.
    """
    try:
        members = _mapping(json.loads(text), "the verdict")
    except ValueError as error:
        raise BadVerdict(f"the verdict is not JSON: {error}") from None
    if members.get("schema") != SCHEMA:
        raise BadVerdict(f"`schema` is {members.get('schema')!r}; it must be {SCHEMA!r}")
    findings = [_finding(_mapping(item, "a checker")) for item in _list(members, "checkers")]
    return Report(_verdict(members), tuple(findings))


def _finding_object(finding: Finding) -> dict[str, Json]:
    return {
        "checker": finding.checker,
        "verdict": finding.verdict.value,
        "checked": finding.checked,
        "legal_losses": finding.legal_losses,
        "anomaly_count": finding.anomaly_count,
        "anomalies": [_anomaly_object(anomaly) for anomaly in finding.anomalies],
        "notes": list(finding.notes),
    }


def _anomaly_object(anomaly: Anomaly) -> dict[str, Json]:
    return {
        "name": anomaly.name,
        "text": anomaly.text,
        "entries": list(anomaly.entries),
        "t": anomaly.t,
    }


def _finding(members: Mapping[str, Json]) -> Finding:
    return Finding(
        checker=_text(members, "checker"),
        verdict=_verdict(members),
        checked=_int(members, "checked"),
        legal_losses=_int(members, "legal_losses"),
        anomaly_count=_int(members, "anomaly_count"),
        anomalies=tuple(
            _anomaly(_mapping(item, "an anomaly")) for item in _list(members, "anomalies")
        ),
        notes=tuple(_string(item, "notes") for item in _list(members, "notes")),
    )


def _anomaly(members: Mapping[str, Json]) -> Anomaly:
    return Anomaly(
        name=_text(members, "name"),
        text=_text(members, "text"),
        entries=tuple(_whole(item, "entries") for item in _list(members, "entries")),
        t=_int(members, "t"),
    )


def _verdict(members: Mapping[str, Json]) -> Verdict:
    try:
        return Verdict(_text(members, "verdict"))
    except ValueError as error:
        raise BadVerdict(f"`verdict`: {error}") from None


def _mapping(value: Json, what: str) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise BadVerdict(f"{what} is {value!r}; it must be an object")
    return value


def _list(members: Mapping[str, Json], key: str) -> Sequence[Json]:
    value = members.get(key)
    if not isinstance(value, list):
        raise BadVerdict(f"`{key}` is {value!r}; it must be a list")
    return value


def _text(members: Mapping[str, Json], key: str) -> str:
    return _string(members.get(key), key)


def _int(members: Mapping[str, Json], key: str) -> int:
    return _whole(members.get(key), key)


def _string(value: Json, key: str) -> str:
    if not isinstance(value, str):
        raise BadVerdict(f"`{key}` holds {value!r}; it must be a text")
    return value


def _whole(value: Json, key: str) -> int:
    if type(value) is not int:
        raise BadVerdict(f"`{key}` holds {value!r}; it must be a whole number")
    return value
