"""The control mode changes no byte, whatever comes in whichever pieces."""

from __future__ import annotations

import pytest

from .modes import MODES
from .session import House, Session

_FROM_CLIENT = (
    b'CONNECT {"verbose":false}\r\nsub\tfoo  1 \r\nSUB bar q 2\nPING\r\nPINGxyz\r\n'
    b"PUB foo in 013\r\na\r\nPUB x 1\r\n\0\r\nHPUB foo 12 14\r\nNATS/1.0\r\n\r\nhi\r\n"
    b"UNSUB 1 5\r\nUNSUB 99\r\nPUB foo\r\nPUB foo x\r\n\r\n+OK\r\nnonsense"
)
_FROM_SERVER = (
    b'INFO {"server_id":"N","max_payload":1048576} \r\n+OK\r\nPONG\r\nPING\r\n'
    b"MSG foo 1 013\r\na\r\nPUB x 1\r\n\0\r\nMSG foo 1 in.1 0\r\n\r\nMSG ui 40  2\r\nhi\r\n"
    b"HMSG foo 1 in.1 12 14\r\nNATS/1.0\r\n\r\nhi\r\nHMSG foo 1 4 4\r\nxxxx\r\n"
    b"-ERR 'Unknown Protocol Operation'\r\nMSG cut 1 5\r\nab"
)
_INFO = (
    b'INFO {"server_id":"N","server_name":"N","version":"2.15.1","proto":1,"port":4222,'
    b'"headers":true,"max_payload":9,"client_id":5} \r\n'
)
_ANSWER = b"MSG foo 1 0\r\n\r\nHMSG \xff 9 . 4 4\r\n\xff\r\n:\r\n+OK\r\n"
_ODD = [
    *(b"%b\r\n" % verb for verb in (b"SUB", b"UNSUB", b"PUB", b"HPUB", b"CONNECT", b"PONG", b"")),
    *(
        b"SUB%b\r\n" % words
        for words in (b" ", b" foo", b" foo q 1", b" > 1", b" a b c d", b" . 2")
    ),
    *(b"UNSUB%b\r\n" % words for words in (b" ", b" 1 x", b" 1 -1", b" 1 2 3", b" 9 1")),
    *(b"PUB%b\r\n" % words for words in (b" ", b" foo", b" foo x", b" foo 1 2 3 4")),
    *(b"HPUB%b\r\n" % words for words in (b" 1", b" foo 1", b" foo x 2y", b" foo 1 2 3 4 5x")),
    *(b"CONNECT %b\r\n" % said for said in (b"[]", b"null", b"5", b'{"a', b'{"name":"\xff"}')),
    b'CONNECT {"protocol":[],"verbose":null,"headers":"x","no_responders":1}\r\n',
    b"CONNECT " + b"[" * 4000 + b"\r\n",
]
_HELLO = b"\x16\x03\x01\x02\0PING\r\nPUB foo"


class _Ends:
    """What came out at both ends of a session."""

    def __init__(self, session: type[Session] = Session) -> None:
        self.at_client = b""
        self.at_server = b""
        self.session = session(House(), self._hear, self._take)

    def _hear(self, data: bytes) -> None:
        self.at_client += data

    def _take(self, data: bytes) -> None:
        self.at_server += data


@pytest.mark.parametrize("sent", [_FROM_CLIENT, _HELLO, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"])
@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_what_a_client_writes_arrives_unchanged(sent: bytes, size: int) -> None:
    ends = _Ends()

    for at in range(0, len(sent), size):
        ends.session.from_client(sent[at : at + size])

    assert ends.at_server == sent


def test_what_a_client_has_written_is_never_held_up() -> None:
    ends = [_Ends() for _ in _FROM_CLIENT]

    for at, each in enumerate(ends):
        each.session.from_client(_FROM_CLIENT[:at])

    assert [each.at_server for each in ends] == [_FROM_CLIENT[:at] for at in range(len(ends))]


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_what_a_server_writes_arrives_unchanged(size: int) -> None:
    ends = _Ends()

    for at in range(0, len(_FROM_SERVER), size):
        ends.session.from_server(_FROM_SERVER[at : at + size])
    ends.session.leave()

    assert ends.at_client == _FROM_SERVER


def test_what_a_server_wrote_arrives_unchanged_in_any_two_pieces() -> None:
    ends = [_Ends() for _ in _FROM_SERVER]

    for at, each in enumerate(ends):
        each.session.from_server(_FROM_SERVER[:at])
        each.session.from_server(_FROM_SERVER[at:])
        each.session.leave()

    assert {each.at_client for each in ends} == {_FROM_SERVER}


def test_what_follows_a_tls_hello_is_passed_both_ways_unread() -> None:
    ends = _Ends()

    ends.session.from_client(_HELLO)
    ends.session.from_server(b"\x16\x03\x03no frame")

    assert (ends.at_server, ends.at_client) == (_HELLO, b"\x16\x03\x03no frame")


@pytest.mark.parametrize("name", MODES)
def test_no_mode_is_upset_by_odd_commands(name: str) -> None:
    ends = _Ends(MODES[name].session)
    ends.session.from_server(_INFO)

    for line in _ODD:
        ends.session.from_client(line)
        ends.session.from_server(_ANSWER)

    assert ends.at_client.count(b"OK") > 10
