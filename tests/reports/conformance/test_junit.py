"""JUnit: a suite for a server, a case for a case, and nothing green that nobody played."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.reports.conformance import suite

from natsim.reports.conformance.junit import junit_of_conformance


@pytest.fixture
def suites(tmp_path: Path) -> list[ElementTree.Element]:
    document = suite.loaded(tmp_path, suite.full())
    return list(ElementTree.fromstring(junit_of_conformance(document)))


def test_each_server_has_a_suite_with_its_counts(suites: list[ElementTree.Element]) -> None:
    keys = ("name", "tests", "failures", "errors", "skipped")
    assert [tuple(one.get(key) for key in keys) for one in suites] == [
        ("natsim conform nats-server 2.15.1", "6", "1", "0", None),
        ("natsim conform nats-server 2.9.10", "6", "1", "0", "1"),
        ("natsim conform broker 0.1", "6", "1", "1", "2"),
    ]


def test_a_failure_has_the_rule_the_dialogue_and_the_command(
    suites: list[ElementTree.Element],
) -> None:
    failure = suites[1].find("testcase[@name='one']/failure")

    assert failure is not None
    assert failure.get("message") == (
        "the server answered with another sid; a second run failed the same way"
    )
    assert (failure.text or "").splitlines() == [
        "what core.sub.one shows",
        "must: A server keeps core.sub.one. (the protocol's documentation)",
        r"C: SUB a 1\r\n",
        r"S: expected MSG a 1 2\r\nhi\r\n",
        r"   actual   MSG a 2 2\r\nhi\r\n",
        "                  ^",
        r"S: PONG\r\n",
        "natsim conform nats://h:1 --only core.sub.one",
    ]


def test_a_skip_has_its_reason(suites: list[ElementTree.Element]) -> None:
    skipped = suites[1].find("testcase[@name='info']/skipped")

    assert skipped is not None
    assert skipped.get("message") == "no cluster"


def test_a_known_failure_is_skipped_with_its_reason(suites: list[ElementTree.Element]) -> None:
    skipped = suites[2].find("testcase[@name='two']/skipped")

    assert skipped is not None
    assert skipped.get("type") == "known failure"
    assert (skipped.get("message") or "").startswith("a bug of ours (until 2026-12-31); ")


def test_an_unexpected_pass_fails(suites: list[ElementTree.Element]) -> None:
    failure = suites[0].find("testcase[@classname='natsim.core.pub']/failure")

    assert failure is not None
    assert failure.get("type") == "unexpected pass"


def test_a_lenient_case_passes_and_says_so(suites: list[ElementTree.Element]) -> None:
    (found,) = suites[1].findall("testcase[@classname='natsim.core.pub'][@name='one']")

    assert [item.tag for item in found] == ["system-out"]
    assert (found.findtext("system-out") or "").startswith("lenient: it closes without -ERR\n")


def test_unknown_is_an_error_and_never_skipped(suites: list[ElementTree.Element]) -> None:
    error = suites[2].find("testcase[@name='route']/error")

    assert error is not None
    assert (error.get("type"), error.get("message")) == ("unknown", "it timed out")


def test_a_server_that_could_not_be_reached_is_an_error(tmp_path: Path) -> None:
    given = suite.content([suite.server("a 1", ended="unavailable: refused")], [])

    root = ElementTree.fromstring(junit_of_conformance(suite.loaded(tmp_path, given)))

    assert [error.get("message") for error in root.iter("error")] == ["unavailable: refused"]


def test_a_suite_tells_how_to_find_it_again(suites: list[ElementTree.Element]) -> None:
    properties = {item.get("name"): item.get("value") for item in suites[0].iter("property")}

    assert properties == {
        "target": "nats://nats-server-2.15.1:4222",
        "version": "2.15.1",
        "natsim": "0.1.0",
        "command": "natsim conform nats://h:1",
    }
