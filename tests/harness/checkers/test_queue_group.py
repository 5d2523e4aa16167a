"""Exactly one member, as far as one can know who is a member."""

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.entry import Outcome

from .asking import ask, names, settle, workers

CHECKER = "queue-group"


def test_two_members_that_got_one_message_are_a_duplicate() -> None:
    story = workers()
    published = story.publish("p1.a/0", "orders.new")
    first = story.deliver("w1.a", "p1.a/0")
    second = story.deliver("w2.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert names(finding) == ["group-duplicate"]
    assert finding.anomalies[0].entries == (published, first, second)
    assert finding.anomalies[0].text == (
        "Message p1.a/0 on orders.new reached 2 members of queue group g: w1.a at 0.012000 s, "
        "w2.a at 0.013000 s; it was published once, at 0.011000 s."
    )


def test_the_name_makes_the_group_not_the_pattern() -> None:
    story = workers()
    story.connect("w3")
    story.subscribe("w3.a", "orders.>", queue="g")
    story.publish("p1.a/0", "orders.new")
    story.deliver("w1.a", "p1.a/0")
    story.deliver("w3.a", "p1.a/0")

    assert names(ask(story, CHECKER)) == ["group-duplicate"]


def test_another_group_and_plain_subscriptions_get_their_own() -> None:
    story = workers()
    story.connect("s1")
    story.subscribe("s1.a", "orders.new", queue="h")
    story.subscribe("s1.b", "orders.new")
    story.publish("p1.a/0", "orders.new")
    story.deliver("w1.a", "p1.a/0")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.b", "p1.a/0")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked) == (Verdict.VALID, 2)


def test_a_message_no_member_got_is_a_miss_when_all_were_certain() -> None:
    story = workers()
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "w1", "w2")

    finding = ask(story, CHECKER)

    assert names(finding) == ["group-miss"]
    assert finding.anomalies[0].text.startswith(
        "Message p1.a/0 on orders.new reached no member of queue group g: w1.a, w2.a had "
        "subscribed before it was published at 0.011000 s"
    )


def test_one_member_without_a_barrier_may_have_been_picked() -> None:
    story = workers()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("w1")
    story.drain("w1")
    story.end()

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_one_member_on_its_way_may_have_been_picked() -> None:
    story = workers()
    story.connect("w3")
    subscribe = story.invoke(
        "w3", "subscribe", {"sub": "w3.a", "conn": "w3#1", "subject": "orders.>", "queue": "g"}
    )
    story.publish("p1.a/0", "orders.new")
    story.complete(subscribe)
    settle(story, "p1", "w1", "w2", "w3")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_member_that_lost_a_connection_may_have_a_ghost() -> None:
    story = workers()
    story.lose("w2")
    story.reconnect("w2")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "w1", "w2")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_member_that_lost_its_connection_afterwards_had_no_ghost() -> None:
    story = workers()
    story.publish("p1.a/0", "orders.new")
    for client in ("p1", "w1", "w2"):
        story.flush(client)
    story.lose("w2")
    story.reconnect("w2")
    for client in ("w1", "w2"):
        story.drain(client)

    assert names(ask(story, CHECKER)) == ["group-miss"]


def test_a_member_that_had_certainly_left_does_not_count() -> None:
    story = workers()
    story.unsubscribe("w2.a")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "w1", "w2")

    assert names(ask(story, CHECKER)) == ["group-miss"]


def test_a_member_whose_unsubscribe_nobody_proved_may_have_been_picked() -> None:
    story = workers()
    story.unsubscribe("w2.a", outcome=Outcome.INFO)
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "w1", "w2")

    assert ask(story, CHECKER).anomalies == ()


def test_a_member_made_after_the_message_does_not_count() -> None:
    story = workers()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.connect("w3")
    story.subscribe("w3.a", "orders.>", queue="g")
    settle(story, "w1", "w2")

    assert names(ask(story, CHECKER)) == ["group-miss"]


def test_a_member_on_another_server_does_not_count() -> None:
    story = workers()
    story.connect("w3", server="n2")
    story.subscribe("w3.a", "orders.>", queue="g")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "w1", "w2", "w3")

    assert names(ask(story, CHECKER)) == ["group-miss"]


def test_a_member_that_once_was_here_may_have_a_ghost() -> None:
    story = workers()
    story.connect("w3")
    story.subscribe("w3.a", "orders.>", queue="g")
    story.lose("w3")
    story.reconnect("w3", server="n2")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "w1", "w2", "w3")

    assert ask(story, CHECKER).anomalies == ()


def test_a_member_that_closed_may_have_a_ghost() -> None:
    story = workers()
    story.close("w2")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "w1")

    assert ask(story, CHECKER).anomalies == ()


def test_a_member_under_a_limit_may_be_gone() -> None:
    story = workers()
    story.unsubscribe("w1.a", max_messages=1)
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/1", "orders.new")
    story.deliver("w1.a", "p1.a/0")
    settle(story, "p1", "w1", "w2")

    assert ask(story, CHECKER).anomalies == ()


def test_a_name_that_was_in_two_groups_may_have_been_picked_by_either() -> None:
    story = workers()
    story.unsubscribe("w2.a")
    story.subscribe("w2.a", "orders.*", queue="h")
    story.publish("p1.a/0", "orders.new")
    story.deliver("w2.a", "p1.a/0")
    settle(story, "p1", "w1", "w2")

    assert ask(story, CHECKER).anomalies == ()


def test_an_unproved_message_may_reach_nobody() -> None:
    story = workers()
    story.publish("p1.a/0", "orders.new")
    settle(story, "w1", "w2")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.legal_losses) == (Verdict.UNKNOWN, 1)
