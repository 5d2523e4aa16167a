"""Subjects, patterns, and what went where."""

from natsim.harness.checkers.verdict import Verdict

from .asking import ask, names, orders, settle

CHECKER = "wildcard-routing"


def test_a_subject_the_pattern_does_not_match_is_a_false_positive() -> None:
    story = orders("orders.*")
    story.publish("p1.a/0", "orders.new.eu")
    story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert names(finding) == ["match-false-positive"]
    assert finding.anomalies[0].text == (
        "Message p1.a/0 on orders.new.eu reached subscription s1.a at 0.008000 s, whose pattern "
        "orders.* does not match that subject."
    )


def test_a_literal_pattern_is_compared_too() -> None:
    story = orders("orders.new")
    story.publish("p1.a/0", "orders.old")
    story.deliver("s1.a", "p1.a/0")

    assert names(ask(story, CHECKER)) == ["match-false-positive"]


def test_a_star_inside_a_token_is_literal() -> None:
    story = orders("orders.n*")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")

    assert names(ask(story, CHECKER)) == ["match-false-positive"]


def test_a_wildcard_published_to_is_matched_as_text() -> None:
    story = orders("orders.*")
    story.publish("p1.a/0", "orders.>")
    story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked) == (Verdict.VALID, 1)


def test_another_subject_than_published_is_a_change() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0", subject="orders.old")

    finding = ask(story, CHECKER)

    assert names(finding) == ["subject-changed"]
    assert finding.anomalies[0].text.endswith(
        "reached subscription s1.a at 0.008000 s on orders.old."
    )


def test_a_certain_loss_that_another_subscription_saw_is_a_false_negative() -> None:
    story = orders("orders.*")
    story.subscribe("s1.b", "orders.new")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.b", "p1.a/0")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert names(finding) == ["match-false-negative"]


def test_a_certain_loss_that_nobody_saw_was_perhaps_not_routed() -> None:
    story = orders("orders.*")
    story.subscribe("s1.b", "orders.new")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    assert ask(story, CHECKER).anomalies == ()


def test_a_loss_of_a_literal_pattern_is_not_its_business() -> None:
    story = orders("orders.new")
    story.subscribe("s1.b", "orders.*")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.b", "p1.a/0")
    settle(story, "p1", "s1")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_an_uncertain_interest_proves_no_false_negative() -> None:
    story = orders("orders.*")
    story.subscribe("s1.b", "orders.new")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.b", "p1.a/0")
    story.lose("s1")
    story.reconnect("s1")
    settle(story, "p1", "s1")

    assert ask(story, CHECKER).anomalies == ()


def test_a_name_made_twice_may_use_both_patterns() -> None:
    story = orders("orders.new")
    story.unsubscribe("s1.a")
    story.subscribe("s1.a", "trades.*")
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/1", "trades.new")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.a", "p1.a/1")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_without_a_wildcard_nothing_is_checked() -> None:
    story = orders("orders.new")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")

    finding = ask(story, CHECKER)

    assert finding.verdict is Verdict.UNKNOWN
    assert finding.notes == (
        "nothing was checked: the history has no delivery to a subscription with a wildcard",
    )
