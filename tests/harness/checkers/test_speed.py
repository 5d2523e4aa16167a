"""A long history is checked in a few seconds, and written in less than one.

Measured in processor time, which a busy machine does not stretch much.
"""

from io import BytesIO
from time import process_time

import pytest

from natsim.harness.checkers.check import check
from natsim.harness.checkers.registry import CHECKERS
from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.header import Header
from natsim.harness.history.story import Story
from natsim.harness.history.write import HistoryWriter

PUBLISHES = 25_000
BARRIER_EVERY = 20


@pytest.fixture(scope="module")
def long_story() -> Story:
    """Tell of 100,000 deliveries: three plain subscriptions and a group of three."""
    story = Story()
    clients = ["p1", *(f"s{number}" for number in range(6))]
    for client in clients:
        story.connect(client)
    for number, pattern in enumerate(["orders.>", "orders.*.created", ">"]):
        story.subscribe(f"s{number}.a", pattern)
    for number in (3, 4, 5):
        story.subscribe(f"s{number}.a", "orders.*.created", queue="workers")
    for number in range(PUBLISHES):
        msg = f"p1.a/{number}"
        story.publish(msg, f"orders.r{number % 50}.created")
        for subscriber in (0, 1, 2, 3 + number % 3):
            story.deliver(f"s{subscriber}.a", msg)
        if number % BARRIER_EVERY == 0:
            for client in clients:
                story.flush(client)
    for client in clients:
        story.flush(client)
    for client in clients:
        story.drain(client)
    story.end()
    return story


def test_a_hundred_thousand_deliveries_are_checked_in_three_seconds(long_story: Story) -> None:
    begun = process_time()
    report = check(long_story.entries, list(CHECKERS))
    took = process_time() - begun

    found = {finding.checker: finding for finding in report.findings}
    assert found["at-most-once"].checked == 4 * PUBLISHES
    assert found["completeness"].checked == 3 * PUBLISHES
    assert found["completeness"].verdict is Verdict.VALID
    assert took < 3


def test_fifty_thousand_entries_are_written_in_a_second(long_story: Story) -> None:
    entries = long_story.entries[:50_000]

    begun = process_time()
    HistoryWriter(BytesIO(), Header("sim", {}, "")).write(entries)
    took = process_time() - begun

    assert took < 1
