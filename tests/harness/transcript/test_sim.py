"""In the simulated world transcripts play in no time, and the same way each time."""

import pytest

from natsim.conformance.lessons.shelf import lessons
from natsim.conformance.mistake import CaseError
from natsim.conformance.transcripts.parse import parse_transcript
from natsim.harness.transcript.shelf import read_transcript
from natsim.harness.transcript.sim import play_in_sim


@pytest.mark.parametrize("name", list(lessons()))
def test_every_lesson_plays(name: str) -> None:
    outcome = play_in_sim(read_transcript(name), seed=1)

    assert outcome.why == ""


def test_waiting_for_hours_costs_nothing_and_pings_are_answered_meanwhile() -> None:
    transcript = parse_transcript('CONNECT {"verbose":false}\n# wait 90m\nPING\nPONG', "x")

    outcome = play_in_sim(transcript, seed=1)

    assert outcome.difference is None
    assert outcome.dialogue.entries[-1].at_us >= 90 * 60 * 10**6


def test_one_seed_gives_one_dialogue() -> None:
    transcript = read_transcript("ping-pong")

    played = [play_in_sim(transcript, seed).dialogue.entries for seed in (1, 1, 2)]

    assert played[0] == played[1]
    assert played[0] != played[2]


def test_a_mistake_in_the_configuration_is_one_of_the_file() -> None:
    transcript = parse_transcript("---\nconfig: 'max_payload: x'\n---\nPING\nPONG", "x.txt")

    with pytest.raises(CaseError, match=r"x\.txt: config: "):
        play_in_sim(transcript, seed=1)
