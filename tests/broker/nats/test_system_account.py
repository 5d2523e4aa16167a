"""The system account is told what happens, and answered when it asks."""

import json
import re
from typing import Any

from natsim.broker.effects import Close, CloseReason
from natsim.broker.events import LameDuck, Received, Stop
from natsim.broker.nats.options import AccountOptions, Options

from .account_options import options_of
from .conversation import Conversation

_HEARD = re.compile(rb"MSG (\S+) (\S+) ( ?)(\d+)\r\n")


def test_a_client_that_comes_is_told_of() -> None:
    talk = _watched()

    talk.log_in(2, "a")

    assert [subject for subject, _ in _told(talk)] == [
        "$SYS.SERVER.ACCOUNT.A.CONNS",
        "$SYS.ACCOUNT.A.SERVER.CONNS",
        "$SYS.ACCOUNT.A.CONNECT",
    ]


def test_a_client_that_goes_is_told_of() -> None:
    talk = _watched()
    talk.log_in(2, "a", b"PUB foo 3\r\nxyz\r\n")
    talk.heard(1)

    talk.leave(2)

    told = _told(talk)
    assert [subject for subject, _ in told] == [
        "$SYS.SERVER.ACCOUNT.A.CONNS",
        "$SYS.ACCOUNT.A.SERVER.CONNS",
        "$SYS.ACCOUNT.A.DISCONNECT",
    ]
    event = told[-1][1]
    assert event["type"] == "io.nats.server.advisory.v1.client_disconnect"
    assert event["sent"] == {"msgs": 1, "bytes": 3}
    assert event["received"] == {"msgs": 0, "bytes": 0}
    assert event["reason"] == "Client Closed"
    assert list(event["client"]) == [
        "start", "host", "id", "acc", "user", "rtt", "stop", "name_tag", "kind", "client_type",
    ]  # fmt: skip


def test_a_client_that_is_not_let_in_is_told_of() -> None:
    talk = _watched()
    talk.greet(2)

    talk.say(2, b'CONNECT {"user":"x","pass":"y"}\r\n')

    server = talk.broker.identity.server_id
    assert [subject for subject, _ in _told(talk)] == [
        f"$SYS.SERVER.{server}.CLIENT.AUTH.ERR",
        "$SYS.ACCOUNT.$G.DISCONNECT",
    ]


def test_how_many_clients_there_are_is_told_again_after_a_while() -> None:
    talk = _watched()
    talk.log_in(2, "a")
    talk.say(1, b"UNSUB 1\r\nSUB $SYS.ACCOUNT.*.SERVER.CONNS 2\r\n")

    talk.pass_to(60)

    assert [event["conns"] for _, event in _told(talk)] == [1, 1]


def test_how_the_server_is_is_told_often_at_first() -> None:
    talk = _watched(b"$SYS.SERVER.*.STATSZ")

    talk.pass_to(40)

    times = [str(event["server"]["time"])[17:] for _, event in _told(talk)]
    assert times == ["00.25Z", "00.75Z", "01.75Z", "03.75Z", "07.75Z", "15.75Z", "25.75Z", "35.75Z"]


def test_nothing_is_due_when_nobody_listens() -> None:
    talk = _watched()
    talk.say(1, b"UNSUB 1\r\n")

    talk.pass_to(20)
    talk.leave(1)

    assert talk.broker.deadline() is None


def test_lame_duck_mode_and_the_end_are_told_of() -> None:
    talk = _watched(b"$SYS.SERVER.>")

    talk.tell(LameDuck())
    talk.tell(Stop())

    server = talk.broker.identity.server_id
    told = _told(talk)
    assert [subject for subject, _ in told] == [
        f"$SYS.SERVER.{server}.LAMEDUCK",
        f"$SYS.SERVER.{server}.SHUTDOWN",
    ]
    assert [told_of["id"] for _, told_of in told] == [server, server]


def test_what_the_server_says_has_the_place_of_an_empty_reply() -> None:
    talk = _watched(b"r")

    heard = talk.say(1, b"PUB $SYS.REQ.SERVER.PING.IDZ r 0\r\n\r\n")

    identity = talk.broker.identity
    text = f'{{"name":"{identity.name}","host":"127.0.0.1","id":"{identity.server_id}"}}'
    assert heard == b"MSG r 1  %d\r\n%b\r\n" % (len(text), text.encode())


def test_answers_for_other_accounts_have_none() -> None:
    talk = Conversation(_options())
    talk.log_in(1, "a")

    heard = talk.say(1, b"SUB r 1\r\nPUB $SYS.REQ.USER.INFO r 0\r\n\r\n")

    assert heard.startswith(b"MSG r 1 2")
    assert heard.endswith(b'"data":{"user":"a","account":"A","account_name":"A"}}\r\n')


def test_a_request_for_other_servers_is_not_answered() -> None:
    talk = _watched(b"r")

    heard = [
        talk.say(1, b"PUB $SYS.REQ.SERVER.PING.VARZ r %d\r\n%b\r\n" % (len(filters), filters))
        for filters in (
            b'{"server_name":"x"}',
            b'{"host":"127.0.0","exact_match":true}',
            b'{"tags":["a"]}',
            b'{"cluster":"c"}',
        )
    ]

    assert heard == [b""] * 4


def test_a_request_that_makes_no_sense_is_told_so() -> None:
    talk = _watched(b"r")

    talk.tell(
        Received(
            1,
            b'PUB $SYS.REQ.SERVER.PING.CONNZ r 12\r\n{"sort":"x"}\r\n'
            b"PUB $SYS.REQ.ACCOUNT.Z.INFO r 0\r\n\r\n"
            b"PUB $SYS.REQ.SERVER.PING.VARZ r 1\r\n{\r\n",
        )
    )

    errors = [told["error"] for _, told in _told(talk)]
    assert errors[:2] == [
        {"code": 500, "description": "invalid sorting option: x"},
        {"code": 500, "description": "Account Z does not exist"},
    ]
    assert errors[2]["code"] == 400


def test_a_client_is_kicked() -> None:
    talk = _watched(b"r")
    talk.log_in(2, "a")
    server = talk.broker.identity.server_id.encode()

    talk.say(1, b'PUB $SYS.REQ.SERVER.%b.KICK r 9\r\n{"cid":6}\r\n' % server)

    assert talk.closed == {2: Close(2, CloseReason.KICKED)}


def test_accounts_count_what_their_clients_send_and_get() -> None:
    talk = _watched(b"r")
    in_a = b"SUB foo 1\r\nPUB foo 3\r\nxyz\r\n"
    in_b = b'CONNECT {"user":"b","pass":"b"}\r\nPUB foo 1\r\nx\r\n'
    talk.log_in(2, "a", in_a + in_b)
    talk.leave(2)
    talk.log_in(3, "a", b"PUB foo 2\r\nxy\r\n")
    talk.log_in(4, "b")

    asked = b"PUB $SYS.REQ.ACCOUNT.%b.STATZ r 0\r\n\r\n"
    talk.tell(Received(1, asked % b"A" + asked % b"B"))

    [in_a_now, in_b_now] = [told["data"]["account_statz"] for _, told in _told(talk)]
    assert [_traffic(in_a_now), _traffic(in_b_now)] == [((2, 5), (1, 3)), ((1, 1), (0, 0))]


def _options() -> Options:
    names = ("A", "B", "$SYS")
    return options_of(*(AccountOptions(name=name) for name in names))


def _watched(pattern: bytes = b"$SYS.>") -> Conversation:
    """Let the system account's user (1) subscribe."""
    talk = Conversation(_options())
    talk.log_in(1, "sys", b"SUB %b 1\r\n" % pattern)
    talk.heard(1)
    return talk


def _traffic(numbers: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """Give messages and bytes to the server, and from it."""
    [one] = numbers
    received, sent = one["received"], one["sent"]
    return (received["msgs"], received["bytes"]), (sent["msgs"], sent["bytes"])


def _told(talk: Conversation) -> list[tuple[str, dict[str, Any]]]:
    """List what the system account's user hears: subjects and JSON."""
    heard = talk.heard(1)
    return [
        (found[1].decode(), json.loads(heard[found.end() : found.end() + int(found[4])]))
        for found in _HEARD.finditer(heard)
    ]
