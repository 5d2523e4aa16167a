"""A transcript is played to a server, and what it says is compared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

import pytest
from tests.conformance.scripted_server import INFO, pong, scripted_server

from natsim.conformance.failure import Failed
from natsim.conformance.patience import Patience
from natsim.conformance.transcripts.parse import parse_transcript
from natsim.conformance.transcripts.play import pings_in, play_transcript
from natsim.conformance.trial import Trial
from natsim.conformance.wire.connection import Address
from natsim.harness.conform.target import NoLogin

Answer: TypeAlias = "Callable[[bytes], bytes | None]"

SOON = Patience(wait_s=0.3, scale=0.1)


def play(text: str, answer: Answer = pong, greeting: bytes = INFO) -> Trial:
    """Play a transcript to a scripted server; gives the trial it was played in."""

    async def run() -> Trial:
        async with scripted_server(answer, greeting) as port:
            trial = Trial(
                prefix="s0000000",
                addresses=[Address("127.0.0.1", port)],
                patience=SOON,
                things={},
                login=NoLogin(),
                controls=(),
                version="2.15.1",
            )
            try:
                async with asyncio.timeout(10):
                    await play_transcript(parse_transcript(text, "x.txt"), trial)
            finally:
                await trial.close()
            return trial

    return asyncio.run(run())


def saying(**answers: bytes) -> Answer:
    """Make a server that answers words in capitals, and PING."""

    def answer(line: bytes) -> bytes:
        word = line.split()[0].decode().upper() if line.split() else ""
        return answers.get(word, b"") + pong(line)

    return answer


def hanging_up(line: bytes) -> None:
    """Close the connection at the first line."""
    del line


def silent(line: bytes) -> bytes:
    """Answer nothing."""
    del line
    return b""


def test_what_is_wanted_comes() -> None:
    trial = play("PING\nPONG\n")

    assert [entry.data for entry in trial.dialogue.entries if not entry.is_ours] == [
        INFO,
        b"PING\r\n",
        b"PONG\r\n",
    ]


def test_info_is_compared_if_it_is_wanted() -> None:
    play('INFO {"headers":true, ... }\nPING\nPONG\n')

    with pytest.raises(Failed, match="headers is true, not false"):
        play('INFO {"headers":false}\n')


@pytest.mark.parametrize(
    ("text", "answer", "why"),
    [
        ("SUB a 1\n+OK\n", saying(), "nothing came"),
        ("SUB a 1\n+OK\n", saying(SUB=b"+ok\r\n"), "the answer differs"),
        ("SUB a 1\n+OK\n", saying(SUB=b"+OK\n"), "the line does not end in CRLF"),
        ("SUB a 1\n", saying(SUB=b"+OK\r\n"), "nothing else should come"),
        ("PING\nPONG\n", saying(PING=b"PONG\r\n"), "nothing else should come"),
        ("SUB a 1\n<nothing>\n", saying(SUB=b"+OK\r\n"), "nothing should come"),
        ("SUB a 1\n<closed>\n", saying(), "the server did not close the connection"),
        ("SUB a 1\n<closed>\n", saying(SUB=b"+OK\r\n"), "the server did not close"),
        ("SUB a 1\n+OK\n", hanging_up, "the server closed the connection"),
        ("SUB a 1\n", silent, "no PONG came for our PING"),
        ("PING\n# any order\n+OK\nPONG\n", saying(), "nothing came"),
        ("SUB a 1\n# any order\n+OK\n-ERR 'x'\n", saying(SUB=b"+OK\r\n+OK\r\n"), "none of the"),
        ("# no barriers\nSUB a 1\n", saying(SUB=b"+OK\r\n"), "nothing else should come"),
    ],
)
def test_what_is_wrong_fails(text: str, answer: Answer, why: str) -> None:
    with pytest.raises(Failed, match=why):
        play(text, answer)


def test_a_failure_shows_the_first_byte_that_differs_and_its_line() -> None:
    with pytest.raises(Failed) as caught:
        play("SUB a 1\nMSG a 1 2\nhi\n", saying(SUB=b"MSG a 1 2\r\nho\r\n"))

    difference = caught.value.difference
    assert difference is not None
    assert (difference.line, difference.at) == (2, 12)
    assert difference.expected == b"MSG a 1 2\r\nhi\r\n"
    assert difference.actual == b"MSG a 1 2\r\nho\r\n"


def test_the_order_is_free_where_it_is_said() -> None:
    play("SUB a 1\n# any order\n+OK\n-ERR 'x'\n", saying(SUB=b"-ERR 'x'\r\n+OK\r\n"))


def test_an_alternative_is_as_good() -> None:
    trial = play("SUB a 1\n-ERR 'x'\n# or\n+OK\n", saying(SUB=b"+OK\r\n"))

    assert trial.leniences == []


def test_a_lenient_alternative_is_noted() -> None:
    trial = play("SUB a 1\n-ERR 'x'\n# or leniently\n+OK\n", saying(SUB=b"+OK\r\n"))

    assert trial.leniences == ["line 2: the answer is allowed, but unusual"]


def test_a_ping_of_the_server_is_answered_and_passed_over() -> None:
    heard: list[bytes] = []

    def answer(line: bytes) -> bytes:
        heard.append(line)
        return b"PING\r\n+OK\r\n" if line.startswith(b"SUB") else pong(line)

    play("SUB a 1\n+OK\n", answer)

    assert b"PONG\r\n" in heard


def test_a_ping_of_the_server_can_be_wanted() -> None:
    play("SUB a 1\nS: PING\n", saying(SUB=b"PING\r\n"))


def test_the_dialogue_turns_only_when_what_was_typed_is_processed() -> None:
    heard: list[bytes] = []

    def answer(line: bytes) -> bytes:
        heard.append(line)
        return pong(line)

    play("SUB a 1\n[b]\nSUB b 1\n", answer)

    assert heard.index(b"PING\r\n") < heard.index(b"SUB b 1\r\n")


def test_what_was_captured_can_be_typed() -> None:
    heard: list[bytes] = []

    def answer(line: bytes) -> bytes:
        heard.append(line)
        return b"MSG a 1 _R.7 0\r\n\r\n" if line.startswith(b"SUB") else pong(line)

    play("SUB a 1\nMSG a 1 {reply} 0\n\nPUB {reply} 0\n\n", answer)

    assert b"PUB _R.7 0\r\n" in heard


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (b"PING\r\n", 1),
        (b"pingpong\nPING there\r\n", 2),
        (b"SUB a 1\r\nPING\r\nPUB a 2\r\nhi\r\nPING\r\n", 2),
        (b"PUB a 6\r\nPING\r\n\r\nPING\r\n", 1),
        (b"PING", 0),
        (b"CONNECT {}\r\nPONG\r\n", 0),
    ],
)
def test_typed_pings_are_counted_but_not_those_in_payloads(typed: bytes, expected: int) -> None:
    assert pings_in(typed) == expected


def test_a_barrier_waits_behind_all_pings_of_one_segment() -> None:
    play("C-bytes: PING\\r\\nPING\\r\\n\n[b]\nPING\nPONG\n[a]\nPONG\nPONG\n")


def test_a_pong_that_no_typed_line_asked_for_does_not_upset_the_barrier() -> None:
    with pytest.raises(Failed, match="nothing else should come"):
        play("SUB a 1\nPONG\n", saying(SUB=b"PONG\r\nPONG\r\n"))
