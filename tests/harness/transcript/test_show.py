"""What failed is shown with the first byte that differs."""

from natsim.conformance.transcripts.parse import parse_transcript
from natsim.harness.transcript.show import dialogue_lines, failure_lines
from natsim.harness.transcript.sim import play_in_sim

TEXT = (
    'CONNECT {"verbose":false}\n[b]\nCONNECT {"verbose":false}\nSUB a 1\nPUB a 2\nhi\nMSG a 1 2\nho'
)


def test_expected_and_actual_stand_below_each_other_and_the_byte_is_marked() -> None:
    outcome = play_in_sim(parse_transcript(TEXT, "x.txt"), seed=1)

    assert list(failure_lines("x.txt", outcome)) == [
        "x.txt:7: [b] the answer differs",
        "  expected  MSG a 1 2\\r\\nho\\r\\n",
        "  actual    MSG a 1 2\\r\\nhi\\r\\n",
        "                          ^",
    ]


def test_the_dialogue_tells_who_spoke_on_which_connection() -> None:
    outcome = play_in_sim(parse_transcript(TEXT, "x.txt"), seed=1)

    shown = list(dialogue_lines(outcome.dialogue))

    assert shown[1] == '  > CONNECT {"verbose":false}'
    assert shown[2] == "  [b]"
    assert shown[4:] == [
        '  > CONNECT {"verbose":false}',
        "  > SUB a 1",
        "  > PUB a 2",
        "  > hi",
        "  < MSG a 1 2",
        "  < hi",
    ]
