"""The suite tells broken servers from a healthy one: a few of the modes; all by tests.quality."""

from __future__ import annotations

import pytest

from natsim.conformance.suite import load_suite
from tests.parity.real_server import newest_server

from .campaign import Finding, Hunter
from .planted.modes import HEALTHY, MODES

ASKED = ("core.headers", "core.info", "core.order", "core.ping", "core.queue", "core.request",
         "core.sub", "core.subjects", "core.unsub", "core.limits")  # fmt: skip

BROKEN = (
    "lost.every-third",
    "doubled.requests",
    "reordered.pairs",
    "misrouted.sid",
    "corrupted.subject-case",
    "headers.merged",
    "info.no-server-id",
    "limits.payload-one-more",
    "ping.twice",
    "queue.merged",
    "no-responders.code",
    "unsub.one-more",
    "wildcards.tail-takes-none",
)


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    server = newest_server()
    if server is None:
        pytest.skip("no nats-server in the test environment")
    found = Hunter(server=[server], only=ASKED).hunt([*BROKEN, HEALTHY])
    return {each.mode: each for each in found}


@pytest.mark.parametrize("mode", BROKEN)
def test_the_suite_names_the_rule_that_is_broken(mode: str, findings: dict[str, Finding]) -> None:
    finding = findings[mode]

    assert finding.is_found, f"{MODES[mode].rule} Failed are: {finding.failed}"


def test_a_healthy_server_fails_nothing(findings: dict[str, Finding]) -> None:
    finding = findings[HEALTHY]

    assert (finding.failed, finding.unsure, finding.refusal) == ((), (), "")


def test_every_mode_breaks_an_area_that_requirements_speak_of() -> None:
    rules = load_suite().requirements

    silent = [
        (mode.name, area)
        for mode in MODES.values()
        for area in mode.areas
        if not any(rule.startswith(area) for rule in rules)
    ]

    assert silent == []
