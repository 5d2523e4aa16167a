"""NKeys: the client proves that it has the key by signing the nonce of INFO."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.credentials.login import REFUSED, nonce_of, say_connect
from natsim.conformance.credentials.nkey import KeyPair
from natsim.conformance.failure import Failed

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial


def _key(trial: Trial, name: str) -> KeyPair:
    return KeyPair.from_seed(trial.things[f"{name}_seed"])


@case("auth.nkey.good", "Who signs the nonce by a known key is let in.", house="nkeys")
async def good(trial: Trial) -> None:
    connection = await trial.open()
    signature = _key(trial, "ann").sign_text(nonce_of(connection))
    await say_connect(trial, connection, nkey=trial.things["ann"], sig=signature, verbose=True)
    await connection.expect(b"+OK\r\n")
    await connection.write(b"PING\r\n")
    await connection.expect(b"PONG\r\n")


@case("auth.nkey.standard-base64", "The signature may be padded standard base64.", house="nkeys")
async def standard_base64(trial: Trial) -> None:
    connection = await trial.open()
    signature = _key(trial, "ann").sign(nonce_of(connection).encode())
    text = base64.b64encode(signature).decode()
    await say_connect(trial, connection, nkey=trial.things["ann"], sig=text)
    await connection.expect_nothing()


@case("auth.nkey.nonce-is-fresh", "No two connections have the same nonce.", house="nkeys")
async def nonce_is_fresh(trial: Trial) -> None:
    nonces = [nonce_of(await trial.open()) for _ in range(8)]
    if len({*nonces}) < len(nonces):
        raise Failed(f"a nonce was given twice: {', '.join(sorted(nonces))}")


@case(
    "auth.nkey.another-key", "A signature by another key is refused.", "auth.nkey.refused",
    house="nkeys",
)  # fmt: skip
async def another_key(trial: Trial) -> None:
    connection = await trial.open()
    signature = _key(trial, "bob").sign_text(nonce_of(connection))
    await say_connect(trial, connection, nkey=trial.things["ann"], sig=signature)
    await connection.expect_error(REFUSED, closes=True)


@case(
    "auth.nkey.unknown-key", "A good signature by a key that nobody knows is refused.",
    "auth.nkey.refused", house="nkeys",
)  # fmt: skip
async def unknown_key(trial: Trial) -> None:
    connection = await trial.open()
    signature = _key(trial, "stranger").sign_text(nonce_of(connection))
    await say_connect(trial, connection, nkey=trial.things["stranger"], sig=signature)
    await connection.expect_error(REFUSED, closes=True)


@case(
    "auth.nkey.no-signature", "A public key alone proves nothing.", "auth.nkey.refused",
    house="nkeys",
)  # fmt: skip
async def no_signature(trial: Trial) -> None:
    connection = await trial.open()
    await say_connect(trial, connection, nkey=trial.things["ann"])
    await connection.expect_error(REFUSED, closes=True)


@case(
    "auth.nkey.nothing", "Where users have NKeys, a client without one is refused.",
    "auth.refused", house="nkeys",
)  # fmt: skip
async def nothing(trial: Trial) -> None:
    connection = await trial.open()
    await say_connect(trial, connection)
    await connection.expect_error(REFUSED, closes=True)


@case(
    "auth.nkey.replayed", "What was signed for another connection is refused.",
    "auth.nkey.refused", house="nkeys",
)  # fmt: skip
async def replayed(trial: Trial) -> None:
    overheard = await trial.open("overheard")
    signature = _key(trial, "ann").sign_text(nonce_of(overheard))
    connection = await trial.open("replaying")
    await say_connect(trial, connection, nkey=trial.things["ann"], sig=signature)
    await connection.expect_error(REFUSED, closes=True)


@case(
    "auth.nkey.decoded-nonce", "The nonce is signed as text: not what it is base64 of.",
    "auth.nkey.refused", house="nkeys",
)  # fmt: skip
async def decoded_nonce(trial: Trial) -> None:
    connection = await trial.open()
    nonce = nonce_of(connection)
    raw = base64.urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))
    signature = base64.urlsafe_b64encode(_key(trial, "ann").sign(raw)).rstrip(b"=").decode()
    await say_connect(trial, connection, nkey=trial.things["ann"], sig=signature)
    await connection.expect_error(REFUSED, closes=True)


@case(
    "auth.nkey.damaged-signature", "A signature with a bit turned, or cut short, is refused.",
    "auth.nkey.refused", house="nkeys",
)  # fmt: skip
async def damaged_signature(trial: Trial) -> None:
    for name in ("turned", "cut", "hex"):
        connection = await trial.open(name)
        signature = _key(trial, "ann").sign(nonce_of(connection).encode())
        if name == "turned":
            signature = bytes([signature[0] ^ 1]) + signature[1:]
        if name == "cut":
            signature = signature[:-1]
        text = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
        shown = signature.hex() if name == "hex" else text
        await say_connect(trial, connection, nkey=trial.things["ann"], sig=shown)
        await connection.expect_error(REFUSED, closes=True)


@case("auth.nkey.permissions", "A user with an NKey has its permissions.", house="nkeys")
async def permissions(trial: Trial) -> None:
    ann = await trial.open("ann")
    signature = _key(trial, "ann").sign_text(nonce_of(ann))
    await say_connect(trial, ann, nkey=trial.things["ann"], sig=signature)
    await ann.write(b"SUB %b 1\r\n" % trial.subject("*"))
    await ann.expect_nothing()

    bob = await trial.open("bob")
    signature = _key(trial, "bob").sign_text(nonce_of(bob))
    await say_connect(trial, bob, nkey=trial.things["bob"], sig=signature)
    closed, opened = trial.subject("closed"), trial.subject("open")
    await bob.write(b"PUB %b 2\r\nno\r\nPUB %b 3\r\nyes\r\n" % (closed, opened))
    text = f'Permissions Violation for Publish to "{closed.decode()}"'
    await bob.expect_error(text, closes=False)
    await ann.expect(b"MSG %b 1 3\r\nyes\r\n" % opened)
    await ann.expect_nothing()
