"""The door: names in, findings out, and a checker that fails is no verdict on the server."""

import pytest

from natsim.harness.checkers import check as door
from natsim.harness.checkers.check import check
from natsim.harness.checkers.errors import UnknownChecker
from natsim.harness.checkers.evidence import Evidence
from natsim.harness.checkers.registry import CHECKERS, Checker
from natsim.harness.checkers.verdict import Finding, Verdict
from natsim.harness.history.entry import Invoked

from .asking import orders, settle


def test_the_findings_come_in_the_order_asked() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    settle(story, "p1", "s1")

    report = check(story.entries, ["completeness", "at-most-once"])

    assert [finding.checker for finding in report.findings] == ["completeness", "at-most-once"]
    assert report.verdict is Verdict.VALID


def test_an_anomaly_beats_what_is_unknown() -> None:
    story = orders()
    story.deliver("s1.a", "p1.a/0")

    report = check(story.entries, ["queue-group", "at-most-once"])

    assert [finding.verdict for finding in report.findings] == [Verdict.UNKNOWN, Verdict.INVALID]
    assert report.verdict is Verdict.INVALID


def test_no_names_are_no_verdict() -> None:
    assert check(orders().entries, []).verdict is Verdict.UNKNOWN


def test_an_empty_history_is_unknown_to_all() -> None:
    report = check([], list(CHECKERS))

    assert [finding.verdict for finding in report.findings] == [Verdict.UNKNOWN] * len(CHECKERS)


def test_a_checker_that_fails_is_unknown_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: Evidence) -> Finding:
        raise ZeroDivisionError("a fault of natsim")

    failing = {**CHECKERS, "queue-group": Checker("queue-group", "fails", fail)}
    monkeypatch.setattr(door, "CHECKERS", failing)
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")

    report = check(story.entries, ["queue-group", "at-most-once"])

    assert [finding.verdict for finding in report.findings] == [Verdict.UNKNOWN, Verdict.VALID]
    assert report.findings[0].notes == ("the checker failed: ZeroDivisionError: a fault of natsim",)


def test_a_history_that_cannot_be_understood_is_unknown() -> None:
    report = check([Invoked(1, "p1.a", "p1.a/0", "publish", {})], ["at-most-once"])

    assert report.verdict is Verdict.UNKNOWN
    assert report.findings[0].notes == (
        "the checker failed: BadEntry: entry 0: `msg` is missing or of a wrong type",
    )


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownChecker, match="there is no checker queue-groups; did you mean"):
        check([], ["queue-groups"])


def test_an_outlandish_name_is_refused_with_all_there_are() -> None:
    with pytest.raises(UnknownChecker, match="there are at-most-once, publisher-order, "):
        check([], ["?"])


def test_every_checker_has_its_own_name_and_a_promise() -> None:
    assert [checker.name for checker in CHECKERS.values()] == list(CHECKERS)
    assert [name for name, checker in CHECKERS.items() if not checker.promise] == []
