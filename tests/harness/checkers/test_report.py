"""A report as JSON, there and back; and its bounds."""

import json

import pytest

from natsim.harness.checkers.errors import BadVerdict
from natsim.harness.checkers.limits import ANOMALIES_MAX, NOTES_MAX
from natsim.harness.checkers.report import Report, parse_report, report_json
from natsim.harness.checkers.tally import Tally
from natsim.harness.checkers.verdict import Anomaly, Finding, Verdict

REPORT = Report(
    Verdict.INVALID,
    (
        Finding(
            checker="at-most-once",
            verdict=Verdict.INVALID,
            checked=48112,
            legal_losses=31,
            anomaly_count=1,
            anomalies=(Anomaly("duplicate-delivery", "twice", (3, 7), 12),),
            notes=("a note",),
        ),
    ),
)


def test_a_report_comes_back() -> None:
    assert parse_report(report_json(REPORT)) == REPORT


def test_the_json_is_as_the_reference_says() -> None:
    assert json.loads(report_json(REPORT)) == {
        "schema": "natsim.verdict/1",
        "verdict": "invalid",
        "checkers": [
            {
                "checker": "at-most-once",
                "verdict": "invalid",
                "checked": 48112,
                "legal_losses": 31,
                "anomaly_count": 1,
                "anomalies": [
                    {"name": "duplicate-delivery", "text": "twice", "entries": [3, 7], "t": 12}
                ],
                "notes": ["a note"],
            }
        ],
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "the verdict is not JSON"),
        ("[]", r"the verdict is \[\]; it must be an object"),
        ('{"schema": "natsim.verdict/2"}', "`schema` is 'natsim.verdict/2'"),
        ('{"schema": "natsim.verdict/1"}', "`checkers` is None; it must be a list"),
        (
            '{"schema": "natsim.verdict/1", "verdict": "fine", "checkers": []}',
            "`verdict`: 'fine' is not a valid Verdict",
        ),
        (
            '{"schema": "natsim.verdict/1", "verdict": "valid", "checkers": [{"checker": 5}]}',
            "`checker` holds 5; it must be a text",
        ),
    ],
)
def test_what_is_no_verdict_is_refused(text: str, problem: str) -> None:
    with pytest.raises(BadVerdict, match=problem):
        parse_report(text)


def test_a_finding_keeps_the_first_anomalies_and_counts_all() -> None:
    tally = Tally("any")
    for t in reversed(range(50 * ANOMALIES_MAX)):
        tally.accuse("wrong", f"at {t}", [t, t], t)

    finding = tally.finding("thing")

    assert finding.anomaly_count == 50 * ANOMALIES_MAX
    assert [anomaly.t for anomaly in finding.anomalies] == list(range(ANOMALIES_MAX))
    assert finding.anomalies[7].entries == (7,)


def test_a_finding_keeps_some_notes_and_says_how_many_more() -> None:
    tally = Tally("any")
    tally.checked = 1
    for number in range(NOTES_MAX + 5):
        tally.note(f"note {number}")

    finding = tally.finding("thing")

    assert len(finding.notes) == NOTES_MAX + 1
    assert finding.notes[-1] == "and 5 notes more"


def test_an_anomaly_is_one_even_when_nothing_was_counted() -> None:
    tally = Tally("any")
    tally.accuse("wrong", "so", [0], 0)

    assert tally.finding("thing").verdict is Verdict.INVALID
