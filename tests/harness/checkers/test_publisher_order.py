"""One publisher, one connection, one subscription: in order; all else as it comes."""

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.story import Story

from .asking import ask, names, orders

CHECKER = "publisher-order"


def published_pair() -> Story:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/1", "orders.old")
    return story


def test_two_proved_messages_in_the_wrong_order_are_a_reorder() -> None:
    story = published_pair()
    story.flush("p1")
    ahead = story.deliver("s1.a", "p1.a/1")
    behind = story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert names(finding) == ["pair-reorder"]
    assert {ahead, behind} < set(finding.anomalies[0].entries)
    assert finding.anomalies[0].text == (
        "Process p1.a published p1.a/0 at 0.007000 s and p1.a/1 at 0.008000 s on one connection "
        "(p1#1), but subscription s1.a saw p1.a/1 at 0.011000 s and p1.a/0 only at 0.012000 s."
    )


def test_the_right_order_is_checked() -> None:
    story = published_pair()
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.a", "p1.a/1")
    story.flush("p1")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked) == (Verdict.VALID, 1)


def test_each_message_that_comes_too_late_is_accused_once() -> None:
    story = published_pair()
    story.publish("p1.a/2", "orders.new")
    story.flush("p1")
    story.deliver("s1.a", "p1.a/2")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.a", "p1.a/1")

    finding = ask(story, CHECKER)

    assert (finding.anomaly_count, finding.checked) == (2, 2)


def test_a_gap_is_no_reorder() -> None:
    story = published_pair()
    story.publish("p1.a/2", "orders.new")
    story.flush("p1")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.a", "p1.a/2")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_an_unproved_message_has_no_place_in_the_order() -> None:
    story = published_pair()
    story.lose("p1")
    story.reconnect("p1")
    story.flush("p1")
    story.deliver("s1.a", "p1.a/1")
    story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked) == (Verdict.UNKNOWN, 0)


def test_messages_of_two_connections_have_no_order() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.lose("p1")
    story.reconnect("p1")
    story.publish("p1.a/1", "orders.new")
    story.flush("p1")
    story.deliver("s1.a", "p1.a/1")
    story.deliver("s1.a", "p1.a/0")

    assert ask(story, CHECKER).anomalies == ()


def test_messages_of_two_processes_have_no_order() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.b/0", "orders.new")
    story.flush("p1")
    story.deliver("s1.a", "p1.b/0")
    story.deliver("s1.a", "p1.a/0")

    assert ask(story, CHECKER).anomalies == ()


def test_two_subscriptions_may_be_called_in_any_order() -> None:
    story = published_pair()
    story.subscribe("s1.b", "orders.new")
    story.flush("p1")
    story.deliver("s1.a", "p1.a/1")
    story.deliver("s1.b", "p1.a/0")

    assert ask(story, CHECKER).anomalies == ()


def test_a_repeat_is_no_reorder() -> None:
    story = published_pair()
    story.flush("p1")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.a", "p1.a/1")
    story.deliver("s1.a", "p1.a/0")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_requests_may_overtake_each_other() -> None:
    story = orders()
    story.request("p1.q/0", "orders.new")
    story.request("p1.q/1", "orders.new")
    story.flush("p1")
    story.deliver("s1.a", "p1.q/1", reply="_INBOX.p1.1")
    story.deliver("s1.a", "p1.q/0", reply="_INBOX.p1.0")

    assert ask(story, CHECKER).anomalies == ()
