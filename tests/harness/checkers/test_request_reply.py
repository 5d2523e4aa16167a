"""Answers, 503 and silence."""

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.entry import Outcome
from natsim.harness.history.story import Story

from .asking import ask, names, service

CHECKER = "request-reply"
INBOX = "_INBOX.q1.1"


def requested() -> Story:
    story = service()
    story.request("q1.q/0", "svc.echo")
    return story


def answering() -> Story:
    story = requested()
    story.deliver("r1.a", "q1.q/0", reply=INBOX)
    story.publish("r1.a<q1.q/0", INBOX)
    return story


def test_an_answer_to_the_request_is_checked() -> None:
    story = answering()
    story.answered("q1.q/0", "r1.a<q1.q/0")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked, finding.legal_losses) == (Verdict.VALID, 1, 0)
    assert finding.notes == ("1 answered, 0 no responders, 0 timed out, 0 not ended",)


def test_an_answer_to_another_request_is_wrong() -> None:
    story = answering()
    story.request("q1.q/1", "svc.echo")
    story.answered("q1.q/1", "r1.a<q1.q/0")

    finding = ask(story, CHECKER)

    assert names(finding) == ["wrong-answer"]
    assert finding.anomalies[0].text == (
        "Request q1.q/1 on svc.echo was answered at 0.011000 s with r1.a<q1.q/0, which is no "
        "answer to it."
    )


def test_an_answer_nobody_published_is_a_phantom() -> None:
    story = requested()
    story.answered("q1.q/0", "r1.a<q1.q/0", payload=b"r1.a<q1.q/0 ")

    assert names(ask(story, CHECKER)) == ["phantom-answer"]


def test_an_altered_answer_is_a_phantom() -> None:
    story = answering()
    story.answered("q1.q/0", "r1.a<q1.q/0", payload=b"r1.a<q1.q/0 changed")

    assert names(ask(story, CHECKER)) == ["phantom-answer"]


def test_an_answer_without_an_id_is_a_phantom() -> None:
    story = answering()
    value = {"msg": None, "size": 3, "sha": "0"}
    story.complete("q1.q/0", Outcome.OK, value)

    assert names(ask(story, CHECKER)) == ["phantom-answer"]


def test_503_for_a_request_that_arrived_is_wrong() -> None:
    story = requested()
    delivered = story.deliver("r1.a", "q1.q/0", reply=INBOX)
    story.no_responders("q1.q/0")

    finding = ask(story, CHECKER)

    assert names(finding) == ["503-with-responder"]
    assert delivered in finding.anomalies[0].entries


def test_503_is_wrong_when_a_responder_was_there_all_the_time() -> None:
    story = requested()
    story.no_responders("q1.q/0")
    story.flush("q1")
    story.flush("r1")

    finding = ask(story, CHECKER)

    assert names(finding) == ["503-with-responder"]
    assert "the server had subscription r1.a (svc.echo) from" in finding.anomalies[0].text


def test_503_is_right_when_nobody_subscribed() -> None:
    story = service()
    story.request("q1.q/0", "svc.other")
    story.no_responders("q1.q/0")
    story.flush("q1")
    story.flush("r1")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.checked) == (Verdict.VALID, 1)


def test_503_may_be_right_when_the_responder_was_lost_meanwhile() -> None:
    story = requested()
    story.no_responders("q1.q/0")
    story.flush("q1")
    story.lose("r1")
    story.reconnect("r1")
    story.flush("r1")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_503_may_be_right_when_the_request_went_out_on_another_connection() -> None:
    story = requested()
    story.lose("q1")
    story.reconnect("q1")
    story.no_responders("q1.q/0")
    story.flush("q1")
    story.flush("r1")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_503_may_be_right_when_the_responder_was_about_to_leave() -> None:
    story = requested()
    unsubscribe = story.invoke("r1", "unsubscribe", {"sub": "r1.a", "conn": "r1#1"})
    story.no_responders("q1.q/0")
    story.complete(unsubscribe)
    story.flush("q1")
    story.flush("r1")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_503_may_be_right_when_the_responder_is_on_another_server() -> None:
    story = Story()
    story.connect("q1", server="n1")
    story.connect("r1", server="n2")
    story.subscribe("r1.a", "svc.echo")
    story.request("q1.q/0", "svc.echo")
    story.no_responders("q1.q/0")
    story.flush("q1")
    story.flush("r1")

    assert ask(story, CHECKER).verdict is Verdict.VALID


def test_a_timeout_is_legal() -> None:
    story = answering()
    story.timed_out("q1.q/0")

    finding = ask(story, CHECKER)

    assert (finding.verdict, finding.legal_losses) == (Verdict.UNKNOWN, 1)


def test_a_timeout_is_wrong_when_the_answer_had_arrived_before() -> None:
    story = answering()
    story.flush("r1")
    story.flush("q1")
    story.flush("q1")
    story.timed_out("q1.q/0")

    finding = ask(story, CHECKER)

    assert names(finding) == ["answer-lost"]


def test_one_barrier_does_not_prove_that_the_answer_was_heard() -> None:
    story = answering()
    story.flush("r1")
    story.flush("q1")
    story.timed_out("q1.q/0")

    assert ask(story, CHECKER).legal_losses == 1


def test_an_answer_that_came_after_the_time_was_up_is_late() -> None:
    story = answering()
    story.flush("r1")
    story.flush("q1")
    flush = story.start_flush("q1")
    story.timed_out("q1.q/0")
    story.complete(flush)

    assert ask(story, CHECKER).legal_losses == 1


def test_an_answer_nobody_proved_may_be_lost() -> None:
    story = answering()
    story.flush("q1")
    story.flush("q1")
    story.timed_out("q1.q/0")

    assert ask(story, CHECKER).legal_losses == 1


def test_a_requester_that_lost_its_connection_may_miss_the_answer() -> None:
    story = answering()
    story.flush("r1")
    story.lose("q1")
    story.reconnect("q1")
    story.flush("q1")
    story.flush("q1")
    story.timed_out("q1.q/0")

    assert ask(story, CHECKER).legal_losses == 1


def test_a_requester_that_drains_has_given_up_its_inbox() -> None:
    story = answering()
    story.flush("r1")
    story.invoke("q1", "drain", {"conn": "q1#1"})
    story.flush("q1")
    story.flush("q1")
    story.timed_out("q1.q/0")

    assert ask(story, CHECKER).legal_losses == 1


def test_a_request_that_did_not_end_is_left_out() -> None:
    finding = ask(requested(), CHECKER)

    assert finding.verdict is Verdict.UNKNOWN
    assert finding.notes == (
        "nothing was checked: the history has no request that was answered, by a responder or by "
        "the server",
        "0 answered, 0 no responders, 0 timed out, 1 not ended",
    )
