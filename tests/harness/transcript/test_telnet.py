"""What telnet itself says is no word of the server, and what it cannot carry is refused."""

import pytest

from natsim.conformance.mistake import CaseError
from natsim.conformance.patience import Patience
from natsim.conformance.transcripts.parse import parse_transcript
from natsim.conformance.wire.connection import Address
from natsim.harness.conform.target import NoLogin, TargetUnavailable
from natsim.harness.transcript.telnet import Screen, find_telnet, play_by_telnet

SHOWN = (
    b"Trying 127.0.0.1...\r\nConnected to 127.0.0.1.\r\nEscape character is 'off'.\r\n"
    b"INFO {} \r\n+OK\r\nMSG a 1 1\r\nC\r\nConnection closed by foreign host.\r\n"
)
SENT = b"INFO {} \r\n+OK\r\nMSG a 1 1\r\nC\r\n"


@pytest.mark.parametrize("size", [1, 2, 7, 50, 1000])
def test_the_sentences_of_telnet_are_taken_out_however_the_bytes_come(size: int) -> None:
    screen = Screen()

    heard = b"".join(screen.feed(SHOWN[at : at + size]) for at in range(0, len(SHOWN), size))

    assert heard == SENT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("C-bytes: PING", "whole lines"),
        ("# split at 2\nPING", "whole lines"),
        ("C-bytes: PUB a 1\\r\\n\\x00\\r\\n", "control characters"),
        ("C-bytes: PUB a 1\\r\\n\\xff\\r\\n", "no UTF-8"),
        ("S-bytes: MSG a 1 1\\r\\n\\x03\\r\\n", "control characters"),
        ("C-bytes: SUB \\(x*5000) 1\\r\\n", "at most 4000 bytes"),
    ],
)
def test_what_a_terminal_does_not_carry_is_refused_at_its_line(text: str, why: str) -> None:
    transcript = parse_transcript(f"PING\nPONG\n{text}", "x.txt")

    with pytest.raises(CaseError, match=why) as caught:
        play_by_telnet(transcript, "telnet", Address("127.0.0.1", 1), NoLogin(), Patience())

    assert str(caught.value).startswith(("x.txt:3:1: ", "x.txt:4:1: "))


def test_without_the_program_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(TargetUnavailable, match="apt install telnet"):
        find_telnet()
