"""What a transcript means is decided when it is read."""

import pytest

from natsim.conformance.mistake import CaseError
from natsim.conformance.transcripts.parse import parse_transcript
from natsim.conformance.transcripts.transcript import (
    Barriers,
    Choice,
    Expect,
    Leave,
    Say,
    Step,
    TimeOut,
    Turn,
    Wait,
    Wanted,
)


def steps(text: str) -> tuple[Step, ...]:
    return parse_transcript(text, "x.txt").steps


def expect(*wanted: Wanted) -> Expect:
    return Expect("a", wanted[0].line, (Choice(wanted),))


TALK = """\
$ telnet demo.nats.io 4222
INFO {"server_id":"NAA...EFS", ... , "client_id":36837}
connect {"name":"telnet"}
+OK
sub test 5
+OK
pub test 12
NATS Rulez!!
+OK
MSG test 5 12
NATS Rulez!!
unsub 5
+OK
"""


def test_the_talk_is_read_as_it_stands() -> None:
    read = steps(TALK)

    assert read == (
        expect(Wanted(2, 'INFO {"server_id":"NAA...EFS", ... , "client_id":36837}')),
        Say("a", 3, b'connect {"name":"telnet"}\r\n'),
        expect(Wanted(4, "+OK")),
        Say("a", 5, b"sub test 5\r\n"),
        expect(Wanted(6, "+OK")),
        Say("a", 7, b"pub test 12\r\nNATS Rulez!!\r\n"),
        expect(Wanted(9, "+OK"), Wanted(10, "MSG test 5 12", b"NATS Rulez!!\r\n")),
        Say("a", 12, b"unsub 5\r\n"),
        expect(Wanted(13, "+OK")),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PUB a 3\n+OK\n", Say("a", 1, b"PUB a 3\r\n+OK\r\n")),
        ("PUB a 0\n\n", Say("a", 1, b"PUB a 0\r\n\r\n")),
        ("PUB a r 4\na\nb\n", Say("a", 1, b"PUB a r 4\r\na\r\nb\r\n")),
        ("hpub a 12 14\nNATS/1.0\n\nhi\n", Say("a", 1, b"hpub a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n")),
        ("PUB a x\n", Say("a", 1, b"PUB a x\r\n")),
        ("PUB a b c 5\n", Say("a", 1, b"PUB a b c 5\r\n")),
        ("C: PONG\n", Say("a", 1, b"PONG\r\n")),
        ("C: \n", Say("a", 1, b"\r\n")),
        ("C-bytes: PUB a 5\\r\\nhe\n", Say("a", 1, b"PUB a 5\r\nhe")),
        ("# byte by byte\nPING\n", Say("a", 2, b"PING\r\n", (1, 2, 3, 4, 5))),
        ("# split at 1, 5\nPING\n", Say("a", 2, b"PING\r\n", (1, 5))),
        ("S: PING\n", expect(Wanted(1, "PING"))),
        ("PONG\n", expect(Wanted(1, "PONG"))),
        ("<closed>\n", expect(Wanted(1, "<closed>"))),
        ("MSG a 1 3\n-ER\n", expect(Wanted(1, "MSG a 1 3", b"-ER\r\n"))),
        ("S-bytes: +OK\\r\\n\n", expect(Wanted(1, "+OK\\r\\n", raw=b"+OK\r\n"))),
        ("# any order\n+OK\n", Expect("a", 2, (Choice((Wanted(2, "+OK"),)),), True)),
        ("[b]\n", Turn("b", 1)),
        ("# wait 200ms\n", Wait("a", 1, 200_000_000)),
        ("# timeout 1.5s\n", TimeOut("a", 1, 1_500_000_000)),
        ("# no barriers\n", Barriers("a", 1, False)),
        ("# leave\n", Leave("a", 1)),
    ],
)
def test_a_line_is_read_as(text: str, expected: Step) -> None:
    assert steps(text) == (expected,)


def test_an_answer_may_have_alternatives() -> None:
    read = steps("PONG\n# or\n+OK\n# or leniently\n-ERR 'x'\n+OK\n")

    choices = (
        Choice((Wanted(1, "PONG"),)),
        Choice((Wanted(3, "+OK"),)),
        Choice((Wanted(5, "-ERR 'x'"), Wanted(6, "+OK")), is_lenient=True),
    )
    assert read == (Expect("a", 1, choices),)


@pytest.mark.parametrize("text", ["# a comment\n", "# wait for it\n", "#\n", "\n", "$ telnet x\n"])
def test_a_line_is_passed_over(text: str) -> None:
    assert steps(text) == ()


def test_windows_line_ends_are_line_ends() -> None:
    assert steps("PING\r\nPONG\r\n") == steps("PING\nPONG\n")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("PING\nPUB a 5\nhello!\n", 2, "its payload has 5 bytes, the lines below it have 6"),
        ("PUB a 50\nhello", 1, "its payload has 50 bytes; write them below it"),
        ("MSG a 1 x\n", 1, "its last word is the size of the payload; write a number"),
        ("C-bytes: \\q\n", 1, "is no escape"),
        ("C-bytes: \n", 1, "there are no bytes"),
        ("# or\n", 1, "there is no answer of the server above it"),
        ("PONG\n# or\nPING\n", 1, "there is no answer of the server behind"),
        ("# wait 5 parsecs\n", 1, "'5 parsecs' is no duration; write 200ms or 2s"),
        ("# split at 9\nPING\n", 2, "it has 6 bytes; split it before that"),
        ("# split at 3, 2\nPING\n", 1, "write places from 1 on, in order"),
        ("# split at 3\n", 2, "nothing is typed behind the split"),
        ("---\ntitle: x\nPING\n", 1, "the front matter has no end"),
        ("---\ncompare: port\n---\nPING\n", 2, "write compare: [key, …]"),
        ("---\na: 1\na: 2\n---\nPING\n", 3, "a stands there twice"),
        ("---\na: [\n---\nPING\n", 2, "expected"),
    ],
)
def test_a_mistake_names_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(CaseError) as caught:
        parse_transcript(text, "x.txt")

    assert caught.value.line == line
    assert said in caught.value.text


def test_nothing_behind_an_answer_is_a_step_of_its_own() -> None:
    heard = steps("PING\nPONG\n<nothing>\nPING\n")[1:3]

    assert heard == (expect(Wanted(2, "PONG")), expect(Wanted(3, "<nothing>")))
