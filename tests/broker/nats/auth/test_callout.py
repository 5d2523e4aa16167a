"""Whom a callout's service is asked about, and who may ask it."""

import pytest
from tests.credentials import account_signer

from natsim.broker.nats.auth import (
    Admitted,
    Authenticator,
    Login,
    NeedsCallout,
    NeedsPassword,
    Refused,
)
from natsim.broker.nats.connect import ConnectOptions
from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    CalloutOptions,
    Options,
    UserOptions,
)

HASH = "$2b$04$abcdefghijklmnopqrstuuDo8CNQeP0nMVMYhCnKzmbOKYCYJQxPm"


def guarded(*allowed_accounts: str) -> Authenticator:
    return Authenticator(
        Options(
            accounts=(AccountOptions(name="AUTH"), AccountOptions(name="A")),
            authorization=AuthorizationOptions(
                users=(
                    UserOptions(name="service", password="p", account="AUTH"),
                    UserOptions(name="hashed service", password=HASH, account="AUTH"),
                    UserOptions(name="a", password="p", account="A"),
                    UserOptions(name="hashed", password=HASH, account="A"),
                ),
                callout=CalloutOptions(
                    issuer=account_signer("issuer").public,
                    account="AUTH",
                    auth_users=("service", "hashed service"),
                    allowed_accounts=allowed_accounts,
                ),
            ),
        )
    )


@pytest.mark.parametrize(
    ("user", "password", "allowed_accounts", "outcome"),
    [
        ("service", "p", (), Admitted),
        ("service", "x", (), Refused),
        ("hashed service", "x", (), NeedsPassword),
        ("a", "p", (), NeedsCallout),
        ("a", "x", (), NeedsCallout),
        ("hashed", "x", (), NeedsCallout),
        ("stranger", "x", (), NeedsCallout),
        ("", "", (), NeedsCallout),
        ("a", "p", ("A",), NeedsCallout),
        ("a", "p", ("B",), Admitted),
        ("a", "x", ("B",), NeedsCallout),
        ("hashed", "p", ("A",), NeedsCallout),
        ("hashed", "p", ("B",), NeedsPassword),
        ("stranger", "p", ("B",), NeedsCallout),
    ],
)
def test_the_service_is_asked_about_all_but_its_own_and_other_accounts(
    user: str, password: str, allowed_accounts: tuple[str, ...], outcome: type
) -> None:
    login = Login(ConnectOptions(user=user, password=password), "", "127.0.0.1")

    assert type(guarded(*allowed_accounts).decide(login, 0)) is outcome


def test_a_wrong_password_makes_one_a_stranger() -> None:
    login = Login(ConnectOptions(user="hashed", password="p"), "", "127.0.0.1")

    outcome = guarded("B").decide(login, 0)

    assert isinstance(outcome, NeedsPassword)
    assert isinstance(outcome.then, Admitted)
    assert isinstance(outcome.otherwise, NeedsCallout)


def test_the_service_s_account_may_not_ask_the_service() -> None:
    login = Login(ConnectOptions(user="service", password="p"), "", "127.0.0.1")

    outcome = guarded().decide(login, 0)

    assert isinstance(outcome, Admitted)
    assert outcome.permissions is not None
    assert outcome.permissions.publish.deny == (b"$SYS.REQ.USER.AUTH",)
