"""JWTs: what is one, and what it claims."""

import base64
import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credentials import (
    ISSUED_S,
    Signer,
    account_jwt,
    account_signer,
    operator_jwt,
    operator_signer,
    signer,
    user_jwt,
    user_signer,
)

from natsim.broker.nats.auth.claims import (
    AccountClaims,
    ActivationClaims,
    AuthorizationResponseClaims,
    Grant,
    Hours,
    OperatorClaims,
    Response,
    Rules,
    UserClaims,
)
from natsim.broker.nats.auth.jwt import TOKEN_BYTES_MAX, decode, decode_as, encode
from natsim.broker.nats.auth.jwt_error import JwtError
from natsim.broker.nats.nkey import KeyKind, sign

if TYPE_CHECKING:
    from natsim.broker.nats.auth.fields import Json

OPERATOR, ACCOUNT, USER = operator_signer(), account_signer("account"), user_signer("user")
SIGNING = account_signer("signing")


def write(
    issuer: Signer,
    claims: object,
    *,
    header: object = None,
    is_old: bool = False,
) -> str:
    """Write a JWT of whatever claims; is_old: signed as version 1 was."""
    head = {"typ": "JWT", "alg": "ed25519-nkey"} if header is None else header
    chunks = [chunk(json.dumps(part).encode()) for part in (head, claims)]
    signed = chunks[1] if is_old else ".".join(chunks)
    return ".".join([*chunks, chunk(sign(issuer.seed, signed.encode()))])


def chunk(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def user_claims(**nats: "Json") -> dict[str, "Json"]:
    return {
        "iss": ACCOUNT.public,
        "sub": USER.public,
        "nats": {"type": "user", "version": 2, **nats},
    }


def test_a_user_claims_what_it_may() -> None:
    token = user_jwt(
        ACCOUNT,
        USER,
        {
            "pub": {"allow": ["a.>"], "deny": ["a.b"]},
            "sub": {"allow": ["c q"]},
            "resp": {"max": 3, "ttl": 5},
            "src": ["10.0.0.0/8"],
            "times": [{"start": "08:00:00", "end": "17:00:00"}],
            "times_location": "Europe/Berlin",
            "subs": 7,
            "payload": 9,
            "bearer_token": True,
            "allowed_connection_types": ["STANDARD"],
            "issuer_account": SIGNING.public,
            "tags": ["one"],
        },
        name="alice",
        expires_s=2_000_000_000,
    )

    claims = decode_as(UserClaims, token)

    assert claims.grant == Grant(
        rules=Rules(
            publish_allow=("a.>",),
            publish_deny=("a.b",),
            subscribe_allow=("c q",),
            response=Response(max=3, ttl_ns=5),
        ),
        sources=("10.0.0.0/8",),
        hours=(Hours(start="08:00:00", end="17:00:00"),),
        zone="Europe/Berlin",
        subscriptions=7,
        data=-1,
        payload=9,
        is_bearer=True,
        connection_types=("STANDARD",),
    )
    registered = claims.registered
    said = (registered.name, registered.issued_s, registered.expires_s, registered.tags)
    assert said == ("alice", ISSUED_S, 2_000_000_000, ("one",))
    assert claims.account == SIGNING.public


def test_an_account_claims_its_keys_and_revocations() -> None:
    role: Json = {"kind": "user_scope", "key": SIGNING.public, "template": {"subs": 5}}
    nats: dict[str, Json] = {"signing_keys": ["X", role], "revocations": {"*": 5, USER.public: 6}}
    token = account_jwt(OPERATOR, ACCOUNT, nats, limits={"conn": 3})

    claims = decode_as(AccountClaims, token)

    assert claims.signing_keys == {
        "X": None,
        SIGNING.public: Grant(subscriptions=5, data=-1, payload=-1),
    }
    assert claims.revocations == {"*": 5, USER.public: 6}
    assert claims.limits.connections == 3


def test_an_operator_claims_its_keys() -> None:
    nats: dict[str, Json] = {"signing_keys": ["OX"], "strict_signing_key_usage": True}

    claims = decode_as(OperatorClaims, operator_jwt(OPERATOR, nats))

    assert (claims.signing_keys, claims.is_strict) == (("OX",), True)


def test_the_same_claims_are_the_same_jwt() -> None:
    assert user_jwt(ACCOUNT, USER) == user_jwt(ACCOUNT, USER)


def test_an_old_user_has_no_limits_and_says_its_type_outside() -> None:
    claims = {
        "iss": SIGNING.public,
        "sub": USER.public,
        "type": "user",
        "tags": ["t"],
        "issuer_account": ACCOUNT.public,
        "nats": {"pub": {"allow": ["a"]}, "src": "10.0.0.0/8, 11.0.0.0/8"},
    }
    header = {"typ": "jwt", "alg": "ed25519"}

    user = decode_as(UserClaims, write(SIGNING, claims, header=header, is_old=True))

    assert (user.grant.subscriptions, user.grant.payload) == (-1, -1)
    assert (user.account, user.registered.tags) == (ACCOUNT.public, ("t",))
    assert user.grant.sources == ("10.0.0.0/8", "11.0.0.0/8")


def test_keys_match_in_any_case_and_null_says_nothing() -> None:
    token = write(ACCOUNT, {**user_claims(), "NAME": "n", "exp": None})

    claims = decode_as(UserClaims, token)

    assert (claims.registered.name, claims.registered.expires_s) == ("n", 0)


def test_half_a_surrogate_pair_is_replaced() -> None:
    token = write(ACCOUNT, {**user_claims(), "name": "\ud800"})

    assert decode_as(UserClaims, token).registered.name == "?"


GOOD = user_jwt(ACCOUNT, USER)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "expected 3 chunks"),
        ("a.b", "expected 3 chunks"),
        (f"{GOOD}.x", "expected 3 chunks"),
        ("A.B.C", "illegal base64 data"),
        ("x" * (TOKEN_BYTES_MAX + 1), "token size"),
        (write(ACCOUNT, user_claims(), header={"typ": "JWS", "alg": "ed25519-nkey"}), "type"),
        (write(ACCOUNT, user_claims(), header={"typ": "JWT", "alg": "none"}), "algorithm"),
        (write(ACCOUNT, user_claims(), header=[]), "unmarshal list"),
        (write(ACCOUNT, []), "unmarshal list"),
        (write(ACCOUNT, {**user_claims(), "exp": "1"}), "unmarshal str into exp"),
        (write(ACCOUNT, {**user_claims(), "exp": 1.0}), "unmarshal float into exp"),
        (write(ACCOUNT, {**user_claims(), "exp": 2**63}), "unmarshal int into exp"),
        (write(ACCOUNT, {**user_claims(), "exp": True}), "unmarshal bool into exp"),
        (write(ACCOUNT, user_claims(bearer_token=1)), "unmarshal int into nats.bearer_token"),
        (write(ACCOUNT, user_claims(version=3)), "newer version"),
        (write(ACCOUNT, user_claims(version=0)), "received 0"),
        (write(ACCOUNT, user_claims(type="pigeon")), "no use here"),
        (write(SIGNING, user_claims()), "V2 signature"),
        (write(ACCOUNT, user_claims(), is_old=True), "V2 signature"),
        (write(ACCOUNT, {**user_claims(), "type": "user"}), "V1 signature"),
        (write(USER, {**user_claims(), "iss": USER.public}), "expected prefixes"),
        (operator_jwt(OPERATOR), "not user claim"),
        (account_jwt(OPERATOR, ACCOUNT), "not user claim"),
    ],
)
def test_what_is_wrong_with_a_jwt_is_said(token: str, reason: str) -> None:
    with pytest.raises(JwtError, match=reason):
        decode_as(UserClaims, token)


@pytest.mark.parametrize(
    "nats",
    [
        {"exports": [{"type": "pigeon"}]},
        {"exports": [5]},
        {"mappings": {"a": 5}},
        {"mappings": {"a": [{"subject": "b", "weight": 256}]}},
        {"revocations": {"*": "now"}},
        {"signing_keys": [{"kind": "role"}]},
        {"exports": [{"type": "service", "service_latency": {"sampling": "often"}}]},
    ],
)
def test_an_account_of_wrong_types_is_none(nats: dict[str, "Json"]) -> None:
    with pytest.raises(JwtError):
        decode(account_jwt(OPERATOR, ACCOUNT, nats))


def test_an_answer_of_a_callout_is_read() -> None:
    token = encode(
        seed=ACCOUNT.seed,
        kind="authorization_response",
        subject=USER.public,
        audience=signer(KeyKind.SERVER, "s").public,
        nats={"error": "no way"},
        issued_s=ISSUED_S,
    )

    assert decode_as(AuthorizationResponseClaims, token).error == "no way"


def test_an_activation_is_read() -> None:
    token = encode(
        seed=ACCOUNT.seed,
        kind="activation",
        subject=SIGNING.public,
        nats={"subject": "a.>", "kind": "stream"},
        issued_s=ISSUED_S,
    )

    assert decode_as(ActivationClaims, token).subject == "a.>"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
KNOWN = st.sampled_from(
    [
        *("pub", "sub", "resp", "subs", "src", "times", "tags"),
        *("limits", "exports", "imports", "signing_keys", "mappings", "revocations"),
        *("authorization", "default_permissions"),
    ]
)


@given(st.text())
def test_no_text_breaks_the_decoder(text: str) -> None:
    with pytest.raises(JwtError):
        decode(text)


@given(st.binary(), st.binary(), st.binary())
def test_no_bytes_break_the_decoder(header: bytes, body: bytes, signature: bytes) -> None:
    with pytest.raises(JwtError):
        decode(".".join(chunk(raw) for raw in (header, body, signature)))


@given(
    st.sampled_from(["operator", "account", "user", "activation", "authorization_response"]),
    st.dictionaries(KNOWN, JSON, max_size=4),
)
def test_no_claims_break_the_decoder(kind: str, nats: dict[str, "Json"]) -> None:
    issuer = OPERATOR if kind == "operator" else ACCOUNT
    token = write(issuer, {"iss": issuer.public, "nats": {**nats, "type": kind, "version": 2}})

    with contextlib.suppress(JwtError):
        decode(token)


def test_a_deep_nest_is_refused() -> None:
    body = b"[" * 100_000 + b"]" * 100_000

    with pytest.raises(JwtError, match="invalid JSON"):
        decode(f"{GOOD.split('.')[0]}.{chunk(body)}.")
