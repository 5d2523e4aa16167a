"""The first sentences claim what the files say and nothing more."""

from natsim.reports.document import Fault, Guarantee, Unreached, VerdictWord
from natsim.reports.sentence import unreached_sentence, verdict_sentence


def guarantee(checker: str, verdict: VerdictWord, checked: int, lost: int = 0) -> Guarantee:
    return Guarantee(
        checker=checker,
        verdict=verdict,
        checked=checked,
        legal_losses=lost,
        anomaly_count=2 if verdict == "invalid" else 0,
        notes=(),
    )


def fault(name: str, kind: str) -> Fault:
    return Fault(
        id=name,
        kind=kind,
        planned=None,
        targets=(),
        begin_ns=0,
        end_ns=1,
        achieved_begin="",
        achieved_end="",
    )


FAULTS = [fault("f1", "partition"), fault("f2", "kill")]


def test_what_was_not_tested_is_not_held() -> None:
    guarantees = [guarantee("a", "valid", 4), guarantee("b", "unknown", 0)]

    sentence = verdict_sentence("unknown", guarantees, [])

    assert sentence == "unknown: 1 guarantee held; nothing to check for b"


def test_what_could_not_be_decided_is_named() -> None:
    guarantees = [guarantee("a", "unknown", 4)]

    sentence = verdict_sentence("unknown", guarantees, [])

    assert sentence == "unknown: 0 guarantees held; a could not be decided"


def test_losses_that_two_checkers_count_are_not_added() -> None:
    guarantees = [guarantee("a", "valid", 4, lost=31), guarantee("b", "valid", 4, lost=30)]

    sentence = verdict_sentence("valid", guarantees, [])

    assert sentence == (
        "valid: 2 guarantees held; 31 messages lost in ways NATS allows, as a counts"
    )


def test_anomalies_beyond_those_listed_are_at_least_so_many() -> None:
    sentence = verdict_sentence("invalid", [guarantee("a", "invalid", 4)], [("loss", 1)])

    assert sentence == "invalid: 1 of 1 guarantee broken, a; found loss at least once"


def test_messages_all_published_during_faults_are_said_to_be_so() -> None:
    unreached = Unreached(
        count=31, of=2_000, during_faults=31, faults=("f1", "f2"), while_disconnected=0, otherwise=0
    )

    assert unreached_sentence(unreached, FAULTS) == (
        "31 of 2,000 published messages reached no subscription,"
        " all published while f1 partition or f2 kill lasted."
    )


def test_messages_of_different_times_are_told_apart() -> None:
    unreached = Unreached(
        count=6, of=10, during_faults=3, faults=("f2",), while_disconnected=2, otherwise=1
    )

    assert unreached_sentence(unreached, FAULTS) == (
        "6 of 10 published messages reached no subscription: 3 published while f2 kill lasted,"
        " 2 published while a client had lost its connection, 1 published at other times."
    )


def test_nothing_unreached_is_said_too() -> None:
    unreached = Unreached(
        count=0, of=1, during_faults=0, faults=(), while_disconnected=0, otherwise=0
    )

    assert unreached_sentence(unreached, FAULTS) == (
        "1 of 1 published message reached a subscription."
    )
