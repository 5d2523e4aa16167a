"""A service decides who may connect: it is asked, and what it says is done."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any

import pytest
from tests.credentials import ISSUED_S, account_signer

from natsim.broker.effects import CloseReason, Note, PauseReading, ResumeReading
from natsim.broker.nats.auth.jwt import encode
from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    CalloutOptions,
    Options,
    UserOptions,
)
from natsim.broker.now import SECOND_NS

from .conversation import Conversation

if TYPE_CHECKING:
    from natsim.broker.nats.auth.fields import Json

ISSUER = account_signer("issuer")
GUEST = b'CONNECT {"verbose":false,"user":"guest","pass":"word"}\r\n'
SERVICE = b'CONNECT {"verbose":false,"user":"auth","pass":"auth"}\r\n'
VIOLATION = b"-ERR 'Authorization Violation'\r\n"


@pytest.fixture
def talk() -> Conversation:
    """A server with a service, which is connection 1."""
    talk = Conversation(
        Options(
            accounts=(AccountOptions(name="AUTH"), AccountOptions(name="APP")),
            authorization=AuthorizationOptions(
                timeout_ns=3 * SECOND_NS,
                users=(UserOptions(name="auth", password="auth", account="AUTH"),),
                callout=CalloutOptions(issuer=ISSUER.public, account="AUTH", auth_users=("auth",)),
            ),
        )
    )
    talk.greet(1)
    talk.say(1, SERVICE + b"SUB $SYS.REQ.USER.AUTH 1\r\n")
    return talk


def heard(talk: Conversation, conn: int) -> bytes:
    """Give what a client was sent, PINGs apart."""
    return talk.heard(conn).replace(b"PING\r\n", b"")


def asked(talk: Conversation) -> tuple[bytes, dict[str, Any]]:
    """Give the reply subject and the claims of the request that the service was sent."""
    found = re.fullmatch(rb"MSG \$SYS.REQ.USER.AUTH 1 (\S+) \d+\r\n(\S+)\r\n", heard(talk, 1))
    assert found is not None
    body = found[2].split(b".")[1]
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    return found[1], claims


def signed(kind: str, subject: str, audience: str, nats: dict[str, Json]) -> str:
    return encode(
        seed=ISSUER.seed,
        kind=kind,
        subject=subject,
        audience=audience,
        nats=nats,
        issued_s=ISSUED_S,
    )


def answer(talk: Conversation, **said: Json) -> None:
    """Let the service answer. said: of the response; without a word, yes."""
    reply, claims = asked(talk)
    user, server = claims["nats"]["user_nkey"], claims["nats"]["server_id"]["id"]
    limits: dict[str, Json] = {"subs": -1, "data": -1, "payload": -1}
    said = said or {"jwt": signed("user", user, "APP", limits)}
    payload = signed("authorization_response", user, server, dict(said)).encode()
    talk.say(1, b"PUB %b %d\r\n%b\r\n" % (reply, len(payload), payload))


def test_a_client_waits_for_the_service_and_is_not_read_meanwhile(talk: Conversation) -> None:
    talk.greet(2)

    heard = talk.say(2, GUEST + b"PING\r\n")

    assert heard == b""
    assert any(effect == PauseReading(2) for effect in talk.effects)


def test_the_service_is_told_who_knocks(talk: Conversation) -> None:
    talk.greet(2)
    talk.say(2, GUEST)

    _, claims = asked(talk)

    assert claims["aud"] == "nats-authorization-request"
    assert claims["nats"]["connect_opts"]["user"] == "guest"
    assert claims["nats"]["connect_opts"]["pass"] == "word"
    assert claims["iss"] == claims["nats"]["server_id"]["id"]


def test_yes_lets_the_client_go_on_with_what_it_said(talk: Conversation) -> None:
    talk.greet(2)
    talk.say(2, GUEST + b"PING\r\nSUB a 1\r\n")

    answer(talk)

    assert talk.heard(2) == b"PONG\r\n"
    assert ResumeReading(2) in talk.effects


def test_no_is_an_authorization_violation_with_its_reason_in_the_log(talk: Conversation) -> None:
    talk.greet(2)
    talk.say(2, GUEST)

    answer(talk, error="no way")

    assert talk.heard(2) == VIOLATION
    assert talk.closed[2].reason is CloseReason.AUTHENTICATION_FAILURE
    notes = [effect.text for effect in talk.effects if isinstance(effect, Note)]
    assert 'authentication error - User "guest"' in notes[0]
    assert "service returned an error: no way" in notes[1]


def test_no_answer_in_time_is_a_no(talk: Conversation) -> None:
    talk.greet(2)
    talk.say(2, GUEST)
    talk.pass_to(2.9)
    before = heard(talk, 2)

    talk.pass_to(3)

    assert (before, heard(talk, 2)) == (b"", VIOLATION)


def test_an_answer_that_comes_too_late_changes_nothing(talk: Conversation) -> None:
    talk.greet(2)
    talk.say(2, GUEST)
    talk.pass_to(3)
    talk.heard(2)

    answer(talk)

    assert talk.heard(2) == b""


def test_a_client_that_left_is_not_decided_on(talk: Conversation) -> None:
    talk.greet(2)
    talk.say(2, GUEST)
    talk.leave(2)

    answer(talk)

    assert talk.heard(2) == b""


def test_an_answer_cannot_be_used_twice(talk: Conversation) -> None:
    talk.greet(2)
    talk.say(2, GUEST)
    reply, _ = asked(talk)
    talk.say(1, b"PUB %b 1\r\nx\r\n" % reply)

    again = talk.say(1, b"PUB %b 1\r\nx\r\nPING\r\n" % reply)

    assert (talk.heard(2), again) == (VIOLATION, b"PONG\r\n")
