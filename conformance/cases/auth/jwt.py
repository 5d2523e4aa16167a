"""Operator mode: users are known by JWTs that accounts have signed."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.credentials.jwt import user_jwt
from natsim.conformance.credentials.login import REFUSED, nonce_of, present, say_connect
from natsim.conformance.credentials.nkey import KeyPair

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from natsim.conformance.case import Case
    from natsim.conformance.trial import Trial

LATE_S = 8.0


def _taken(name: str, title: str, rule: str, user: str, jwt: str) -> Case:
    async def play(trial: Trial) -> None:
        connection = await present(trial, user, jwt, verbose=True)
        await connection.expect(b"+OK\r\n")
        await connection.expect_nothing()

    return _of_operator(name, title, rule)(play)


def _refused(name: str, title: str, rule: str, user: str, jwt: str) -> Case:
    async def play(trial: Trial) -> None:
        connection = await present(trial, user, jwt)
        await connection.expect_error(REFUSED, closes=True)

    return _of_operator(name, title, rule)(play)


def _of_operator(
    name: str, title: str, rule: str = ""
) -> Callable[[Callable[[Trial], Awaitable[None]]], Case]:
    return case(f"auth.jwt.{name}", title, *([rule] if rule else []), house="operator")


good = _taken("good", "A JWT with the nonce signed opens the door.", "", "ann", "ann")
signing_key = _taken(
    "signing-key", "A signing key of the account may issue JWTs.", "", "ann", "by_signer"
)
renewed = _taken(
    "renewed", "What was issued after the revocation is good.", "auth.jwt.revoked",
    "revoked", "renewed",
)  # fmt: skip
here = _taken(
    "source-here", "Who comes from a network that the JWT names is let in.", "auth.jwt.source",
    "ann", "here",
)  # fmt: skip

another_signature = _refused(
    "another-signature", "A JWT with the nonce signed by somebody else is refused.",
    "auth.jwt.signature", "bob", "ann",
)  # fmt: skip
expired = _refused(
    "expired", "A JWT that has expired is refused.", "auth.jwt.time", "ann", "expired"
)
early = _refused(
    "early", "A JWT that is not valid yet is refused.", "auth.jwt.time", "ann", "early"
)
unknown_account = _refused(
    "unknown-account", "A JWT by an account that the server does not know is refused.",
    "auth.jwt.issuer", "ann", "stranger",
)  # fmt: skip
wrong_account = _refused(
    "wrong-account", "An account may not issue JWTs for another.",
    "auth.jwt.issuer", "ann", "by_second",
)  # fmt: skip
signing_key_alone = _refused(
    "signing-key-alone", "A JWT by a signing key must name the account.",
    "auth.jwt.signing-key", "ann", "by_signer_alone",
)  # fmt: skip
revoked = _refused(
    "revoked", "A user that its account has revoked is refused.", "", "revoked", "revoked"
)
elsewhere = _refused(
    "source-elsewhere", "Who comes from another network than the JWT names is refused.",
    "auth.jwt.source", "ann", "elsewhere",
)  # fmt: skip
connection_type = _refused(
    "connection-type", "A JWT for WebSocket connections is no use on another.", "",
    "ann", "websocket",
)  # fmt: skip


@_of_operator("replayed", "A signature for another connection is refused.", "auth.jwt.signature")
async def replayed(trial: Trial) -> None:
    signature = KeyPair.from_seed(trial.things["ann_seed"]).sign_text(
        nonce_of(await trial.open("overheard"))
    )
    connection = await trial.open("replaying")
    await say_connect(trial, connection, jwt=trial.things["ann_jwt"], sig=signature)
    await connection.expect_error(REFUSED, closes=True)


@_of_operator("tampered", "Claims that were changed after signing are refused.")
async def tampered(trial: Trial) -> None:
    header, body, signature = trial.things["ann_jwt"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    claims["nats"]["bearer_token"] = True
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    connection = await trial.open()
    await say_connect(trial, connection, jwt=f"{header}.{forged}.{signature}")
    await connection.expect_error(REFUSED, closes=True)


@case(
    "auth.jwt.expires", "When the JWT expires, so does the connection.",
    house="operator", limit_s=15,
)  # fmt: skip
async def expires(trial: Trial) -> None:
    user = KeyPair.from_seed(trial.things["ann_seed"])
    account = KeyPair.from_seed(trial.things["first_seed"])
    connection = await trial.open()
    ends_s = int(time.time()) + 2
    await say_connect(
        trial,
        connection,
        jwt=user_jwt(account, user, exp=ends_s),
        sig=user.sign_text(nonce_of(connection)),
    )
    if time.time() < ends_s - 0.5:
        await connection.expect_nothing()
    await connection.expect(b"-ERR 'User Authentication Expired'\r\n", within_s=LATE_S)
    await connection.expect_closed()


@_of_operator("permissions", "The permissions in a JWT hold.")
async def permissions(trial: Trial) -> None:
    connection = await present(trial, "ann", "limited")
    opened = trial.subject("open")
    await connection.write(b"SUB %b 1\r\nPUB %b 2\r\nhi\r\n" % (opened, opened))
    await connection.expect(b"MSG %b 1 2\r\nhi\r\n" % opened)
    for word in ("tree.secret", "other"):
        subject = trial.subject(word)
        await connection.write(b"PUB %b 0\r\n\r\n" % subject)
        await connection.expect_error(
            f'Permissions Violation for Publish to "{subject.decode()}"', closes=False
        )
    subject = trial.subject("tree.a")
    await connection.write(b"PUB %b 0\r\n\r\nSUB %b 2\r\n" % (subject, subject))
    await connection.expect_error(
        f'Permissions Violation for Subscription to "{subject.decode()}"', closes=False
    )


@_of_operator("default-permissions", "Without permissions a user has those of its account.")
async def default_permissions(trial: Trial) -> None:
    connection = await present(trial, "ann", "ann")
    never, free = trial.subject("never"), trial.subject("free")
    await connection.write(b"SUB %b 1\r\nPUB %b 2\r\nno\r\n" % (free, never))
    await connection.expect_error(
        f'Permissions Violation for Publish to "{never.decode()}"', closes=False
    )
    await connection.write(b"PUB %b 3\r\nyes\r\n" % free)
    await connection.expect(b"MSG %b 1 3\r\nyes\r\n" % free)


@_of_operator("responses", "A JWT may allow one answer to each request.")
async def responses(trial: Trial) -> None:
    answerer = await present(trial, "ann", "answerer", name="answerer")
    service, inbox = trial.subject("service"), trial.subject("inbox")
    await answerer.write(b"SUB %b 1\r\n" % service)
    await answerer.expect_nothing()
    asker = await present(trial, "ann", "by_signer", name="asker")
    await asker.write(b"SUB %b 9\r\nPUB %b %b 1\r\n?\r\n" % (inbox, service, inbox))
    await answerer.expect(b"MSG %b 1 %b 1\r\n?\r\n" % (service, inbox))
    await answerer.write(b"PUB %b 1\r\n!\r\n" % inbox)
    await asker.expect(b"MSG %b 9 1\r\n!\r\n" % inbox)
    await answerer.write(b"PUB %b 1\r\n!\r\n" % inbox)
    await answerer.expect_error(
        f'Permissions Violation for Publish to "{inbox.decode()}"', closes=False
    )
    await asker.expect_nothing()


@_of_operator("accounts", "Users whose JWTs are by two accounts do not hear each other.")
async def accounts(trial: Trial) -> None:
    subject = trial.subject("x")
    own = await present(trial, "ann", "ann", name="ann")
    await own.write(b"SUB %b 1\r\n" % subject)
    await own.expect_nothing()
    other = await present(trial, "bob", "bob", name="bob")
    await other.write(b"PUB %b 2\r\nno\r\n" % subject)
    await other.expect_nothing()
    colleague = await present(trial, "ann", "by_signer", name="colleague")
    await colleague.write(b"PUB %b 3\r\nyes\r\n" % subject)
    await own.expect(b"MSG %b 1 3\r\nyes\r\n" % subject)
    await own.expect_nothing()


@_of_operator("few-subscriptions", "A JWT limits the subscriptions.", "auth.jwt.user-limits")
async def few_subscriptions(trial: Trial) -> None:
    connection = await present(trial, "ann", "few")
    for number in (1, 2, 3):
        await connection.write(b"SUB %b %d\r\n" % (trial.subject(f"x{number}"), number))
    await connection.expect_error("maximum subscriptions exceeded", closes=False)
    subject = trial.subject("x2")
    await connection.write(b"PUB %b 2\r\nhi\r\n" % subject)
    await connection.expect(b"MSG %b 2 2\r\nhi\r\n" % subject)


@_of_operator("small-payload", "A JWT limits the payload.", "auth.jwt.user-limits")
async def small_payload(trial: Trial) -> None:
    connection = await present(trial, "ann", "few")
    subject = trial.subject("x")
    await connection.write(b"SUB %b 1\r\nPUB %b 32\r\n%b\r\n" % (subject, subject, b"x" * 32))
    await connection.expect(b"MSG %b 1 32\r\n%b\r\n" % (subject, b"x" * 32))
    await connection.write(b"PUB %b 33\r\n" % subject)
    await connection.expect_error("Maximum Payload Violation", closes=True)


@case(
    "auth.jwt.account-connections", "The JWT of an account limits its connections.",
    house="operator", is_alone=True,
)  # fmt: skip
async def account_connections(trial: Trial) -> None:
    first = await present(trial, "bob", "bob_small", name="first")
    await first.expect_nothing()
    second = await present(trial, "bob", "bob_small", name="second")
    await second.expect_error("maximum account active connections exceeded", closes=True)
    await first.expect_nothing()
