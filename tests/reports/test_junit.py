"""JUnit: a suite for a run, a case for each guarantee, and nothing green that was not tested."""

from pathlib import Path
from xml.etree import ElementTree

from natsim.reports.junit import junit_of_run
from natsim.reports.run import load_run


def suite_of(run: Path) -> ElementTree.Element:
    suite = ElementTree.fromstring(junit_of_run(load_run(run))).find("testsuite")
    assert suite is not None
    return suite


def test_a_guarantee_is_a_case(healthy_run: Path) -> None:
    suite = suite_of(healthy_run)

    assert [case.get("name") for case in suite.iter("testcase")] == [
        "at-most-once",
        "publisher-order",
        "wildcard-routing",
        "queue-group",
        "no-phantoms",
        "converges",
    ]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("6", "0", "0")


def test_a_broken_guarantee_fails_with_its_anomalies_and_their_proof(invalid_run: Path) -> None:
    failure = suite_of(invalid_run).find("testcase[@name='publisher-order']/failure")

    assert failure is not None
    assert failure.get("type") == "pair-reorder"
    assert "saw p1.a/205 after p1.a/214" in (failure.get("message") or "")
    assert "#569 1.090000 s s1 deliver conn=s1#1" in (failure.text or "")


def test_unknown_is_an_error_and_never_skipped(invalid_run: Path) -> None:
    suite = suite_of(invalid_run)

    error = suite.find("testcase[@name='queue-group']/error")

    assert error is not None
    assert error.get("type") == "unknown"
    assert error.get("message") == (
        "there was nothing to check: checked 0, 0 legal losses, 0 anomalies"
    )
    assert suite.find(".//skipped") is None


def test_what_a_valid_guarantee_checked_is_in_its_output(healthy_run: Path) -> None:
    output = suite_of(healthy_run).findtext("testcase[@name='at-most-once']/system-out")

    assert output == (
        "checked 2,479, 231 legal losses (8.5 %), 0 anomalies\n"
        "All losses are of messages on the way when a connection broke."
    )


def test_the_properties_say_how_to_find_the_run_again(healthy_run: Path) -> None:
    suite = suite_of(healthy_run)
    properties = {item.get("name"): item.get("value") for item in suite.iter("property")}

    assert properties["seed"] == "4711"
    assert properties["stage"] == "sim"
    assert properties["plan_digest"] == "5d41402abc4b2a76"
    assert (suite.findtext("system-out") or "").endswith("natsim replay partition-heals-4711")


def test_a_run_without_a_verdict_has_errors(interrupted_run: Path) -> None:
    suite = suite_of(interrupted_run)

    errors = [(case.get("name"), case[0].get("type")) for case in suite.iter("testcase")]

    assert errors == [("run", "running"), ("verdict", "unknown")]
    assert suite.get("errors") == "2"
