import json
from typing import Any

import pytest
from tests.broker.nats.conversation import Conversation

from natsim.broker.effects import CloseReason
from natsim.broker.events import ConnectionKind, Disconnected, PeerCertificate, TlsSession
from natsim.broker.nats.monitor import BadRequest, ProcessStatistics, ask
from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    Options,
    TlsOptions,
    UserOptions,
)
from natsim.broker.nats.parser import ProtocolError

from .asking import cids, get_json

TWO_ACCOUNTS = Options(
    accounts=(AccountOptions(name="A"), AccountOptions(name="B")),
    authorization=AuthorizationOptions(
        users=(
            UserOptions(name="a", password="p", account="A"),
            UserOptions(name="b", password="p", account="B"),
            UserOptions(name="g", password="p"),
        )
    ),
)


def login(name: str) -> bytes:
    return b'CONNECT {"verbose":false,"user":"%b","pass":"p"}\r\n' % name.encode()


def traffic() -> Conversation:
    """Three clients: 5 publishes 2 messages, 6 gets one of 5 bytes, 7 both, of 5 and 2."""
    talk = Conversation()
    talk.join(1)
    talk.pass_to(1)
    talk.join(2, b"SUB foo 1\r\n")
    talk.pass_to(2)
    talk.join(3, b"SUB foo 1\r\nSUB bar.* q 2\r\n")
    talk.pass_to(3)
    talk.say(1, b"PUB foo 5\r\nhello\r\nPUB bar.x 2\r\nhi\r\n")
    return talk


def test_a_connection_is_told_in_the_order_of_nats_server() -> None:
    talk = Conversation()
    talk.greet(1)
    talk.pass_to(0.000457)
    said = b'CONNECT {"verbose":false,"name":"n","lang":"go","version":"1.2"}\r\nSUB a 1\r\n'
    talk.say(1, said)
    talk.pass_to(61.5)

    found = get_json(talk, "/connz")["connections"]

    assert [json.dumps(each) for each in found] == [
        json.dumps(
            {
                "cid": 5,
                "kind": "Client",
                "type": "nats",
                "ip": "127.0.0.1",
                "port": 50_001,
                "start": "1970-01-01T00:00:00Z",
                "last_activity": "1970-01-01T00:00:00.000457Z",
                "rtt": "457\u00b5s",
                "uptime": "1m1s",
                "idle": "1m1s",
                "pending_bytes": found[0]["pending_bytes"],
                "in_msgs": 0,
                "out_msgs": 0,
                "in_bytes": 0,
                "out_bytes": 0,
                "subscriptions": 1,
                "name": "n",
                "lang": "go",
                "version": "1.2",
            }
        )
    ]


def test_messages_are_counted_at_both_ends() -> None:
    talk = traffic()

    found = get_json(talk, "/connz")["connections"]

    assert [
        (each["in_msgs"], each["in_bytes"], each["out_msgs"], each["out_bytes"]) for each in found
    ] == [(2, 7, 0, 0), (0, 0, 1, 5), (0, 0, 2, 7)]


def test_who_is_sent_a_message_was_active() -> None:
    talk = traffic()

    found = get_json(talk, "/connz")["connections"]

    assert [each["last_activity"][-3:] for each in found] == ["03Z", "03Z", "03Z"]


def test_what_the_network_has_not_taken_is_pending() -> None:
    talk = traffic()
    for conn in (1, 2, 3):
        talk.drain(conn, 10 * conn)

    found = get_json(talk, "/connz")["connections"]

    assert [each["pending_bytes"] for each in found] == [10, 20, 30]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", [5, 6, 7]),
        ("cid", [5, 6, 7]),
        ("start", [5, 6, 7]),
        ("subs", [7, 6, 5]),
        ("pending", [7, 6, 5]),
        ("msgs_to", [7, 6, 5]),
        ("msgs_from", [5, 6, 7]),
        ("bytes_to", [7, 6, 5]),
        ("bytes_from", [5, 6, 7]),
        ("uptime", [7, 6, 5]),
        ("last", [6, 5, 7]),
        ("idle", [5, 7, 6]),
    ],
)
def test_connections_are_sorted_one_way_or_the_other(sort: str, expected: list[int]) -> None:
    talk = traffic()
    talk.pass_to(4)
    talk.say(2, b"UNSUB 9\r\nPUB x 0\r\n\r\n")
    for conn in (1, 2, 3):
        talk.drain(conn, 10 * conn)

    assert cids(talk, f"sort={sort}") == expected


def test_the_longest_round_trip_comes_first() -> None:
    talk = Conversation()
    for conn, seconds in ((1, 0.001), (2, 0.003), (3, 0.002)):
        talk.greet(conn)
        talk.now_ns += round(seconds * 1e9)
        talk.say(conn, b"CONNECT {}\r\n")

    assert cids(talk, "sort=rtt") == [6, 7, 5]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=2", [5, 6]),
        ("offset=1&limit=1", [6]),
        ("offset=2", [7]),
        ("offset=9", []),
        ("offset=-1", [5, 6, 7]),
        ("limit=0", [5, 6, 7]),
        ("limit=-5", [5, 6, 7]),
        ("cid=6", [6]),
        ("cid=99", []),
        ("cid=6&offset=1", []),
        ("user=nobody", []),
        ("mqtt_client=x", []),
    ],
)
def test_a_page_or_one_connection_is_chosen(query: str, expected: list[int]) -> None:
    assert cids(traffic(), query) == expected


def test_the_total_knows_nothing_of_pages_and_users() -> None:
    answer = get_json(traffic(), "/connz?cid=6&user=x&limit=2")

    assert (answer["total"], answer["num_connections"], answer["limit"]) == (3, 1, 1)


def test_subscriptions_are_listed_by_subject_or_in_detail() -> None:
    talk = Conversation()
    talk.join(1, b"SUB foo 1\r\nSUB bar q 2\r\nUNSUB 2 9\r\nPUB bar 0\r\n\r\n")

    (listed,) = get_json(talk, "/connz?subs=1")["connections"]
    (detailed,) = get_json(talk, "/connz?subs=DETAIL")["connections"]

    assert listed["subscriptions_list"] == ["foo", "bar"]
    assert detailed["subscriptions_list_detail"] == [
        {"subject": "foo", "sid": "1", "msgs": 0, "cid": 5},
        {"subject": "bar", "qgroup": "q", "sid": "2", "msgs": 1, "max": 9, "cid": 5},
    ]


def test_no_subscriptions_are_no_list() -> None:
    talk = Conversation()
    talk.join(1)

    (connection,) = get_json(talk, "/connz?subs=1")["connections"]

    assert "subscriptions_list" not in connection


def test_a_closed_connection_tells_when_and_why() -> None:
    talk = Conversation()
    talk.join(1, b"SUB foo 1\r\n")
    talk.pass_to(1.5)
    talk.leave(1)
    talk.pass_to(100)

    (closed,) = get_json(talk, "/connz?state=closed&subs=detail")["connections"]

    assert (closed["stop"], closed["reason"]) == ("1970-01-01T00:00:01.5Z", "Client Closed")
    assert (closed["uptime"], closed["idle"], closed["subscriptions"]) == ("1s", "1s", 1)
    assert closed["subscriptions_list_detail"] == [
        {
            "account": "$G",
            "account_tag": "$G",
            "subject": "foo",
            "sid": "1",
            "msgs": 0,
            "cid": 5,
        }
    ]


def test_closed_ones_are_sorted_by_the_end_or_its_reason() -> None:
    talk = Conversation()
    for conn in (1, 2, 3):
        talk.join(conn)
    talk.pass_to(1)
    talk.tell(Disconnected(2, "connection reset by peer"))
    talk.pass_to(2)
    talk.leave(1)
    talk.pass_to(3)
    talk.say(3, b"FOO\r\n")

    reasons = [
        each["reason"] for each in get_json(talk, "/connz?state=closed&sort=reason")["connections"]
    ]

    assert cids(talk, "state=closed&sort=stop") == [7, 5, 6]
    assert reasons == ["Client Closed", "Protocol Violation", "Read Error"]
    assert reasons[2] == CloseReason.READ_ERROR


@pytest.mark.parametrize(
    ("query", "expected", "total"),
    [
        ("", [6], 1),
        ("state=OPEN", [6], 1),
        ("state=closed", [5], 1),
        ("state=any", [5, 6], 2),
        ("state=all&sort=uptime", [5, 6], 2),
        ("state=any&cid=5", [5], 2),
        ("state=any&cid=6", [6], 2),
        ("cid=5", [], 1),
        ("state=closed&cid=6", [], 1),
    ],
)
def test_open_and_closed_ones_are_asked_for_apart_or_together(
    query: str, expected: list[int], total: int
) -> None:
    talk = Conversation()
    talk.join(1)
    talk.join(2)
    talk.pass_to(1)
    talk.leave(1)
    talk.pass_to(5)

    assert cids(talk, query) == expected
    assert get_json(talk, f"/connz?{query}")["total"] == total


def test_as_many_closed_ones_are_kept_as_the_options_say() -> None:
    talk = Conversation(Options(max_closed_clients=2))
    for conn in (1, 2, 3):
        talk.join(conn)
        talk.leave(conn)

    assert cids(talk, "state=closed") == [6, 7]


def test_who_they_are_is_told_only_if_asked_for() -> None:
    talk = Conversation(TWO_ACCOUNTS)
    talk.greet(1)
    talk.say(1, login("a"))
    talk.greet(2)
    talk.say(2, login("g"))
    keys = ("authorized_user", "account", "name_tag")

    found = get_json(talk, "/connz?auth=1")["connections"]
    silent = get_json(talk, "/connz")["connections"]

    assert [[each.get(key) for key in keys] for each in found] == [
        ["a", "A", "A"],
        ["g", None, "$G"],
    ]
    assert all(key not in each for each in silent for key in keys)


def test_who_was_refused_is_shown_as_whom_it_came() -> None:
    talk = Conversation(TWO_ACCOUNTS)
    talk.greet(1)
    talk.say(1, b'CONNECT {"user":"a","pass":"wrong"}\r\n')

    (closed,) = get_json(talk, "/connz?state=closed&auth=1")["connections"]

    assert (closed["authorized_user"], closed["reason"]) == ("a", "Authentication Failure")
    assert "name_tag" not in closed


@pytest.mark.parametrize(
    ("query", "expected", "total"),
    [
        ("acc=A", [5], 1),
        ("acc=B", [6], 1),
        ("acc=$G", [7], 1),
        ("user=b", [6], 3),
        ("acc=A&user=b", [], 1),
        ("acc=A&cid=6", [6], 1),
        ("acc=$SYS", [], 0),
    ],
)
def test_an_account_or_a_user_is_chosen(query: str, expected: list[int], total: int) -> None:
    talk = Conversation(TWO_ACCOUNTS)
    for conn, name in ((1, "a"), (2, "b"), (3, "g")):
        talk.greet(conn)
        talk.say(conn, login(name))

    assert cids(talk, query) == expected
    assert get_json(talk, f"/connz?{query}")["total"] == total


def test_closed_ones_of_the_global_account_cannot_be_chosen_by_it() -> None:
    talk = Conversation(TWO_ACCOUNTS)
    for conn, name in ((1, "a"), (2, "g")):
        talk.greet(conn)
        talk.say(conn, login(name))
        talk.leave(conn)

    assert cids(talk, "state=closed&acc=A") == [5]
    assert cids(talk, "state=closed&acc=$G") == []


def test_an_unknown_account_has_no_connections_at_all() -> None:
    answer = get_json(Conversation(), "/connz?acc=nope")

    assert (answer["connections"], answer["server_id"], answer["total"]) == (None, "", 0)


def test_tls_is_told_and_the_certificate_if_asked_for() -> None:
    certificate = PeerCertificate((), "CN=a", "11", "22")
    talk = Conversation(Options(tls=TlsOptions()))
    talk.greet(1, tls=TlsSession("1.3", "TLS_AES_128_GCM_SHA256", True, certificate))

    (connection,) = get_json(talk, "/connz?auth=1")["connections"]

    assert {key: value for key, value in connection.items() if key.startswith("tls")} == {
        "tls_version": "1.3",
        "tls_cipher_suite": "TLS_AES_128_GCM_SHA256",
        "tls_peer_certs": [{"subject": "CN=a", "spki_sha256": "11", "cert_sha256": "22"}],
        "tls_first": True,
    }


def test_a_websocket_is_of_another_type() -> None:
    talk = Conversation()
    talk.greet(1, ConnectionKind.WEBSOCKET)

    (connection,) = get_json(talk, "/connz")["connections"]

    assert (connection["kind"], connection["type"]) == ("Client", "websocket")


def test_bytes_that_are_no_text_become_text() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a\xff 1\r\n")

    (connection,) = get_json(talk, "/connz?subs=1")["connections"]

    assert connection["subscriptions_list"] == ["a\ufffd"]


def test_a_request_on_sys_has_the_same_options_as_json() -> None:
    talk = traffic()
    talk.leave(1)
    options = {
        "sort": "subs",
        "subscriptions": True,
        "limit": 1,
        "acc": "$G",
        "filter_subject": "bar.>",
    }

    answer = ask(talk.broker._state, "CONNZ", json.dumps(options).encode(), ProcessStatistics())
    closed = ask(talk.broker._state, "CONNZ", b'{"state":1}', ProcessStatistics())

    assert [each["subscriptions_list"] for each in _list(answer["connections"])] == [
        ["foo", "bar.*"]
    ]
    assert [each["cid"] for each in _list(closed["connections"])] == [5]


def test_a_request_on_sys_may_have_no_options() -> None:
    answer = ask(traffic().broker._state, "CONNZ", b"", ProcessStatistics())

    assert answer["total"] == 3


def test_a_subject_is_filtered_for_only_within_an_account() -> None:
    with pytest.raises(BadRequest, match="filter by subject only valid with account filtering"):
        ask(traffic().broker._state, "CONNZ", b'{"filter_subject":"a"}', ProcessStatistics())


@pytest.mark.parametrize("text", [b'{"state":"open"}', b'{"auth":1}', b"[", b'{"cid":-1}'])
def test_options_of_a_wrong_type_are_refused(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        ask(traffic().broker._state, "CONNZ", text, ProcessStatistics())


def _list(value: object) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(json.dumps(value))
    return listed
