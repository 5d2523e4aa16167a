"""How cases log in to houses by passwords, keys and JWTs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .nkey import KeyPair

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

REFUSED = "Authorization Violation"


def nonce_of(connection: Connection) -> str:
    """Give the nonce of INFO. Raises Failed if there is none."""
    nonce = connection.info.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise connection.failed(b'INFO {"nonce":"..."}', connection.info_line, "there is no nonce")
    return nonce


async def say_connect(trial: Trial, connection: Connection, **options: object) -> None:
    """Say CONNECT with options, and prove nothing."""
    await connection.write(trial.connect_line(connection, **options))


async def connect_as(trial: Trial, user: str, **options: object) -> Connection:
    """Log in to a house of which all users have the same password."""
    connection = await trial.open(user)
    password = {"pass": trial.things["password"]}
    await say_connect(trial, connection, user=user, **password, **options)
    await connection.expect_nothing()
    return connection


async def present(
    trial: Trial, user: str, jwt: str, *, name: str = "", **options: object
) -> Connection:
    """Open a connection, and show a JWT with the nonce signed by a user's seed, `USER_seed`.

    jwt: the name of the thing, without `_jwt`.
    """
    connection = await trial.open(name)
    signature = KeyPair.from_seed(trial.things[f"{user}_seed"]).sign_text(nonce_of(connection))
    await say_connect(trial, connection, jwt=trial.things[f"{jwt}_jwt"], sig=signature, **options)
    return connection
