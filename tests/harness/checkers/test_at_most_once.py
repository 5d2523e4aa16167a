"""Deliveries that cannot be, and those that only look so."""

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.entry import Outcome

from .asking import ask, names, orders, service, settle

CHECKER = "at-most-once"


def test_a_message_that_reaches_a_subscription_twice_is_a_duplicate() -> None:
    story = orders()
    published = story.publish("p1.a/0", "orders.new")
    first = story.deliver("s1.a", "p1.a/0")
    second = story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert names(finding) == ["duplicate-delivery"]
    assert finding.anomalies[0].entries == (published, first, second)
    assert finding.anomalies[0].text == (
        "Message p1.a/0 on orders.new reached subscription s1.a at 0.008000 s and again at "
        "0.009000 s; it was published once, at 0.007000 s."
    )


def test_a_duplicate_after_a_reconnect_is_one_too() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    story.lose("s1")
    story.reconnect("s1")
    story.deliver("s1.a", "p1.a/0")

    assert names(ask(story, CHECKER)) == ["duplicate-delivery"]


def test_overlapping_subscriptions_get_one_each() -> None:
    story = orders()
    story.subscribe("s1.b", "orders.new")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.b", "p1.a/0")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked) == (Verdict.VALID, 2)


def test_an_id_published_twice_may_arrive_twice() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert finding.verdict is Verdict.VALID
    assert finding.notes == ("message id p1.a/0 was published 2 times; it is left out",)


def test_a_name_made_twice_may_get_it_twice() -> None:
    story = orders()
    story.unsubscribe("s1.a", max_messages=9)
    story.subscribe("s1.a", "orders.>")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert finding.verdict is Verdict.VALID
    assert finding.notes == (
        "subscription s1.a was made 2 times under one name; only routing and payloads of its "
        "deliveries are checked",
    )


def test_a_message_nobody_published_is_a_phantom() -> None:
    story = orders()
    story.deliver("s1.a", "p1.a/0", subject="orders.new")

    finding = ask(story, CHECKER)

    assert names(finding) == ["phantom-message"]
    assert "which nobody had published by then" in finding.anomalies[0].text


def test_a_message_seen_before_its_publish_is_a_phantom() -> None:
    story = orders()
    story.deliver("s1.a", "p1.a/0", subject="orders.new")
    story.publish("p1.a/0", "orders.new")

    assert names(ask(story, CHECKER)) == ["phantom-message"]


def test_an_altered_payload_is_a_phantom() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0", payload=b"p1.a/0!")

    finding = ask(story, CHECKER)

    assert names(finding) == ["phantom-message"]
    assert "its payload hashes to" in finding.anomalies[0].text


def test_a_payload_of_another_size_is_a_phantom() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0", payload=b"p1.a/0 and more")

    finding = ask(story, CHECKER)

    assert "it has 15 bytes and was published with 7" in finding.anomalies[0].text


def test_a_payload_without_an_id_is_a_phantom() -> None:
    story = orders()
    story.deliver("s1.a", "", subject="orders.new", payload=b"garbage")

    finding = ask(story, CHECKER)

    assert "a payload without a message id" in finding.anomalies[0].text


def test_an_empty_status_frame_is_none() -> None:
    story = orders(">")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.a", "", subject="_INBOX.s1.1", payload=b"")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked) == (Verdict.VALID, 1)


def test_an_altered_reply_subject_is_a_phantom() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new", reply="_INBOX.1")
    story.deliver("s1.a", "p1.a/0", reply="_INBOX.2")

    assert names(ask(story, CHECKER)) == ["phantom-message"]


def test_a_refused_publish_that_arrives_is_a_phantom() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.refuse("p1.a/0")
    story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert "its client had refused to publish it" in finding.anomalies[0].text


def test_an_unknown_publish_may_arrive() -> None:
    story = orders()
    story.lose("p1")
    story.publish("p1.a/0", "orders.new")
    story.reconnect("p1")
    story.deliver("s1.a", "p1.a/0")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_a_request_that_got_503_and_arrived_is_not_its_business() -> None:
    story = service()
    story.request("q1.q/0", "svc.echo")
    story.deliver("r1.a", "q1.q/0", reply="_INBOX.q1.1")
    story.no_responders("q1.q/0")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_a_message_published_after_a_proved_unsubscribe_is_a_dead_letter() -> None:
    story = orders()
    ended = story.unsubscribe("s1.a")
    published = story.publish("p1.a/0", "orders.new")
    delivered = story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert names(finding) == ["dead-letter-delivery"]
    assert finding.anomalies[0].entries == (ended, published, delivered)


def test_a_message_published_before_the_unsubscribe_was_proved_may_arrive_after() -> None:
    story = orders()
    unsubscribe = story.invoke("s1", "unsubscribe", {"sub": "s1.a", "conn": "s1#1"})
    story.publish("p1.a/0", "orders.new")
    story.complete(unsubscribe)
    story.deliver("s1.a", "p1.a/0")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_an_unsubscribe_nobody_proved_forbids_nothing() -> None:
    story = orders()
    story.unsubscribe("s1.a", outcome=Outcome.INFO)
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_a_message_published_after_its_client_closed_is_a_dead_letter() -> None:
    story = orders()
    story.drain("s1")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")

    assert names(ask(story, CHECKER)) == ["dead-letter-delivery"]


def test_a_client_that_connects_again_is_alive() -> None:
    story = orders()
    story.close("s1")
    story.connect("s1")
    story.subscribe("s1.b", "orders.>")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.b", "p1.a/0")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_an_old_connection_may_tell_late_that_it_is_closed() -> None:
    story = orders()
    close = story.invoke("s1", "close", {"conn": "s1#1"})
    story.connect("s1")
    story.subscribe("s1.b", "orders.>")
    story.complete(close)
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.b", "p1.a/0")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_more_than_the_limit_is_over_it() -> None:
    story = orders()
    story.unsubscribe("s1.a", max_messages=1)
    for number in range(2):
        story.publish(f"p1.a/{number}", "orders.new")
        story.deliver("s1.a", f"p1.a/{number}")

    finding = ask(story, CHECKER)

    assert names(finding) == ["over-limit-delivery"]
    assert "p1.a/1" in finding.anomalies[0].text


def test_a_limit_of_the_subscribe_counts_as_well() -> None:
    story = orders()
    story.subscribe("s1.b", "orders.new", max_messages=1)
    for number in range(2):
        story.publish(f"p1.a/{number}", "orders.new")
        story.deliver("s1.b", f"p1.a/{number}")

    assert names(ask(story, CHECKER)) == ["over-limit-delivery"]


def test_a_limit_that_came_late_lets_the_rest_through() -> None:
    story = orders()
    for number in range(3):
        story.publish(f"p1.a/{number}", "orders.new")
    story.unsubscribe("s1.a", max_messages=1)
    for number in range(3):
        story.deliver("s1.a", f"p1.a/{number}")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_a_later_larger_limit_replaces_the_first() -> None:
    story = orders()
    story.unsubscribe("s1.a", max_messages=1)
    story.unsubscribe("s1.a", max_messages=2)
    for number in range(2):
        story.publish(f"p1.a/{number}", "orders.new")
        story.deliver("s1.a", f"p1.a/{number}")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_a_limit_is_counted_anew_on_each_connection() -> None:
    story = orders()
    story.unsubscribe("s1.a", max_messages=1)
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    story.lose("s1")
    story.reconnect("s1")
    story.publish("p1.a/1", "orders.new")
    story.deliver("s1.a", "p1.a/1")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_losses_are_counted_and_allowed() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/1", "orders.new")
    story.deliver("s1.a", "p1.a/1")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.legal_losses) == (Verdict.VALID, 1)


def test_no_delivery_at_all_is_unknown() -> None:
    finding = ask(settle(orders(), "p1", "s1"), CHECKER)

    assert finding.verdict is Verdict.UNKNOWN
    assert finding.notes == ("nothing was checked: the history has no delivery",)
