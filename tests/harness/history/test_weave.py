"""What the timeline knows, and since when."""

import pytest

from natsim.harness.history.entry import Invoked, Marked, Outcome, Phase
from natsim.harness.history.epoch import NEVER, Barrier
from natsim.harness.history.errors import BadEntry
from natsim.harness.history.story import Story
from natsim.harness.history.weave import weave


def test_a_publish_is_confirmed_by_the_first_barrier_invoked_after_it() -> None:
    story = Story()
    story.connect("p1")
    early = story.start_flush("p1")
    published = story.publish("p1.a/0", "orders")
    story.complete(early)
    late = story.flush("p1")

    message = weave(story.entries).messages["p1.a/0"]

    assert message.index == published
    assert message.barrier == Barrier(late - 1, late)


def test_of_overlapping_barriers_the_first_to_end_confirms() -> None:
    story = Story()
    story.connect("p1")
    story.publish("p1.a/0", "orders")
    first = story.start_flush("p1")
    second = story.start_flush("p1")
    ended = story.complete(second)
    story.complete(first)

    timeline = weave(story.entries)

    assert timeline.messages["p1.a/0"].confirmed == ended
    assert timeline.epochs["p1#1"].barriers == [Barrier(ended - 1, ended)]


def test_a_barrier_that_ends_after_its_connection_did_is_none() -> None:
    story = Story()
    story.connect("p1")
    story.publish("p1.a/0", "orders")
    flush = story.start_flush("p1")
    story.lose("p1")
    story.complete(flush)

    assert weave(story.entries).messages["p1.a/0"].confirmed == NEVER


def test_a_client_has_its_epochs_in_order() -> None:
    story = Story()
    begun = story.connect("p1", "n1")
    lost = story.lose("p1")
    again = story.reconnect("p1", "n2")

    client = weave(story.entries).clients["p1"]

    assert [(epoch.conn, epoch.server) for epoch in client.epochs] == [
        ("p1#1", "n1"),
        ("p1#2", "n2"),
    ]
    assert client.epoch_at(begun) is None
    assert client.epoch_at(again) is client.epochs[0]
    assert client.epochs[0].ended == client.lost == lost


def test_a_connection_told_of_twice_begins_once() -> None:
    story = Story()
    begun = story.connect("p1")
    story.entries.append(story.entries[begun])

    assert len(weave(story.entries).clients["p1"].epochs) == 1


def test_interest_is_certain_from_the_confirmation_and_from_each_later_connection() -> None:
    story = Story()
    story.connect("s1")
    confirmed = story.subscribe("s1.a", "orders.>")
    story.lose("s1")
    again = story.reconnect("s1")

    timeline = weave(story.entries)
    subscription = timeline.subscriptions["s1.a"]

    assert subscription.certain_from(timeline.epochs["s1#1"]) == confirmed
    assert subscription.certain_from(timeline.epochs["s1#2"]) == again


def test_a_subscription_confirmed_over_a_reconnect_is_certain_on_neither_connection() -> None:
    story = Story()
    story.connect("s1")
    subscribe = story.invoke(
        "s1", "subscribe", {"sub": "s1.a", "conn": "s1#1", "subject": "orders.>"}
    )
    story.lose("s1")
    story.reconnect("s1")
    story.complete(subscribe)

    timeline = weave(story.entries)
    subscription = timeline.subscriptions["s1.a"]

    assert subscription.certain_from(timeline.epochs["s1#1"]) == NEVER
    assert subscription.certain_from(timeline.epochs["s1#2"]) == NEVER


def test_a_limit_is_known_from_its_confirmation() -> None:
    story = Story()
    story.connect("s1")
    subscribed = story.subscribe("s1.a", "orders.>", max_messages=5)
    confirmed = story.unsubscribe("s1.a", max_messages=3)
    story.unsubscribe("s1.a", max_messages=4, outcome=Outcome.INFO)

    subscription = weave(story.entries).subscriptions["s1.a"]

    assert [(limit.max_messages, limit.confirmed) for limit in subscription.limits] == [
        (5, subscribed),
        (3, confirmed),
        (4, NEVER),
    ]
    assert (subscription.limit_min, subscription.unsubscribed) == (3, NEVER)


def test_a_limit_of_zero_is_an_unsubscribe() -> None:
    story = Story()
    story.connect("s1")
    story.subscribe("s1.a", "orders.>")
    gone = story.unsubscribe("s1.a", max_messages=0)

    subscription = weave(story.entries).subscriptions["s1.a"]

    assert (subscription.limits, subscription.gone) == ([], gone)


def test_deliveries_are_found_by_message_and_by_subscription() -> None:
    story = Story()
    story.connect("s1")
    story.subscribe("s1.a", "orders.>")
    story.publish("s1.p/0", "orders.new")
    first = story.deliver("s1.a", "s1.p/0")
    second = story.deliver("s1.a", "s1.p/0")

    timeline = weave(story.entries)

    assert [
        (delivery.index, delivery.is_repeat) for delivery in timeline.messages["s1.p/0"].deliveries
    ] == [(first, False), (second, True)]
    assert timeline.subscriptions["s1.a"].deliveries == timeline.deliveries


def test_an_answer_is_found_by_its_request() -> None:
    story = Story()
    story.connect("q1")
    story.request("q1.q/0", "svc")
    story.publish("r1.a<q1.q/0", "_INBOX.1")
    story.answered("q1.q/0", "r1.a<q1.q/0")

    timeline = weave(story.entries)
    completion = timeline.messages["q1.q/0"].completion

    assert [answer.id for answer in timeline.answers["q1.q/0"]] == ["r1.a<q1.q/0"]
    assert completion is not None
    assert completion.answer == "r1.a<q1.q/0"


def test_overlapping_faults_make_one_span() -> None:
    story = Story()
    story.connect("p1")
    begun = story.fault_begins("f1")
    story.fault_begins("f2")
    story.fault_ends("f1")
    ended = story.fault_ends("f2")
    after = story.connect("p2")
    open_ = story.fault_begins("f3")

    timeline = weave(story.entries)

    assert [(span.begun, span.ended) for span in timeline.fault_spans] == [
        (begun, ended),
        (open_, NEVER),
    ]
    assert [timeline.has_fault_at(index) for index in (0, begun, ended, after, open_)] == [
        False,
        True,
        True,
        False,
        True,
    ]


def test_a_history_is_whole_when_it_reaches_its_end_mark() -> None:
    story = Story()
    story.connect("p1")

    assert not weave(story.entries).is_whole

    story.end()
    assert weave(story.entries).is_whole


def test_names_used_twice_are_told() -> None:
    story = Story()
    story.connect("s1")
    story.subscribe("s1.a", "orders")
    story.subscribe("s1.a", "trades")
    story.publish("s1.p/0", "orders")
    story.publish("s1.p/0", "orders")
    story.deliver("s1.b", "s1.p/0")

    assert weave(story.entries).oddities() == [
        "message id s1.p/0 was published 2 times; it is left out",
        "subscription s1.a was made 2 times under one name; only routing and payloads of its "
        "deliveries are checked",
        "subscription s1.b was delivered to but never made",
    ]


def test_an_entry_without_what_its_kind_must_have_is_named() -> None:
    with pytest.raises(BadEntry, match="entry 1: `msg` is missing or of a wrong type"):
        weave([Marked(0, Phase.SETUP), Invoked(1, "p1.a", "p1.a/0", "publish", {"conn": None})])


def test_no_entries_are_an_empty_timeline() -> None:
    timeline = weave([])

    assert (timeline.clients, timeline.messages, timeline.deliveries) == ({}, {}, [])
