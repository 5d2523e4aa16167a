"""The suite tells broken servers from a healthy one: a few of the modes; all by tests.quality."""

from __future__ import annotations

import pytest

from natsim.conformance.suite import load_suite
from tests.parity.real_server import newest_server

from .campaign import Finding, Hunter
from .planted.modes import HEALTHY, MODES

BROKEN = {
    "lost.every-third": "core.order",
    "doubled.requests": "core.request",
    "reordered.pairs": "core.order",
    "misrouted.sid": "core.sub",
    "corrupted.subject-case": "core.subjects",
    "headers.merged": "core.headers",
    "info.no-server-id": "core.info",
    "limits.payload-one-more": "core.limits",
    "queue.merged": "core.queue",
    "no-responders.code": "core.request",
    "unsub.one-more": "core.unsub",
    "wildcards.tail-takes-none": "core.subjects",
}
"""Modes, and the group of cases that is asked."""

SUITE = load_suite()


@pytest.fixture(scope="module")
def server() -> str:
    found = newest_server()
    if found is None:
        pytest.skip("no nats-server in the test environment")
    return found


def asked(mode: str, groups: tuple[str, ...], server: str) -> Finding:
    return Hunter(server=[server], only=groups, suite=SUITE).hunt([mode])[0]


@pytest.mark.parametrize(("mode", "group"), BROKEN.items())
def test_the_suite_names_the_rule_that_is_broken(mode: str, group: str, server: str) -> None:
    finding = asked(mode, (group,), server)

    assert finding.is_found, f"{MODES[mode].rule} Failed are: {finding.failed}"


def test_a_healthy_server_fails_nothing(server: str) -> None:
    finding = asked(HEALTHY, tuple(dict.fromkeys(BROKEN.values())), server)

    assert (finding.failed, finding.unsure, finding.refusal) == ((), (), "")


def test_every_mode_breaks_an_area_that_requirements_speak_of() -> None:
    rules = SUITE.requirements

    silent = [
        (mode.name, area)
        for mode in MODES.values()
        for area in mode.areas
        if not any(rule.startswith(area) for rule in rules)
    ]

    assert silent == []
