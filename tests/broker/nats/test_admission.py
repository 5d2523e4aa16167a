"""From a connection's first byte to a client that may do things."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from tests.credentials import (
    ISSUED_S,
    account_jwt,
    account_signer,
    operator_jwt,
    operator_signer,
    user_jwt,
    user_signer,
)

from natsim.broker.effects import (
    Abort,
    Close,
    CloseReason,
    Exit,
    Note,
    PauseReading,
    ResumeReading,
    StartTls,
    StopListening,
    Verify,
)
from natsim.broker.events import ConnectionKind, LameDuck, Reload, Stop, TlsSession
from natsim.broker.nats.nkey import KeyKind, Seed, public_key, sign
from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    OperatorOptions,
    Options,
    TlsOptions,
    UserOptions,
    WebsocketOptions,
)
from natsim.broker.now import SECOND_NS

from .conversation import Conversation, without_info

VIOLATION = b"-ERR 'Authorization Violation'\r\n"
BCRYPT = "$2a$11$ooo"
TLS = TlsSession("1.3", "TLS_AES_128_GCM_SHA256", False, None)

TOKEN = AuthorizationOptions(token="s3cr3t")
SINGLE = AuthorizationOptions(user="ann", password="p")
HASHED = AuthorizationOptions(user="ann", password=BCRYPT)
USERS = AuthorizationOptions(
    users=(
        UserOptions(name="ann", password="p"),
        UserOptions(name="bob", password="q", account="B"),
    )
)


def talk_with(authorization: AuthorizationOptions, **more: object) -> Conversation:
    options = Options(authorization=authorization, accounts=(AccountOptions(name="B"),))
    return Conversation(replace(options, **more))  # type: ignore[arg-type]


def connect(**fields: object) -> bytes:
    return b"CONNECT %b\r\nPING\r\n" % json.dumps({"verbose": False, **fields}).encode()


def reason(talk: Conversation, conn: int = 1) -> CloseReason:
    return talk.closed[conn].reason


@pytest.mark.parametrize(
    ("authorization", "fields"),
    [
        (TOKEN, {"auth_token": "s3cr3t"}),
        (SINGLE, {"user": "ann", "pass": "p"}),
        (USERS, {"user": "bob", "pass": "q"}),
    ],
)
def test_the_right_credentials_are_let_in(
    authorization: AuthorizationOptions, fields: dict[str, object]
) -> None:
    talk = talk_with(authorization)
    greeting = talk.greet(1)

    assert b'"auth_required":true' in greeting
    assert talk.say(1, connect(**fields)) == b"PONG\r\n"


@pytest.mark.parametrize(
    ("authorization", "fields", "log"),
    [
        (TOKEN, {"auth_token": "other"}, 'authentication error - Token "[REDACTED]"'),
        (TOKEN, {}, "authentication error"),
        (SINGLE, {"user": "ann", "pass": "x"}, 'authentication error - User "ann"'),
        (USERS, {"user": "eve", "pass": "p"}, 'authentication error - User "eve"'),
    ],
)
def test_other_credentials_are_an_authorization_violation(
    authorization: AuthorizationOptions, fields: dict[str, object], log: str
) -> None:
    talk = talk_with(authorization)
    talk.greet(1)

    assert talk.say(1, connect(**fields)) == VIOLATION
    assert reason(talk) is CloseReason.AUTHENTICATION_FAILURE
    notes = [effect.text for effect in talk.effects if isinstance(effect, Note)]
    assert notes[0].endswith(log)


@pytest.mark.parametrize("first", [b"PING\r\n", b"junk\r\n", b"\r\n", b"\x16\x03\x01"])
def test_any_first_byte_but_c_is_an_authorization_violation(first: bytes) -> None:
    talk = talk_with(TOKEN)
    talk.greet(1)

    assert talk.say(1, first) == VIOLATION


def test_c_and_garbage_is_an_unknown_operation() -> None:
    talk = talk_with(TOKEN)
    talk.greet(1)

    assert talk.say(1, b"Cjunk\r\n") == b"-ERR 'Unknown Protocol Operation'\r\n"


def test_who_says_nothing_is_timed_out_after_two_seconds() -> None:
    talk = talk_with(TOKEN)
    talk.greet(1)
    talk.say(1, b"CONN")
    talk.pass_to(1.9)
    assert 1 not in talk.closed

    talk.pass_to(2.0)

    assert talk.heard(1) == b"-ERR 'Authentication Timeout'\r\n"
    assert reason(talk) is CloseReason.AUTHENTICATION_TIMEOUT


def test_with_tls_there_is_its_timeout_and_a_second_more() -> None:
    talk = talk_with(TOKEN, tls=TlsOptions(timeout_ns=3 * SECOND_NS))
    talk.greet(1)
    talk.pass_to(1)
    talk.secure(1, TLS)
    talk.pass_to(4.9)
    assert 1 not in talk.closed

    talk.pass_to(5.1)

    assert reason(talk) is CloseReason.AUTHENTICATION_TIMEOUT


def test_an_open_server_waits_for_ever() -> None:
    talk = Conversation(Options(ping_interval_ns=1000 * SECOND_NS))
    talk.greet(1)

    talk.pass_to(900)

    assert 1 not in talk.closed


def test_a_hash_is_verified_and_nothing_is_parsed_meanwhile() -> None:
    talk = talk_with(HASHED)
    talk.greet(1)
    asked = talk.say(1, connect(user="ann", **{"pass": "p"}))
    kinds = [type(effect) for effect in talk.effects]
    more = talk.say(1, b"PING\r\n")

    assert (asked, more) == (b"", b"")
    assert kinds == [PauseReading, Verify]


@pytest.mark.parametrize(("is_right", "answer"), [(True, b"PONG\r\nPONG\r\n"), (False, VIOLATION)])
def test_a_verified_password_lets_the_client_go_on(is_right: bool, answer: bytes) -> None:
    talk = talk_with(HASHED)
    talk.greet(1)
    talk.say(1, connect(user="ann", **{"pass": "p"}) + b"PI")
    asking = talk.effects
    talk.say(1, b"NG\r\n")
    talk.effects = asking

    assert talk.verify(1, is_right) == answer
    assert any(isinstance(effect, ResumeReading | Close) for effect in talk.effects)


def test_a_client_that_leaves_while_its_password_is_verified_is_forgotten() -> None:
    talk = talk_with(HASHED)
    talk.greet(1)
    talk.say(1, connect(user="ann", **{"pass": "p"}))
    asking = talk.effects
    talk.leave(1)
    talk.effects = asking

    assert talk.verify(1, is_right=True) == b""


def test_an_nkey_signs_the_nonce() -> None:
    seed = Seed(KeyKind.USER, bytes(range(32)))
    key = public_key(seed)
    talk = talk_with(AuthorizationOptions(users=(UserOptions(nkey=key),)))
    nonce = json.loads(talk.greet(1)[5:])["nonce"]
    signature = urlsafe_b64encode(sign(seed, nonce.encode())).rstrip(b"=").decode()

    assert len(nonce) == 15
    assert talk.say(1, connect(nkey=key, sig=signature)) == b"PONG\r\n"


def test_the_user_of_those_without_credentials_need_not_connect() -> None:
    users = (UserOptions(name="ann", password="p"),)
    talk = talk_with(AuthorizationOptions(users=users, no_auth_user="ann"))
    greeting = talk.greet(1)

    assert b"auth_required" not in greeting
    assert talk.say(1, b"PING\r\nPUB foo 1\r\nx\r\n") == b"PONG\r\n+OK\r\n"


def test_accounts_do_not_hear_each_other() -> None:
    talk = talk_with(USERS)
    for conn, fields in ((1, {"user": "ann", "pass": "p"}), (2, {"user": "bob", "pass": "q"})):
        talk.greet(conn)
        talk.say(conn, connect(**fields))
    talk.say(1, b"SUB a 1\r\n")

    talk.say(2, b"PUB a 1\r\nx\r\n")

    assert talk.heard(1) == b""


def test_a_second_connect_with_other_credentials_is_refused() -> None:
    talk = talk_with(USERS)
    talk.greet(1)
    talk.say(1, connect(user="ann", **{"pass": "p"}))

    assert talk.say(1, connect(user="ann", **{"pass": "x"})) == VIOLATION


def test_the_second_info_names_the_account() -> None:
    talk = talk_with(USERS)
    talk.greet(1)

    answer = talk.say(1, connect(user="bob", protocol=1, **{"pass": "q"}))

    assert b'"auth_required":true' in answer
    assert b'"connect_info":true,"remote_account":"B"' in answer


def test_the_log_names_software_account_and_user() -> None:
    talk = talk_with(USERS)
    talk.greet(1)
    fields = {"user": "bob", "pass": "q", "name": "n", "lang": "py", "version": "1"}
    talk.say(1, connect(**fields))

    talk.say(1, b"junk\r\n")

    note = next(effect for effect in talk.effects if isinstance(effect, Note))
    assert note.text.startswith('127.0.0.1:50001 - cid:5 - "v1:py:n" - "B/user:bob" - ')


def test_a_client_whose_jwt_expires_is_told_and_sent_away() -> None:
    operator, account, user = operator_signer(), account_signer("A"), user_signer("u")
    start_ns = ISSUED_S * SECOND_NS
    talk = Conversation(
        Options(
            authorization=AuthorizationOptions(
                operator=OperatorOptions(
                    operators=(operator_jwt(operator),),
                    accounts=((account.public, account_jwt(operator, account)),),
                )
            )
        ),
        wall_ns=start_ns,
    )
    nonce = json.loads(talk.greet(1)[5:])["nonce"]
    signature = urlsafe_b64encode(user.sign(nonce)).rstrip(b"=").decode()
    jwt = user_jwt(account, user, expires_s=ISSUED_S + 5)
    assert talk.say(1, connect(jwt=jwt, sig=signature)) == b"PONG\r\n"

    talk.pass_to(5)

    assert talk.heard(1).endswith(b"-ERR 'User Authentication Expired'\r\n")
    assert reason(talk) is CloseReason.AUTHENTICATION_EXPIRED


# TLS.


def test_tls_follows_the_greeting() -> None:
    talk = Conversation(Options(tls=TlsOptions(verify=True)))
    greeting = talk.greet(1)

    assert b'"tls_required":true,"tls_verify":true,"max_payload"' in greeting
    assert StartTls(1, is_optional=False) in talk.effects


def test_tls_that_is_optional_is_announced_so() -> None:
    talk = Conversation(Options(tls=TlsOptions(allow_non_tls=True)))
    greeting = talk.greet(1)

    assert b'"tls_available":true' in greeting
    assert StartTls(1, is_optional=True) in talk.effects
    assert talk.say(1, connect()) == b"PONG\r\n"


def test_a_handshake_that_does_not_come_ends_the_connection_without_a_word() -> None:
    talk = Conversation(Options(tls=TlsOptions()))
    talk.greet(1)

    talk.pass_to(2)

    assert talk.heard(1) == b""
    assert talk.closed[1] == Abort(1, CloseReason.TLS_HANDSHAKE_FAILURE)


def test_more_handshakes_in_a_second_than_the_limit_are_refused() -> None:
    talk = Conversation(Options(tls=TlsOptions(connection_rate_limit=2)))
    for conn in (1, 2, 3):
        talk.greet(conn)
    talk.pass_to(1.5)
    talk.greet(4)

    assert talk.closed[3] == Close(3, CloseReason.MAX_CONNECTIONS_EXCEEDED)
    assert sorted(talk.closed) == [3]


def test_who_is_one_too_many_for_a_second_is_told_so() -> None:
    talk = Conversation(Options(tls=TlsOptions(connection_rate_limit=1)))
    talk.greet(1)

    refused = talk.greet(2)

    assert refused.endswith(b"-ERR 'Connection throttling is active. Please try again later.'\r\n")


def test_tls_that_came_first_needs_no_other() -> None:
    talk = Conversation(Options(tls=TlsOptions()))
    talk.greet(1, tls=TLS)

    assert not any(isinstance(effect, StartTls) for effect in talk.effects)


def test_a_websocket_is_told_of_its_own_listener() -> None:
    websocket = WebsocketOptions(host="1.2.3.4", port=80)
    talk = Conversation(Options(tls=TlsOptions(), websocket=websocket))

    greeting = talk.greet(1, ConnectionKind.WEBSOCKET)

    assert b'"host":"1.2.3.4","port":80' in greeting
    assert b"tls_required" not in greeting


# The end.


def test_lame_duck_mode_tells_the_clients_and_lets_them_go_one_by_one() -> None:
    talk = Conversation(Options(lame_duck_duration_ns=12 * SECOND_NS))
    for conn in (1, 2):
        talk.join(conn)
        talk.say(conn, connect(protocol=1))
    talk.join(3)

    talk.tell(LameDuck())
    told = [without_info(talk.heard(conn)) for conn in (1, 2, 3)]
    stopped = StopListening() in talk.effects
    talk.pass_to(9.9)
    before = dict(talk.closed)
    talk.pass_to(15)

    assert (told, stopped, before) == ([b"<INFO>", b"<INFO>", b""], True, {})
    assert [close.reason for close in talk.closed.values()] == [CloseReason.SERVER_SHUTDOWN] * 3
    assert Exit(0) in talk.effects


def test_lame_duck_mode_without_clients_is_the_end() -> None:
    talk = Conversation()

    talk.tell(LameDuck())

    assert Exit(0) in talk.effects


def test_to_stop_is_to_close_every_connection() -> None:
    talk = Conversation()
    talk.join(1)

    talk.tell(Stop())

    assert talk.closed[1] == Close(1, CloseReason.SERVER_SHUTDOWN)
    assert talk.effects[-1] == Exit(0)


# Reload.


def test_a_user_that_is_gone_after_a_reload_is_sent_away_without_a_word() -> None:
    talk = talk_with(USERS)
    talk.greet(1)
    talk.say(1, connect(user="ann", **{"pass": "p"}))

    left = replace(USERS, users=USERS.users[1:])
    talk.tell(Reload(Options(authorization=left, accounts=(AccountOptions(name="B"),))))

    assert talk.heard(1) == b""
    assert 1 in talk.closed


def test_a_password_that_changed_is_an_authorization_violation() -> None:
    talk = talk_with(USERS)
    talk.greet(1)
    talk.say(1, connect(user="ann", **{"pass": "p"}))

    changed = replace(USERS, users=(UserOptions(name="ann", password="new"),))
    talk.tell(Reload(Options(authorization=changed)))

    assert talk.heard(1) == VIOLATION


def test_the_single_user_is_sent_away_by_any_reload() -> None:
    # So does nats-server 2.15.1: it looks for the user in a table that is not there.
    talk = talk_with(SINGLE)
    talk.greet(1)
    talk.say(1, connect(user="ann", **{"pass": "p"}))

    talk.tell(Reload(Options(authorization=SINGLE)))

    assert (talk.heard(1), 1 in talk.closed) == (b"", True)


def test_a_reload_keeps_who_may_stay() -> None:
    talk = talk_with(USERS)
    talk.greet(1)
    talk.say(1, connect(user="ann", **{"pass": "p"}))

    talk.tell(Reload(Options(authorization=USERS, max_payload=10)))

    assert talk.say(1, b"PUB a 11\r\n") == b"-ERR 'Maximum Payload Violation'\r\n"


def test_clients_too_many_after_a_reload_are_sent_away() -> None:
    talk = Conversation()
    for conn in (1, 2, 3):
        talk.join(conn)

    talk.tell(Reload(Options(max_connections=1)))

    assert sorted(talk.closed) == [2, 3]
    assert talk.heard(3) == b"-ERR 'maximum connections exceeded'\r\n"


# Slow consumers.


def test_a_client_that_takes_nothing_within_the_write_deadline_is_cut() -> None:
    talk = Conversation(Options(write_deadline_ns=SECOND_NS))
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2, b"PUB a 3\r\nabc\r\n")
    talk.drain(1, 10)
    talk.pass_to(0.9)
    assert 1 not in talk.closed

    talk.pass_to(1)

    assert talk.closed[1] == Abort(1, CloseReason.SLOW_CONSUMER_WRITE_DEADLINE)


def test_a_client_that_takes_what_waited_in_time_is_not_cut() -> None:
    talk = Conversation(Options(write_deadline_ns=SECOND_NS))
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2, b"PUB a 3\r\nabc\r\n")
    talk.drain(1, 10)
    talk.pass_to(0.9)
    talk.say(2, b"PUB a 3\r\nabc\r\n")
    talk.drain(1, 5)

    talk.pass_to(1.8)

    assert 1 not in talk.closed
