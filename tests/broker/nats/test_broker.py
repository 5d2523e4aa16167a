"""The broker as one state machine: several clients, limits, time."""

from base64 import b32decode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.effects import (
    Abort,
    Close,
    CloseReason,
    PauseReading,
    ResumeReading,
    Send,
)
from natsim.broker.nats.nkey import KeyKind, encode_public_key
from natsim.broker.nats.options import Options
from natsim.broker.nats.quote import quoted_bytes

from .conversation import QUIET, Conversation, without_info
from .test_parser import streams


def test_the_greeting_has_nats_servers_keys_in_its_order() -> None:
    talk = Conversation(Options(host="127.0.0.1", port=4222, server_name="n1"))

    greeting = talk.greet(1)

    assert greeting.startswith(b'INFO {"server_id":"N')
    assert greeting.endswith(
        b'"server_name":"n1","version":"2.15.1","proto":1,"go":"test","host":"127.0.0.1",'
        b'"port":4222,"headers":true,"max_payload":1048576,"client_id":5,'
        b'"client_ip":"127.0.0.1","api_lvl":5} \r\n'
    )


def test_the_greeting_escapes_what_html_would_read() -> None:
    talk = Conversation(Options(server_name="a<b>&\u2028\x7f"))

    greeting = talk.greet(1)

    assert b'"server_name":"a\\u003cb\\u003e\\u0026\\u2028\x7f",' in greeting


def test_client_ids_count_up_and_are_never_used_again() -> None:
    talk = Conversation()
    talk.greet(1)
    talk.leave(1)

    assert b'"client_id":6' in talk.greet(2)


@given(pieces=st.lists(streams, max_size=4))
def test_no_bytes_a_client_sends_can_raise(pieces: list[bytes]) -> None:
    talk = Conversation()
    talk.greet(1)
    for piece in pieces:
        talk.say(1, piece or b"\0")

    talk.leave(1)
    assert talk.greet(2) != b""


def test_one_event_gives_one_send_per_connection_and_the_close_comes_last() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2)
    talk.say(2, b"PUB a 1\r\nx\r\n" * 5 + b"PING\r\nnonsense\r\n")

    kinds = [type(effect) for effect in talk.effects if not hasattr(effect, "level")]
    assert kinds == [Send, Send, Close]


def test_a_message_crosses_to_another_client() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a.* 7\r\n")
    talk.join(2, b"PUB a.b c 2\r\nhi\r\n")

    assert talk.heard(1) == b"MSG a.b 7 c 2\r\nhi\r\n"


def test_headers_are_cut_for_a_client_that_takes_none() -> None:
    talk = Conversation()
    talk.greet(1)
    talk.say(1, b'CONNECT {"verbose":false}\r\nSUB a 1\r\n')
    talk.join(2, b"HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n")

    assert talk.heard(1) == b"MSG a 1 2\r\nhi\r\n"


def test_a_client_that_left_gets_nothing_and_is_in_nobodys_way() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a 1\r\n")
    talk.leave(1)
    talk.join(2)

    answer = talk.say(2, b"SUB r 1\r\nPUB a r 0\r\n\r\n")

    assert talk.heard(1) == b""
    assert answer.startswith(b"HMSG r 1 33 33\r\nNATS/1.0 503\r\n")


# Repeated lines are compiled: what a client sees must not change by it.


@pytest.mark.parametrize("cut", [1, 3, 12, 13, 14, 30])
def test_repeated_lines_are_delivered_alike_at_any_cut(cut: int) -> None:
    stream = b"PUB a 3\r\nabc\r\n" * 4 + b"PUB a 3\r\nxyz\r\n" * 3 + b"PING\r\n"
    talk = Conversation()
    talk.join(1, b"SUB a 1\r\nSUB a q 2\r\n")
    talk.join(2)
    answer = b"".join(talk.say(2, stream[i : i + cut]) for i in range(0, len(stream), cut))

    assert talk.heard(1) == b"".join(
        b"MSG a %d 3\r\n%b\r\n" % (sid, text)
        for text in [b"abc"] * 4 + [b"xyz"] * 3
        for sid in (1, 2)
    )
    assert answer == b"PONG\r\n"


@pytest.mark.parametrize("line", [b"PUB a  1\r\n", b"pub\ta 1\r\n", b"PUB a 1 \r\n", b"PUB a 01\n"])
def test_a_repeated_line_may_be_written_in_any_way(line: bytes) -> None:
    size = line.split()[-1]
    talk = Conversation()
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2, (line + b"x\r\n") * 6)

    assert talk.heard(1) == b"MSG a 1 %b\r\nx\r\n" % size * 6


@pytest.mark.parametrize("sizes", [b"12 14", b"12  14", b"012 0014", b"12\t14", b"12 14 "])
def test_a_repeated_line_with_headers_may_be_written_in_any_way(sizes: bytes) -> None:
    talk = Conversation()
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2, b"HPUB a %b\r\nNATS/1.0\r\n\r\nhi\r\n" % sizes * 6)

    assert talk.heard(1) == b"HMSG a 1 %b\r\nNATS/1.0\r\n\r\nhi\r\n" % b" ".join(sizes.split()) * 6


def test_headers_that_repeat_are_cut_for_those_who_take_none() -> None:
    talk = Conversation()
    talk.greet(1)
    talk.say(1, b'CONNECT {"verbose":false}\r\nSUB a 1\r\n')
    talk.join(2, b"SUB a 1\r\n")
    talk.join(3, b"HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n" * 6)

    assert talk.heard(1) == b"MSG a 1 2\r\nhi\r\n" * 6
    assert talk.heard(2) == b"HMSG a 1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n" * 6


def test_a_receiver_that_turns_headers_on_sees_the_next_that_repeat() -> None:
    talk = Conversation()
    talk.greet(1)
    talk.say(1, b"SUB a 1\r\n")
    talk.join(2, b"HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n" * 6)
    talk.heard(1)

    talk.say(1, QUIET)
    talk.say(2, b"HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\n" * 3)

    assert talk.heard(1) == b"HMSG a 1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n" * 3


def test_a_new_subscription_sees_the_next_repeated_line() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2, b"PUB a 0\r\n\r\n" * 5)
    talk.join(3, b"SUB * 1\r\n")
    talk.say(2, b"PUB a 0\r\n\r\n" * 2)

    assert talk.heard(3) == b"MSG a 1 0\r\n\r\n" * 2


def test_a_limit_set_between_repeated_lines_holds() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2, b"PUB a 0\r\n\r\n" * 5)
    talk.say(1, b"UNSUB 1 7\r\n")
    talk.say(2, b"PUB a 0\r\n\r\n" * 5)

    assert talk.heard(1) == b"MSG a 1 0\r\n\r\n" * 2


def test_two_subscriptions_of_one_client_see_a_run_message_by_message() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a 1\r\nSUB * 2\r\n")
    talk.join(2, b"PUB a 1\r\n0\r\n" * 3)
    talk.heard(1)
    talk.say(2, b"PUB a 1\r\n1\r\nPUB a 1\r\n2\r\n")

    assert talk.heard(1) == b"".join(
        b"MSG a %d 1\r\n%d\r\n" % (sid, number) for number in (1, 2) for sid in (1, 2)
    )


def test_a_client_that_turns_echo_off_hears_no_more_of_itself() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a 1\r\n" + b"PUB a 0\r\n\r\n" * 3)
    talk.say(1, b'CONNECT {"echo":false}\r\nSUB a 1\r\n')

    assert talk.say(1, b"PUB a 0\r\n\r\n" * 3) == b""


def test_a_client_that_turns_verbose_on_is_confirmed_each_repeated_line() -> None:
    talk = Conversation()
    talk.join(1, b"PUB a 0\r\n\r\n" * 3)
    talk.say(1, b'CONNECT {"verbose":true}\r\n')

    assert talk.say(1, b"PUB a 0\r\n\r\n" * 3) == b"+OK\r\n" * 3


# Queue groups.


def test_the_members_of_a_group_share_by_the_draw() -> None:
    talk = Conversation()
    for conn in (1, 2, 3):
        talk.join(conn, b"SUB a q 1\r\n")
    talk.join(4)
    talk.broker._delivery._draw = _draws([2, 0, 1, 1])
    for number in range(4):
        talk.say(4, b"PUB a 1\r\n%d\r\n" % number)

    assert [talk.heard(conn) for conn in (1, 2, 3)] == [
        b"MSG a 1 1\r\n1\r\n",
        b"MSG a 1 1\r\n2\r\nMSG a 1 1\r\n3\r\n",
        b"MSG a 1 1\r\n0\r\n",
    ]


def test_one_queue_name_is_one_group_whatever_the_pattern() -> None:
    talk = Conversation()
    for conn, pattern in enumerate([b"w.*", b"w.x", b"w.>"], start=1):
        talk.join(conn, b"SUB %b g 1\r\n" % pattern)
    talk.join(4, b"PUB w.x 0\r\n\r\n" * 30)

    assert sum(talk.heard(conn).count(b"MSG") for conn in (1, 2, 3)) == 30


def test_a_member_that_is_done_passes_on_to_the_others() -> None:
    talk = Conversation()
    talk.join(1, b"SUB a q 1\r\nUNSUB 1 3\r\n")
    talk.join(2, b"SUB a q 1\r\n")
    talk.join(3, b"PUB a 0\r\n\r\n" * 10)

    assert [talk.heard(conn).count(b"MSG") for conn in (1, 2)] == [3, 7]


def test_a_publisher_without_echo_leaves_its_groups_messages_to_the_others() -> None:
    talk = Conversation()
    talk.greet(1)
    talk.say(1, b'CONNECT {"verbose":false,"pedantic":false,"echo":false}\r\nSUB a q 1\r\n')
    talk.join(2, b"SUB a q 1\r\n")
    talk.say(1, b"PUB a 0\r\n\r\n" * 4)

    assert talk.heard(2).count(b"MSG") == 4


# Limits.


def test_a_connection_too_many_is_greeted_and_refused() -> None:
    talk = Conversation(Options(max_connections=1))
    talk.greet(1)

    heard = talk.greet(2)

    assert without_info(heard) == b"<INFO>-ERR 'maximum connections exceeded'\r\n"
    assert talk.closed[2] == Close(2, CloseReason.MAX_CONNECTIONS_EXCEEDED)


def test_a_subscription_too_many_is_refused_even_for_a_sid_in_use() -> None:
    talk = Conversation(Options(max_subscriptions=2))
    talk.join(1)

    answer = talk.say(1, b"SUB a 1\r\nSUB b 2\r\nSUB a 1\r\nPING\r\n")

    assert answer == b"-ERR 'maximum subscriptions exceeded'\r\nPONG\r\n"


def test_a_slow_consumer_is_cut_without_a_word() -> None:
    talk = Conversation(Options(max_payload=1000, max_pending=4000))
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2)
    for _ in range(4):
        talk.say(2, b"PUB a 1000\r\n" + b"x" * 1000 + b"\r\n")

    assert talk.closed[1] == Abort(1, CloseReason.SLOW_CONSUMER_PENDING_BYTES)
    assert talk.say(2, b"PING\r\n") == b"PONG\r\n"


def test_a_consumer_that_drains_is_not_slow() -> None:
    talk = Conversation(Options(max_payload=1000, max_pending=4000))
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2)
    for _ in range(10):
        talk.say(2, b"PUB a 1000\r\n" + b"x" * 1000 + b"\r\n")
        talk.drain(1, 0)

    assert talk.closed == {}


def test_a_slow_consumer_is_cut_in_the_middle_of_a_run() -> None:
    talk = Conversation(Options(max_payload=1000, max_pending=4000))
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2, b"SUB a 1\r\n")
    talk.join(3)
    for _ in range(3):
        talk.say(3, b"PUB a 10\r\n" + b"x" * 10 + b"\r\n")
    for _ in range(20):
        talk.say(3, (b"PUB a 10\r\n" + b"x" * 10 + b"\r\n") * 20)
        talk.drain(2, 0)

    assert list(talk.closed) == [1]
    assert talk.heard(2).count(b"MSG") == 403


def test_a_publisher_to_a_congested_receiver_is_read_again_after_ten_milliseconds() -> None:
    talk = Conversation(Options(max_payload=1000, max_pending=4000))
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2)
    for _ in range(3):
        talk.say(2, b"PUB a 1000\r\n" + b"x" * 1000 + b"\r\n")
    paused = [effect for effect in talk.effects if isinstance(effect, PauseReading)]
    talk.pass_to(0.009)
    early = [effect for effect in talk.effects if isinstance(effect, ResumeReading)]
    talk.pass_to(0.010)

    assert (paused, early) == ([PauseReading(2)], [])
    assert talk.effects == [ResumeReading(2)]


# Time.


def test_the_first_ping_comes_two_seconds_after_connect() -> None:
    talk = Conversation()
    talk.join(1)
    talk.pass_to(1.999)
    before = talk.heard(1)
    talk.pass_to(2.4)

    assert (before, talk.heard(1)) == (b"", b"PING\r\n")


def test_without_connect_the_first_ping_waits_for_the_interval() -> None:
    talk = Conversation()
    talk.greet(1)
    talk.pass_to(119.9)
    before = talk.heard(1)
    talk.pass_to(120)

    assert (before, talk.heard(1)) == (b"", b"PING\r\n")


def test_a_client_that_never_answers_is_stale_after_one_interval_more_than_pings() -> None:
    talk = Conversation(Options(ping_interval_ns=10**9, ping_max=2))
    talk.join(1)
    talk.pass_to(3.5)

    assert talk.heard(1) == b"PING\r\nPING\r\n-ERR 'Stale Connection'\r\n"
    assert talk.closed[1] == Close(1, CloseReason.STALE_CONNECTION)


def test_a_client_that_answers_is_pinged_on() -> None:
    talk = Conversation(Options(ping_interval_ns=10**9, ping_max=2))
    talk.join(1)
    for second in range(1, 10):
        talk.pass_to(second + 0.5)
        talk.say(1, b"PONG\r\n")

    assert talk.closed == {}


def test_a_busy_client_is_pinged_once_to_measure_and_no_more() -> None:
    talk = Conversation(Options(ping_interval_ns=10**9))
    talk.join(1)
    heard = b""
    for tenth in range(1, 100):
        talk.pass_to(tenth / 10)
        heard += talk.say(1, b"PUB a 0\r\n\r\nPONG\r\n")

    assert heard == b"PING\r\n"


def test_nothing_is_due_once_all_clients_left() -> None:
    talk = Conversation()
    talk.join(1)
    talk.leave(1)

    assert talk.broker.deadline() is None


# What is written.


def test_a_quoted_text_is_escaped_as_go_does() -> None:
    assert quoted_bytes(b"a'\"\\\n\x01\x7f\xff\xe2\x80\xa8\xc3\xa9\xf0\x9f\x98\x80") == (
        b'"a\'\\"\\\\\\n\\x01\\x7f\\xff\\u2028\xc3\xa9\xf0\x9f\x98\x80"'
    )


def test_a_server_key_is_written_as_nats_server_writes_its_own() -> None:
    seen = "NAOHYDHTWPI2KKKZSRD7LFCNP7HNZK22A3FYEVVPFJD5JJOJN747RLHW"  # a nats-server 2.15.1

    assert encode_public_key(KeyKind.SERVER, b32decode(seen)[1:33]) == seen


def test_the_same_events_and_draws_give_the_same_bytes() -> None:
    heard: list[bytes] = []
    for _ in range(2):
        talk = Conversation(draws=list(range(64)))
        talk.join(1, b"SUB a q 1\r\n")
        talk.join(2, b"SUB a q 1\r\n")
        talk.join(3, b"PUB a 1\r\nx\r\n" * 20)
        heard.append(talk.heard(1) + b"|" + talk.heard(2))

    assert heard[0] == heard[1]


def _draws(values: list[int]) -> Callable[[int], int]:
    return lambda n: values.pop(0) % n
