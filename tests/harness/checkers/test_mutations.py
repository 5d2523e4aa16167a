"""One delivery of a valid history is altered: seen when it can be known, and only then."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from natsim.harness.checkers.check import check
from natsim.harness.checkers.registry import CHECKERS
from natsim.harness.history.entry import Delivered, Entry
from natsim.harness.history.weave import weave
from natsim.harness.model.matcher import matches

from .weights import CALM
from .world import World

SEEDS = range(40)
Mutation = Callable[[list[Entry], Random], list[Entry]]


def calm(seed: int) -> list[Entry]:
    """Play a world in which everything published is proved and everyone drains."""
    return World(Random(seed).randrange, CALM, stays=0).play(400)


def accused(history: Sequence[Entry]) -> set[str]:
    report = check(history, list(CHECKERS))
    return {anomaly.name for finding in report.findings for anomaly in finding.anomalies}


def deliveries(history: Sequence[Entry], queue: str | None) -> list[int]:
    """Index the deliveries to plain subscriptions, or to members of a queue group."""
    return [
        delivery.index
        for delivery in weave(history).deliveries
        if delivery.subscription.queue == queue and delivery.message is not None
    ]


def delivery_at(history: Sequence[Entry], index: int) -> Delivered:
    entry = history[index]
    assert isinstance(entry, Delivered)
    return entry


def drop_plain(history: list[Entry], random: Random) -> list[Entry]:
    place = random.choice(deliveries(history, None))
    return history[:place] + history[place + 1 :]


def drop_member(history: list[Entry], random: Random) -> list[Entry]:
    place = random.choice(deliveries(history, "h"))
    return history[:place] + history[place + 1 :]


def repeat(history: list[Entry], random: Random) -> list[Entry]:
    place = random.choice(deliveries(history, None))
    again = random.randrange(place + 1, len(history))
    return [*history[:again], history[place], *history[again:]]


def alter_payload(history: list[Entry], random: Random) -> list[Entry]:
    place = random.choice(deliveries(history, None))
    altered = replace(delivery_at(history, place), sha="0000000000000000")
    return [*history[:place], altered, *history[place + 1 :]]


def alter_subject(history: list[Entry], random: Random) -> list[Entry]:
    place = random.choice(deliveries(history, None))
    altered = replace(delivery_at(history, place), subject="some.where.else")
    return [*history[:place], altered, *history[place + 1 :]]


def invent(history: list[Entry], random: Random) -> list[Entry]:
    place = random.choice(deliveries(history, None))
    invented = replace(delivery_at(history, place), msg="p9.z/0")
    return [*history[:place], invented, *history[place:]]


def misroute(history: list[Entry], random: Random) -> list[Entry]:
    timeline = weave(history)
    strays = [
        (delivery.index, subscription)
        for delivery in timeline.deliveries
        for subscription in timeline.subscriptions.values()
        if delivery.message is not None
        and subscription.queue is None
        and not matches(subscription.pattern, delivery.entry.subject)
    ]
    place, subscription = random.choice(strays)
    client = subscription.client.name
    stray = replace(delivery_at(history, place), process=client, sub=subscription.id)
    return [*history[:place], stray, *history[place:]]


def give_to_second_member(history: list[Entry], random: Random) -> list[Entry]:
    place = random.choice(deliveries(history, "h"))
    entry = delivery_at(history, place)
    client = "s1" if entry.process != "s1" else "s2"
    number = entry.sub.partition(".")[2]
    second = replace(entry, process=client, sub=f"{client}.{number}")
    return [*history[:place], second, *history[place:]]


def swap_in_series(history: list[Entry], random: Random) -> list[Entry]:
    return swapped(history, *random.choice(followers(history)))


def followers(history: list[Entry]) -> list[tuple[int, int]]:
    """Find deliveries to one plain subscription that follow each other in one series."""
    pairs: list[tuple[int, int]] = []
    for subscription in weave(history).subscriptions.values():
        last: dict[str, int] = {}
        for delivery in subscription.deliveries:
            message = delivery.message
            if message is None or message.kind == "request" or subscription.queue is not None:
                continue
            if message.process in last:
                pairs.append((last[message.process], delivery.index))
            last[message.process] = delivery.index
    return pairs


def strangers(history: list[Entry]) -> list[tuple[int, int]]:
    """Find deliveries to one subscription that follow each other and are of two processes."""
    return [
        (first.index, second.index)
        for subscription in weave(history).subscriptions.values()
        for first, second in pairwise(subscription.deliveries)
        if first.message is not None
        and second.message is not None
        and first.message.process != second.message.process
    ]


def swapped(history: list[Entry], first: int, second: int) -> list[Entry]:
    """Let the first of two be seen just after the second."""
    return [
        *history[:first],
        *history[first + 1 : second + 1],
        history[first],
        *history[second + 1 :],
    ]


PROVABLE: dict[str, tuple[Mutation, str]] = {
    "drop_plain": (drop_plain, "certain-loss"),
    "drop_member": (drop_member, "group-miss"),
    "repeat": (repeat, "duplicate-delivery"),
    "alter_payload": (alter_payload, "phantom-message"),
    "alter_subject": (alter_subject, "subject-changed"),
    "invent": (invent, "phantom-message"),
    "misroute": (misroute, "match-false-positive"),
    "give_to_second_member": (give_to_second_member, "group-duplicate"),
    "swap_in_series": (swap_in_series, "pair-reorder"),
}


@pytest.mark.parametrize("name", PROVABLE)
def test_what_can_be_known_is_found(name: str) -> None:
    mutate, expected = PROVABLE[name]

    found = [accused(mutate(calm(seed), Random(seed))) for seed in SEEDS]

    assert [expected in names for names in found] == [True for _ in SEEDS]


@pytest.mark.parametrize("name", ["repeat", "alter_payload", "alter_subject", "swap_in_series"])
def test_it_is_found_under_one_name(name: str) -> None:
    mutate, expected = PROVABLE[name]

    found = [accused(mutate(calm(seed), Random(seed))) for seed in SEEDS]

    assert found == [{expected} for _ in SEEDS]


def test_publishers_may_change_places() -> None:
    histories = [calm(seed) for seed in SEEDS]

    found = [
        accused(swapped(history, *Random(1).choice(strangers(history)))) for history in histories
    ]

    assert found == [set() for _ in SEEDS]
