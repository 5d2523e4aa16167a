"""What must arrive, and every reason why it need not."""

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.entry import Outcome

from .asking import ask, names, orders, settle

CHECKER = "completeness"


def test_a_proved_message_that_nobody_saw_is_a_certain_loss() -> None:
    story = orders()
    published = story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert finding.verdict is Verdict.INVALID
    assert names(finding) == ["certain-loss"]
    assert finding.checked == 1
    assert published in finding.anomalies[0].entries
    assert finding.anomalies[0].text.startswith(
        "Message p1.a/0 on orders.new never reached subscription s1.a (orders.>): "
    )


def test_a_proved_message_that_arrived_is_checked() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked, finding.legal_losses) == (Verdict.VALID, 1, 0)


def test_it_may_arrive_as_late_as_the_drain() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("s1")
    drain = story.invoke("s1", "drain", {"conn": "s1#1"})
    story.deliver("s1.a", "p1.a/0")
    story.closed("s1")
    story.complete(drain)

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked) == (Verdict.VALID, 1)


def test_a_later_message_that_arrived_proves_that_the_queue_was_worked_off() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("s1")
    story.publish("p1.a/1", "orders.new")
    story.deliver("s1.a", "p1.a/1")

    assert names(ask(story, CHECKER)) == ["certain-loss"]


def test_a_second_barrier_in_a_whole_history_proves_it_too() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("s1")
    story.flush("s1")
    story.end()

    assert names(ask(story, CHECKER)) == ["certain-loss"]


def test_interest_is_certain_again_after_a_reconnect() -> None:
    story = orders()
    story.lose("s1")
    story.reconnect("s1")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    assert names(ask(story, CHECKER)) == ["certain-loss"]


def test_faults_elsewhere_excuse_nothing() -> None:
    story = orders()
    story.connect("p2")
    story.fault_begins("f1")
    story.lose("p2")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    assert names(ask(story, CHECKER)) == ["certain-loss"]


def test_a_message_within_every_limit_must_arrive() -> None:
    story = orders()
    story.unsubscribe("s1.a", max_messages=2)
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/1", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    story.flush("p1")
    story.flush("s1")
    story.flush("s1")
    story.end()

    finding = ask(story, CHECKER)

    assert names(finding) == ["certain-loss"]
    assert "p1.a/1" in finding.anomalies[0].text


def test_a_publish_that_no_barrier_follows_may_be_lost() -> None:
    story = orders()
    story.flush("p1")
    story.publish("p1.a/0", "orders.new")
    settle(story, "s1")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.legal_losses) == (Verdict.UNKNOWN, 1)
    assert finding.notes == (
        "nothing was checked: the history has no message that a plain subscription must have got: "
        "one that a barrier of its publisher and then one of the subscriber prove",
        "1 not delivered: no barrier proved that the server had processed the message",
    )


def test_a_barrier_that_began_before_the_publish_proves_nothing() -> None:
    story = orders()
    flush = story.start_flush("p1")
    story.publish("p1.a/0", "orders.new")
    story.complete(flush)
    settle(story, "s1")

    assert ask(story, CHECKER).legal_losses == 1


def test_a_barrier_that_failed_proves_nothing() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.complete(story.start_flush("p1"), Outcome.INFO)
    settle(story, "s1")

    assert ask(story, CHECKER).legal_losses == 1


def test_a_barrier_of_the_next_connection_proves_nothing() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.lose("p1")
    story.reconnect("p1")
    settle(story, "p1", "s1")

    assert ask(story, CHECKER).legal_losses == 1


def test_a_publish_while_disconnected_may_go_anywhere() -> None:
    story = orders()
    story.lose("p1")
    story.publish("p1.a/0", "orders.new")
    story.reconnect("p1")
    settle(story, "p1", "s1")

    assert ask(story, CHECKER).legal_losses == 1


def test_a_subscriber_barrier_that_began_before_the_publishers_ended_proves_nothing() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    flush = story.start_flush("s1")
    story.flush("p1")
    story.complete(flush)
    story.drain("s1")
    story.end()

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_subscriber_whose_connection_broke_may_lose() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.lose("s1")
    story.reconnect("s1")
    settle(story, "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_subscriber_that_is_disconnected_may_lose() -> None:
    story = orders()
    story.lose("s1")
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.reconnect("s1")
    settle(story, "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_subscription_on_its_way_may_miss_a_message() -> None:
    story = orders()
    subscribe = story.invoke(
        "s1", "subscribe", {"sub": "s1.b", "conn": "s1#1", "subject": "trades"}
    )
    story.publish("p1.a/0", "trades")
    story.complete(subscribe)
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_subscription_made_after_the_message_misses_nothing() -> None:
    story = orders()
    story.publish("p1.a/0", "trades")
    story.flush("p1")
    story.subscribe("s1.b", "trades")
    settle(story, "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 0)


def test_a_subscription_nobody_proved_stays_uncertain_over_a_reconnect() -> None:
    story = orders()
    story.subscribe("s1.b", "trades", outcome=Outcome.INFO)
    story.lose("s1")
    story.reconnect("s1")
    story.publish("p1.a/0", "trades")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_refused_subscription_is_none() -> None:
    story = orders()
    story.subscribe("s1.b", "trades", outcome=Outcome.FAIL)
    story.publish("p1.a/0", "trades")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 0)


def test_a_subscription_answered_by_an_error_is_uncertain() -> None:
    story = orders()
    subscribe = story.invoke(
        "s1", "subscribe", {"sub": "s1.b", "conn": "s1#1", "subject": "trades"}
    )
    story.error("s1", "Permissions Violation for Subscription to trades")
    story.complete(subscribe)
    story.publish("p1.a/0", "trades")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_an_unsubscribe_on_its_way_may_overtake() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.unsubscribe("s1.a")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_an_unsubscribe_throws_away_what_the_queue_holds() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("s1")
    story.unsubscribe("s1.a")
    settle(story, "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_close_throws_away_what_the_queue_holds() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("s1")
    story.close("s1")
    story.end()

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_drain_that_met_an_error_proves_nothing() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("s1")
    drain = story.invoke("s1", "drain", {"conn": "s1#1"})
    story.error("s1", "drain timeout")
    story.closed("s1")
    story.complete(drain)
    story.end()

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_drain_that_failed_spoils_even_a_second_barrier() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("s1")
    story.flush("s1")
    story.complete(story.invoke("s1", "drain", {"conn": "s1#1"}), Outcome.INFO)
    story.end()

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_an_unsubscribe_that_the_client_refused_ends_nothing() -> None:
    story = orders()
    story.unsubscribe("s1.a", outcome=Outcome.FAIL)
    story.unsubscribe("s1.a", max_messages=1, outcome=Outcome.FAIL)
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/1", "orders.new")
    settle(story, "p1", "s1")

    assert names(ask(story, CHECKER)) == ["certain-loss", "certain-loss"]


def test_a_drain_that_the_client_refused_ends_nothing() -> None:
    story = orders()
    story.complete(story.invoke("s1", "drain", {"conn": "s1#1"}), Outcome.FAIL)
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    assert names(ask(story, CHECKER)) == ["certain-loss"]


def test_a_client_that_connects_again_begins_anew() -> None:
    story = orders()
    story.close("s1")
    story.connect("s1")
    story.subscribe("s1.b", "orders.>")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert names(finding) == ["certain-loss"]
    assert "s1.b" in finding.anomalies[0].text


def test_a_limit_that_earlier_messages_may_have_reached_excuses() -> None:
    story = orders()
    story.unsubscribe("s1.a", max_messages=2)
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/1", "orders.new")
    story.publish("p1.a/2", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    story.deliver("s1.a", "p1.a/1")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 0)


def test_a_status_frame_may_count_for_a_limit() -> None:
    story = orders(">")
    story.unsubscribe("s1.a", max_messages=2)
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/1", "orders.new")
    story.deliver("s1.a", "", subject="_INBOX.s1.1", payload=b"")
    story.deliver("s1.a", "p1.a/0")
    story.flush("p1")
    story.flush("s1")
    story.flush("s1")
    story.end()

    assert ask(story, CHECKER).anomalies == ()


def test_a_drain_does_not_wait_for_a_subscription_with_a_limit() -> None:
    story = orders()
    story.unsubscribe("s1.a", max_messages=1)
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    assert ask(story, CHECKER).anomalies == ()


def test_a_slow_consumer_may_drop() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    flush = story.start_flush("s1")
    story.error("s1", "slow consumer, messages dropped")
    story.complete(flush)
    story.drain("s1")
    story.end()

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_publisher_that_was_told_of_an_error_may_have_been_refused() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    flush = story.start_flush("p1")
    story.error("p1", "Permissions Violation for Publish to orders.new")
    story.complete(flush)
    settle(story, "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_subscriber_of_another_server_misses_nothing() -> None:
    story = orders()
    story.connect("s2", server="n2")
    story.subscribe("s2.a", "orders.>")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    settle(story, "p1", "s1", "s2")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.legal_losses) == (Verdict.VALID, 0)


def test_two_processes_of_one_server_are_two_servers() -> None:
    story = orders()
    story.lose("s1")
    story.reconnect("s1", server_id="n1-restarted")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_an_interrupted_history_accuses_nobody_of_what_was_on_its_way() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("s1")
    story.flush("s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)
    assert finding.notes[-1] == (
        "1 not delivered: nothing proves that the subscriber had worked off what it received"
    )


def test_a_responder_may_still_be_answering() -> None:
    story = orders()
    story.request("p1.q/0", "orders.ask")
    story.deliver("s1.a", "p1.q/0", reply="_INBOX.p1.1")
    story.publish("p1.a/0", "orders.new")
    story.flush("p1")
    story.flush("s1")
    story.flush("s1")
    story.end()

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 1)


def test_a_refused_publish_is_not_lost() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.refuse("p1.a/0")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 0)


def test_a_subject_with_an_empty_token_goes_to_nobody() -> None:
    story = orders(">")
    story.publish("p1.a/0", "orders..new")
    settle(story, "p1", "s1")

    finding = ask(story, CHECKER)

    assert (finding.anomalies, finding.legal_losses) == ((), 0)


def test_queue_members_are_not_its_business() -> None:
    story = orders()
    story.connect("w1")
    story.subscribe("w1.a", "orders.>", queue="g")
    story.publish("p1.a/0", "orders.new")
    story.deliver("s1.a", "p1.a/0")
    settle(story, "p1", "s1", "w1")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked) == (Verdict.VALID, 1)


def test_a_name_made_twice_is_left_out() -> None:
    story = orders()
    story.unsubscribe("s1.a")
    story.subscribe("s1.a", "orders.>")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    assert ask(story, CHECKER).anomalies == ()


def test_a_message_id_published_twice_is_left_out() -> None:
    story = orders()
    story.publish("p1.a/0", "orders.new")
    story.publish("p1.a/0", "orders.new")
    settle(story, "p1", "s1")

    assert ask(story, CHECKER).anomalies == ()


def test_losses_during_a_fault_are_told_apart() -> None:
    story = orders()
    story.fault_begins("f1")
    story.publish("p1.a/0", "orders.new")
    story.fault_ends("f1")
    story.publish("p1.a/1", "orders.new")
    story.end()

    finding = ask(story, CHECKER)

    assert finding.legal_losses == 2
    assert finding.notes[-1] == "1 of the lost were published while a fault was on"
