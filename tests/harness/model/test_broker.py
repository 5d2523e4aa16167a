"""Who must get a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.harness.model.broker import (
    Group,
    Options,
    ReferenceBroker,
    Routing,
    Subscribed,
    Taker,
)
from natsim.harness.model.matcher import matches

NOBODY = Routing((), ())


def broker_of(*clients: str) -> ReferenceBroker:
    broker = ReferenceBroker()
    for client in clients:
        broker.connect(client)
    return broker


def test_every_matching_subscription_gets_one() -> None:
    broker = broker_of("p", "s")
    for sid, pattern in enumerate(("foo.*", "foo.>", ">", "foo.bar", "foo")):
        broker.subscribe("s", str(sid), pattern)

    routing = broker.publish("p", "foo.bar")

    assert routing.plain == tuple(Taker("s", sid) for sid in "0123")


def test_a_publisher_gets_its_own() -> None:
    broker = broker_of("p")
    broker.subscribe("p", "1", "foo")

    assert broker.publish("p", "foo").plain == (Taker("p", "1"),)


def test_without_echo_it_does_not() -> None:
    broker = broker_of("s")
    broker.connect("p", Options(echo=False))
    broker.subscribe("p", "1", "foo")
    broker.subscribe("p", "2", "foo", "g")
    broker.subscribe("s", "1", "foo", "g")

    assert broker.publish("p", "foo") == Routing((), (Group("g", (Taker("s", "1"),)),))


def test_a_sid_in_use_is_ignored_whatever_it_says() -> None:
    broker = broker_of("s")
    broker.subscribe("s", "1", "foo")

    outcome = broker.subscribe("s", "1", "b..r", "g")

    assert outcome is Subscribed.IGNORED
    assert broker.publish("s", "foo").plain == (Taker("s", "1"),)


@pytest.mark.parametrize(("pattern", "queue"), [("b..r", None), ("a.>.b", None), ("a", "_sys_")])
def test_a_refused_subscription_leaves_the_sid_free(pattern: str, queue: str | None) -> None:
    broker = broker_of("s")

    refused = broker.subscribe("s", "1", pattern, queue)
    taken = broker.subscribe("s", "1", "foo")

    assert (refused, taken) == (Subscribed.REFUSED, Subscribed.TAKEN)


def test_an_unsubscribe_removes_at_once() -> None:
    broker = broker_of("s")
    broker.subscribe("s", "1", "foo")

    broker.unsubscribe("s", "1")

    assert broker.publish("s", "foo") == NOBODY


@pytest.mark.parametrize("max_messages", [0, -1])
def test_a_limit_of_nothing_removes_at_once(max_messages: int) -> None:
    broker = broker_of("s")
    broker.subscribe("s", "1", "foo")

    broker.unsubscribe("s", "1", max_messages)

    assert broker.takers() == ()


def test_a_limit_counts_from_the_subscribe() -> None:
    broker = broker_of("s")
    broker.subscribe("s", "1", "foo")
    broker.publish("s", "foo")

    broker.unsubscribe("s", "1", 2)

    assert broker.publish("s", "foo").plain == (Taker("s", "1"),)
    assert broker.publish("s", "foo") == NOBODY


def test_a_limit_that_is_reached_removes_at_once() -> None:
    broker = broker_of("s")
    broker.subscribe("s", "1", "foo")
    broker.publish("s", "foo")
    broker.publish("s", "foo")

    broker.unsubscribe("s", "1", 2)

    assert broker.takers() == ()


def test_a_later_limit_replaces_the_first() -> None:
    broker = broker_of("s")
    broker.subscribe("s", "1", "foo")
    broker.unsubscribe("s", "1", 2)
    broker.unsubscribe("s", "1", 4)

    takers = [broker.publish("s", "foo").plain for _ in range(5)]

    assert takers == [(Taker("s", "1"),)] * 4 + [()]


def test_a_sid_is_fresh_after_its_limit() -> None:
    broker = broker_of("s")
    broker.subscribe("s", "1", "foo")
    broker.unsubscribe("s", "1", 1)
    broker.publish("s", "foo")

    assert broker.subscribe("s", "1", "foo") is Subscribed.TAKEN
    assert [broker.publish("s", "foo").plain for _ in range(2)] == [(Taker("s", "1"),)] * 2


def test_an_unsubscribe_of_an_unknown_sid_is_ignored() -> None:
    broker = broker_of("s")
    broker.unsubscribe("s", "1", 1)
    broker.subscribe("s", "1", "foo")

    assert [broker.publish("s", "foo").plain for _ in range(2)] == [(Taker("s", "1"),)] * 2


def test_one_queue_name_is_one_group_whatever_the_patterns() -> None:
    broker = broker_of("p", "s")
    for sid, pattern in enumerate(("w.*", "w.x", "w.>", "w.y")):
        broker.subscribe("s", str(sid), pattern, "g")
    broker.subscribe("s", "9", "w.x", "h")

    routing = broker.publish("p", "w.x")

    assert routing == Routing(
        (),
        (
            Group("g", (Taker("s", "0"), Taker("s", "1"), Taker("s", "2"))),
            Group("h", (Taker("s", "9"),)),
        ),
    )


def test_a_limit_of_a_member_counts_what_it_got() -> None:
    broker = broker_of("p", "s")
    broker.subscribe("s", "1", "foo", "g")
    broker.subscribe("s", "2", "foo", "g")
    broker.unsubscribe("s", "1", 1)

    broker.publish("p", "foo")
    broker.deliver(Taker("s", "2"))
    broker.publish("p", "foo")
    broker.deliver(Taker("s", "1"))

    assert broker.publish("p", "foo").groups == (Group("g", (Taker("s", "2"),)),)


def test_a_disconnect_removes_all_subscriptions() -> None:
    broker = broker_of("p", "s")
    broker.subscribe("s", "1", "foo")

    broker.disconnect("s")

    assert broker.publish("p", "foo") == NOBODY
    with pytest.raises(KeyError):
        broker.subscribe("s", "1", "foo")


def test_a_client_connects_once() -> None:
    broker = broker_of("s")

    with pytest.raises(ValueError, match="client s is connected"):
        broker.connect("s")


def test_nobody_there_is_told_on_the_inbox() -> None:
    broker = ReferenceBroker()
    broker.connect("q", Options(no_responders=True))
    broker.subscribe("q", "1", "_INBOX.q.*")
    broker.subscribe("q", "2", "_INBOX.>", "g")
    broker.subscribe("q", "3", "_INBOX.>")

    routing = broker.publish("q", "svc", reply="_INBOX.q.7")

    assert routing == Routing((), (), no_responders=(Taker("q", "1"), Taker("q", "3")))


def test_a_503_counts_for_no_limit() -> None:
    broker = ReferenceBroker()
    broker.connect("q", Options(no_responders=True))
    broker.subscribe("q", "1", "_INBOX.*")
    broker.unsubscribe("q", "1", 1)

    broker.publish("q", "svc", reply="_INBOX.7")

    assert broker.takers() == (Taker("q", "1"),)


@pytest.mark.parametrize(
    ("options", "reply"),
    [
        (Options(no_responders=True), None),
        (Options(no_responders=True), "elsewhere"),
        (Options(no_responders=False), "_INBOX.7"),
    ],
)
def test_nobody_is_told_who_did_not_ask(options: Options, reply: str | None) -> None:
    broker = ReferenceBroker()
    broker.connect("q", options)
    broker.subscribe("q", "1", "_INBOX.*")

    assert broker.publish("q", "svc", reply) == NOBODY


def test_without_echo_an_own_responder_is_nobody() -> None:
    broker = ReferenceBroker()
    broker.connect("q", Options(echo=False, no_responders=True))
    broker.subscribe("q", "1", "_INBOX.*")
    broker.subscribe("q", "2", "svc")

    routing = broker.publish("q", "svc", "_INBOX.7")

    assert routing.no_responders == (Taker("q", "1"),)


patterns = st.sampled_from(["a", "a.b", "a.*", "*.b", ">", "a.>", "b"])
queues = st.sampled_from([None, "g", "h"])


@given(
    st.lists(st.tuples(st.sampled_from("st"), patterns, queues), max_size=8),
    st.sampled_from(["a", "a.b", "b", "c.b", "d"]),
)
def test_each_matching_subscription_is_named_exactly_once(
    subscribed: list[tuple[str, str, str | None]], subject: str
) -> None:
    broker = broker_of("p", "s", "t")
    for sid, (client, pattern, queue) in enumerate(subscribed):
        broker.subscribe(client, str(sid), pattern, queue)

    routing = broker.publish("p", subject)

    named = [*routing.plain, *(taker for group in routing.groups for taker in group.members)]
    assert sorted(int(taker.sid) for taker in named) == [
        sid for sid, (_, pattern, _) in enumerate(subscribed) if matches(pattern, subject)
    ]
