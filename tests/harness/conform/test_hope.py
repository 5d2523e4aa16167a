"""A server that answers nothing is waited for less and less, and what is not confirmed says so."""

from __future__ import annotations

from natsim.conformance.patience import Patience
from natsim.harness.conform.hope import ENOUGH_CONFIRMED, ENOUGH_IN_VAIN, Hope
from natsim.harness.conform.outcome import Grade, Outcome

USUAL = Patience(wait_s=3.0)
IN_VAIN = Outcome(grade=Grade.FAIL, duration_ms=3200)
WRONG_AT_ONCE = Outcome(grade=Grade.FAIL, duration_ms=20)
SLOW_BUT_RIGHT = Outcome(grade=Grade.PASS, duration_ms=3200)


def after(*outcomes: Outcome) -> Hope:
    hope = Hope()
    for outcome in outcomes:
        hope.note(outcome, USUAL)
    return hope


def test_a_server_is_waited_for_as_is_usual() -> None:
    assert after().patience(USUAL) == USUAL


def test_a_server_that_mostly_does_not_answer_is_waited_for_less() -> None:
    hope = after(*[IN_VAIN] * ENOUGH_IN_VAIN)

    assert hope.patience(USUAL).wait_s == 0.5


def test_a_few_vain_waits_among_many_cases_change_nothing() -> None:
    hope = after(*[SLOW_BUT_RIGHT] * ENOUGH_IN_VAIN, *[IN_VAIN] * ENOUGH_IN_VAIN)

    assert hope.patience(USUAL) == USUAL


def test_wrong_answers_are_no_reason_to_wait_less() -> None:
    hope = after(*[WRONG_AT_ONCE] * 1000)

    assert hope.patience(USUAL) == USUAL


def test_a_vain_wait_is_one_by_the_patience_that_was_had() -> None:
    outcome = Outcome(grade=Grade.FAIL, duration_ms=600)

    assert not Hope().note(outcome, USUAL)
    assert Hope().note(outcome, USUAL.hurried())


def test_what_failed_at_once_is_always_confirmed() -> None:
    hope = Hope()

    for _ in range(1000):
        hope.note_second(WRONG_AT_ONCE, USUAL)

    assert not hope.is_confirmed


def test_enough_vain_waits_are_confirmed_once_for_all() -> None:
    hope = Hope()

    for _ in range(ENOUGH_CONFIRMED):
        hope.note_second(IN_VAIN, USUAL)

    assert hope.is_confirmed
    assert hope.why_unconfirmed == (
        "not confirmed by a second run: 36 other cases waited in vain twice already"
    )
