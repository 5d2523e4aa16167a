"""Accounts of JWTs, as the accounts of a configuration."""

from typing import TYPE_CHECKING

from tests.credentials import (
    ISSUED_S,
    Signer,
    account_jwt,
    account_signer,
    operator_jwt,
    operator_signer,
)

from natsim.broker.nats.auth.directory import AccountDirectory
from natsim.broker.nats.auth.jwt import encode
from natsim.broker.nats.options import (
    AccountLimits,
    AccountOptions,
    Destination,
    Mapping,
    OperatorOptions,
    ResponseType,
    ServiceExport,
    ServiceImport,
    StreamExport,
    StreamImport,
)
from natsim.broker.now import SECOND_NS

if TYPE_CHECKING:
    from natsim.broker.nats.auth.fields import Json

WALL_NS = (ISSUED_S + 100) * SECOND_NS
OPERATOR = operator_signer()
GIVER, TAKER = account_signer("giver"), account_signer("taker")


def accounts(giver: dict[str, "Json"], taker: dict[str, "Json"]) -> dict[str, AccountOptions]:
    said = OperatorOptions(
        operators=(operator_jwt(OPERATOR),),
        accounts=(
            (GIVER.public, account_jwt(OPERATOR, GIVER, giver)),
            (TAKER.public, account_jwt(OPERATOR, TAKER, taker)),
        ),
    )
    found = AccountDirectory(said).account_options(WALL_NS)
    return {account.name: account for account in found}


def activation(importer: Signer, subject: str, *, expires_s: int = 0) -> str:
    return encode(
        seed=GIVER.seed,
        kind="activation",
        subject=importer.public,
        nats={"subject": subject, "kind": "stream"},
        issued_s=ISSUED_S,
        expires_s=expires_s,
    )


def stream(subject: str, **more: "Json") -> dict[str, "Json"]:
    return {"type": "stream", "subject": subject, **more}


def service(subject: str, **more: "Json") -> dict[str, "Json"]:
    return {"type": "service", "subject": subject, **more}


def test_streams_and_services_are_given_and_taken() -> None:
    found = accounts(
        {
            "exports": [
                stream("s.>"),
                service("r.*", response_type="Stream", response_threshold=5),
            ]
        },
        {
            "imports": [
                stream("s.a", account=GIVER.public, to="pre"),
                stream("s.*", account=GIVER.public, local_subject="here.*"),
                service("r.x", account=GIVER.public, local_subject="ask.x", share=True),
                service("old.y", account=GIVER.public, to="r.y"),
            ]
        },
    )

    giver, taker = found[GIVER.public], found[TAKER.public]
    assert giver.exports == (
        StreamExport(subject=b"s.>"),
        ServiceExport(
            subject=b"r.*", response_type=ResponseType.STREAM, threshold_ns=5, latency_sampling=0
        ),
    )
    assert taker.stream_imports == (
        StreamImport(account=GIVER.public, subject=b"s.a", prefix=b"pre"),
        StreamImport(account=GIVER.public, subject=b"s.*", to=b"here.*"),
    )
    assert taker.service_imports == (
        ServiceImport(account=GIVER.public, subject=b"r.x", to=b"ask.x", share=True),
        ServiceImport(account=GIVER.public, subject=b"r.y", to=b"old.y"),
    )


def test_what_is_not_exported_is_not_imported() -> None:
    found = accounts(
        {"exports": [stream("s.a")]},
        {
            "imports": [
                stream("s.b", account=GIVER.public),
                service("s.a", account=GIVER.public),
                stream("s.a", account=account_signer("nobody").public),
            ]
        },
    )

    assert (found[TAKER.public].stream_imports, found[TAKER.public].service_imports) == ((), ())


def test_a_private_export_is_for_those_who_show_a_token() -> None:
    found = accounts(
        {"exports": [stream("s.>", token_req=True)]},
        {"imports": [stream("s.a", account=GIVER.public, token=activation(TAKER, "s.a"))]},
    )

    assert found[GIVER.public].exports == (StreamExport(subject=b"s.>", accounts=(TAKER.public,)),)
    assert len(found[TAKER.public].stream_imports) == 1


def test_a_token_for_another_or_too_old_is_none() -> None:
    tokens = [
        activation(GIVER, "s.a"),
        activation(TAKER, "t.a"),
        activation(TAKER, "s.a", expires_s=ISSUED_S + 1),
        "garbage",
        "",
    ]

    found = [
        accounts(
            {"exports": [stream("s.>", token_req=True)]},
            {"imports": [stream("s.a", account=GIVER.public, token=token)]},
        )
        for token in tokens
    ]

    # A token that is none makes the whole account none; nats-server looks at that first.
    assert [TAKER.public in one for one in found] == [False, False, True, False, True]
    assert all(one[GIVER.public].exports == () for one in found)


def test_a_revoked_token_is_none() -> None:
    found = accounts(
        {"exports": [stream("s.>", token_req=True, revocations={TAKER.public: ISSUED_S})]},
        {"imports": [stream("s.a", account=GIVER.public, token=activation(TAKER, "s.a"))]},
    )

    assert found[TAKER.public].stream_imports == ()


def test_an_export_may_hold_the_importer_to_its_name() -> None:
    found = accounts(
        {"exports": [stream("s.*", account_token_position=2)]},
        {
            "imports": [
                stream(f"s.{TAKER.public}", account=GIVER.public),
                stream("s.other", account=GIVER.public),
            ]
        },
    )

    subjects = [one.subject for one in found[TAKER.public].stream_imports]
    assert subjects == [f"s.{TAKER.public}".encode()]


def test_mappings_and_limits_are_taken_over() -> None:
    found = accounts(
        {
            "mappings": {"a.*": [{"subject": "b.$1", "weight": 40}, {"subject": "c.$1"}]},
            "limits": {"subs": 1, "payload": 2**40, "conn": 3, "leaf": -1, "exports": -1},
        },
        {"mappings": {"a": [{"subject": "b"}]}},
    )

    assert GIVER.public not in found, "140 percent"
    assert found[TAKER.public].mappings == (
        Mapping(source=b"a", destinations=(Destination(subject=b"b"),)),
    )


def test_limits_are_those_of_the_operator() -> None:
    limits: dict[str, Json] = {"subs": 1, "payload": 2**40, "conn": 3, "leaf": -1, "imports": -1}

    found = accounts({"limits": {**limits, "exports": -1}}, {})

    assert found[GIVER.public].limits == AccountLimits(
        max_subscriptions=1, max_payload=2**31 - 1, max_connections=3, max_leafnodes=-1
    )
