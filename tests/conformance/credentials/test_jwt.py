"""The suite's keys and JWTs are what the broker, whose code it does not share, reads."""

from __future__ import annotations

from natsim.broker.nats.auth.claims import AccountClaims, OperatorClaims, UserClaims
from natsim.broker.nats.auth.jwt import decode, decode_as
from natsim.broker.nats.nkey import KeyKind, Seed, encode_seed, public_key
from natsim.conformance.credentials.jwt import account_jwt, operator_jwt, user_jwt
from natsim.conformance.credentials.nkey import KeyPair, Kind

OPERATOR = KeyPair.named(Kind.OPERATOR, "operator")
ACCOUNT = KeyPair.named(Kind.ACCOUNT, "account")
USER = KeyPair.named(Kind.USER, "user")


def test_a_name_gives_the_same_key_each_time() -> None:
    assert KeyPair.named(Kind.USER, "user").seed == USER.seed
    assert KeyPair.named(Kind.USER, "other").seed != USER.seed


def test_a_key_is_written_as_the_broker_writes_it() -> None:
    seed = Seed(KeyKind.USER, bytes(range(32)))
    key = KeyPair(Kind.USER, bytes(range(32)))

    assert (key.public, key.seed) == (public_key(seed), encode_seed(seed))


def test_an_operator_signs_for_itself() -> None:
    claims = decode(operator_jwt(OPERATOR))

    assert isinstance(claims, OperatorClaims)
    assert (claims.registered.issuer, claims.registered.subject) == (
        OPERATOR.public,
        OPERATOR.public,
    )


def test_an_account_has_the_limits_that_are_given() -> None:
    claims = decode_as(AccountClaims, account_jwt(OPERATOR, ACCOUNT, limits={"conn": 7}))

    assert claims.registered.subject == ACCOUNT.public
    assert claims.limits.connections == 7


def test_a_user_says_what_is_given() -> None:
    token = user_jwt(ACCOUNT, USER, {"bearer_token": True}, exp=4_000_000_000)

    claims = decode_as(UserClaims, token)

    assert (claims.registered.issuer, claims.registered.subject) == (ACCOUNT.public, USER.public)
    assert claims.registered.expires_s == 4_000_000_000
    assert claims.grant.is_bearer
