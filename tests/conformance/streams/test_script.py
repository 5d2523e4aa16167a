"""A stream and an answer to it become a transcript."""

from natsim.conformance.streams.answer import Answer, End, Heard
from natsim.conformance.streams.script import Proof, script
from natsim.conformance.streams.stream import Begin, Command, Leave, Say, Stream
from natsim.conformance.transcripts.parse import parse_transcript

INFO = b'INFO {"server_id":"NA","proto":1,"version":"2.15.1"} \r\n'
OLD_INFO = b'INFO {"server_id":"NB","proto":1,"ip":"x","version":"2.9.10"} \r\n'
PONG = b"PONG\r\n"
MESSAGE = b"MSG a 1 2\r\nhi\r\n"

TALK = Stream(
    7,
    2,
    (
        Say(0, (Command(b"SUB a 1\r\n"), Command(b"SUB b 2\r\n"))),
        Say(1, (Command(b"PUB a 2\r\nhi\r\n"),), (3, 9)),
        Say(1, (Command(b"PUB x\r\n"),)),
    ),
)
ANSWER = Answer(
    (
        Heard((INFO, PONG, b"PING\r\n", MESSAGE, PONG), End.OPEN, (1, 2, 4, 4)),
        Heard((INFO, PONG, b"-ERR 'x'\r\n"), End.CLOSED, (1, 1, 2, 3)),
    )
)


def test_the_dialogue_is_written_with_turns_cuts_and_ends() -> None:
    text = script(TALK, ANSWER, ANSWER, Proof.THE_PLAYER, ("Said by seven.",))

    assert text == (
        "# Said by seven.\n"
        "SUB a 1\n"
        "SUB b 2\n"
        "[b]\n"
        "# split at 3, 9\n"
        "C-bytes: PUB a 2\\r\\nhi\\r\\n\n"
        "[a]\n"
        "MSG a 1 2\nhi\n"
        "[b]\n"
        "PUB x\n"
        "-ERR 'x'\n"
        "<closed>\n"
    )


def test_where_the_player_must_not_ask_the_pings_of_the_stream_are_written() -> None:
    stream = Stream(1, 1, (Begin(0, b"PUB a 2\r\nh"), Say(0, (Command(b"i\r\n"),)), Leave(0)))
    answer = Answer((Heard((INFO, INFO, PONG), End.OPEN, (1, 1, 3, 3)),))

    text = script(stream, answer, answer, Proof.THE_SCRIPT, ())

    assert text == (
        "---\nbarriers: false\n---\nC-bytes: PUB a 2\\r\\nh\ni\nPING\nINFO {... }\nPONG\n# leave\n"
    )
    assert parse_transcript(text, "x").steps


def test_of_a_greeting_only_what_differs_is_written() -> None:
    silent = Stream(0, 1, ())
    answer, other = (Answer((Heard((info, PONG), End.OPEN, (1,)),)) for info in (INFO, OLD_INFO))

    text = script(silent, answer, other, Proof.THE_PLAYER, ())

    assert text == '---\ncompare: [version]\n---\nINFO {"version":"2.15.1", ... }\n'
