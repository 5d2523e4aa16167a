"""Decisions on logins that the table asked of real servers (tests/parity/houses.py) leaves out."""

import base64
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

from natsim.broker.effects import CloseReason
from natsim.broker.events import ConnectionKind, PeerCertificate, Upgrade
from natsim.broker.nats.auth import (
    Admitted,
    Authenticator,
    Expiry,
    Gone,
    JwtError,
    Login,
    NeedsPassword,
    Outcome,
    Refused,
)
from natsim.broker.nats.connect import ConnectOptions
from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    ConnectionType,
    OperatorOptions,
    Options,
    Permissions,
    ResponseRule,
    SubjectRules,
    TlsOptions,
    UserOptions,
    WebsocketOptions,
)
from natsim.broker.now import SECOND_NS

HASH = "$2b$04$abcdefghijklmnopqrstuuDo8CNQeP0nMVMYhCnKzmbOKYCYJQxPm"
WALL_NS = (ISSUED_S + 100) * SECOND_NS
OPERATOR, ACCOUNT, USER = operator_signer(), account_signer("account"), user_signer("user")

CLIENT, WEBSOCKET = ConnectionKind.CLIENT, ConnectionKind.WEBSOCKET


A = UserOptions(name="a", password="a")
HASHED = UserOptions(name="a", password=HASH)


def guarded(*users: UserOptions) -> Authenticator:
    return Authenticator(Options(authorization=AuthorizationOptions(users=users)))


def login(user: str = "", password: str = "") -> Login:
    return Login(ConnectOptions(user=user, password=password), "", "127.0.0.1")


def decide(authenticator: Authenticator, knock: Login) -> Outcome:
    return authenticator.decide(knock, WALL_NS)


def admit(authenticator: Authenticator, knock: Login) -> Admitted:
    outcome = decide(authenticator, knock)
    assert isinstance(outcome, Admitted)
    return outcome


def trusting(account: str, operator: str = "") -> Authenticator:
    operator = operator or operator_jwt(OPERATOR)
    said = OperatorOptions(operators=(operator,), accounts=((ACCOUNT.public, account),))
    return Authenticator(Options(authorization=AuthorizationOptions(operator=said)))


def test_a_hashed_password_waits_for_bcrypt() -> None:
    outcome = decide(guarded(HASHED), login("a", "secret"))

    assert isinstance(outcome, NeedsPassword)
    assert (outcome.hashed, outcome.password) == (HASH.encode(), b"secret")
    assert isinstance(outcome.then, Admitted)
    assert outcome.otherwise == Refused('User "a"')


def test_a_reload_does_not_ask_for_the_same_hash_again() -> None:
    outcome = decide(guarded(HASHED), login("a", "secret"))
    assert isinstance(outcome, NeedsPassword)

    standing = guarded(HASHED).decide_again(login("a", "secret"), outcome.then, WALL_NS)

    assert standing == outcome.then


def test_a_reload_asks_for_another_hash() -> None:
    outcome = decide(guarded(HASHED), login("a", "secret"))
    assert isinstance(outcome, NeedsPassword)
    other = replace(HASHED, password=HASH[:-1] + "n")

    standing = guarded(other).decide_again(login("a", "secret"), outcome.then, WALL_NS)

    assert isinstance(standing, NeedsPassword)


def test_a_reload_gives_other_permissions() -> None:
    permissions = Permissions(publish=SubjectRules(allow=(b"x",)))
    before = admit(guarded(A), login("a", "a"))

    standing = guarded(replace(A, permissions=permissions)).decide_again(login(), before, WALL_NS)

    assert isinstance(standing, Admitted)
    assert standing.permissions == permissions


def test_a_removed_user_is_gone_without_a_word() -> None:
    before = admit(guarded(A), login("a", "a"))

    standing = guarded().decide_again(login(), before, WALL_NS)

    assert standing == Gone(CloseReason.CLIENT_CLOSED)


def test_default_permissions_are_those_of_the_user_s_account() -> None:
    block, account, own = (
        Permissions(publish=SubjectRules(allow=(subject,))) for subject in (b"1", b"2", b"3")
    )
    authenticator = Authenticator(
        Options(
            accounts=(
                AccountOptions(name="A", default_permissions=account),
                AccountOptions(name="B"),
            ),
            authorization=AuthorizationOptions(
                default_permissions=block,
                users=(
                    UserOptions(name="g", password="p"),
                    UserOptions(name="a", password="p", account="A"),
                    UserOptions(name="b", password="p", account="B"),
                    UserOptions(name="o", password="p", account="A", permissions=own),
                ),
            ),
        )
    )

    found = [admit(authenticator, login(name, "p")).permissions for name in "gabo"]

    assert found == [block, account, None, own]


def test_a_user_of_websockets_comes_by_websocket_alone() -> None:
    user = replace(A, connection_types=(ConnectionType.WEBSOCKET,))
    authenticator = guarded(user)

    came = decide(authenticator, replace(login("a", "a"), kind=WEBSOCKET))
    stayed_out = decide(authenticator, login("a", "a"))

    assert isinstance(came, Admitted)
    assert stayed_out == Refused('User "a"')


def test_cookies_stand_in_for_what_connect_leaves_out() -> None:
    upgrade = Upgrade(user="a", password="a", token="t", jwt="j")
    knock = replace(login(), kind=WEBSOCKET, upgrade=upgrade)

    options = admit(guarded(A), knock).options

    assert (options.user, options.password, options.auth_token, options.jwt) == ("a", "a", "t", "")


def test_what_connect_says_goes_before_cookies() -> None:
    knock = replace(login("a", "a"), kind=WEBSOCKET, upgrade=Upgrade(user="x", password="x"))

    assert admit(guarded(A), knock).user == "a"


def test_websockets_may_ask_for_a_token_where_nobody_else_does() -> None:
    authenticator = Authenticator(Options(websocket=WebsocketOptions(token="t")))
    knock = Login(ConnectOptions(auth_token="t"), "", "127.0.0.1", kind=WEBSOCKET)

    outcomes = [
        decide(authenticator, knock),
        decide(authenticator, replace(knock, options=ConnectOptions())),
        decide(authenticator, login()),
    ]

    assert [type(outcome) for outcome in outcomes] == [Admitted, Refused, Admitted]
    assert [authenticator.is_announced(kind) for kind in (CLIENT, WEBSOCKET)] == [False, True]


def test_websockets_may_have_a_no_auth_user_of_their_own() -> None:
    authenticator = Authenticator(
        Options(
            authorization=AuthorizationOptions(users=(A,)),
            websocket=WebsocketOptions(no_auth_user="a"),
        )
    )

    assert admit(authenticator, replace(login(), kind=WEBSOCKET)).user == "a"
    assert isinstance(decide(authenticator, login()), Refused)
    assert [authenticator.admits_silent(kind) for kind in (CLIENT, WEBSOCKET)] == [False, True]


def test_certificates_name_users_only_where_they_are_asked_to() -> None:
    peer = PeerCertificate(names=("a",), subject="CN=x", spki_sha256="", cert_sha256="")
    knock = replace(login(), peer=peer)
    said = AuthorizationOptions(users=(UserOptions(name="a"),))

    mapped = decide(
        Authenticator(Options(authorization=said, tls=TlsOptions(verify_and_map=True))), knock
    )
    verified = decide(
        Authenticator(Options(authorization=said, tls=TlsOptions(verify=True))), knock
    )

    assert (type(mapped), type(verified)) == (Admitted, Refused)


def test_no_password_is_no_way_around_a_certificate() -> None:
    users = (
        UserOptions(name="e"),
        UserOptions(name="s", connection_types=(ConnectionType.STANDARD,)),
        A,
    )
    authenticator = Authenticator(
        Options(
            authorization=AuthorizationOptions(users=users),
            websocket=WebsocketOptions(tls=TlsOptions(verify_and_map=True)),
        )
    )

    outcomes = [decide(authenticator, login(*said)) for said in (("e", ""), ("s", ""), ("a", "a"))]

    assert [type(outcome) for outcome in outcomes] == [Refused, Admitted, Admitted]


@pytest.mark.parametrize(
    ("options", "timeout_s"),
    [
        (Options(), 2),
        (Options(tls=TlsOptions(timeout_ns=5 * SECOND_NS)), 6),
        (Options(authorization=AuthorizationOptions(timeout_ns=SECOND_NS)), 1),
    ],
)
def test_the_time_to_log_in_follows_from_tls(options: Options, timeout_s: int) -> None:
    assert Authenticator(options).timeout_ns == timeout_s * SECOND_NS


@pytest.mark.parametrize(
    ("kind", "timeout_s"), [(ConnectionKind.CLIENT, 5), (ConnectionKind.WEBSOCKET, 1)]
)
def test_a_websocket_may_have_a_time_of_its_own(kind: ConnectionKind, timeout_s: int) -> None:
    options = Options(
        authorization=AuthorizationOptions(timeout_ns=5 * SECOND_NS),
        websocket=WebsocketOptions(auth_timeout_ns=SECOND_NS),
    )

    assert Authenticator(options).timeout_of(kind) == timeout_s * SECOND_NS


def test_half_a_surrogate_pair_is_no_question_mark() -> None:
    outcome = decide(guarded(UserOptions(name="a", password="?")), login("a", "\ud800"))

    assert isinstance(outcome, Refused)


def signed(jwt: str) -> Login:
    nonce = "abcdefghijklmno"
    return Login(ConnectOptions(jwt=jwt, sig=url(USER.sign(nonce))), nonce, "127.0.0.1")


def url(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


def test_a_user_s_jwt_ends_before_its_account_s() -> None:
    account = account_jwt(OPERATOR, ACCOUNT, expires_s=ISSUED_S + 500)
    jwt = user_jwt(ACCOUNT, USER, expires_s=ISSUED_S + 300)

    expiry = admit(trusting(account), signed(jwt)).expiry

    assert expiry == Expiry((ISSUED_S + 300) * SECOND_NS, "User Authentication Expired")


def test_an_account_s_jwt_ends_its_users() -> None:
    account = account_jwt(OPERATOR, ACCOUNT, expires_s=ISSUED_S + 200)
    jwt = user_jwt(ACCOUNT, USER, expires_s=ISSUED_S + 300)

    expiry = admit(trusting(account), signed(jwt)).expiry

    assert expiry == Expiry((ISSUED_S + 200) * SECOND_NS, "Account Authentication Expired")


def test_limits_are_those_of_the_user() -> None:
    jwt = user_jwt(ACCOUNT, USER, {"subs": 5, "payload": 2**40})

    found = admit(trusting(account_jwt(OPERATOR, ACCOUNT)), signed(jwt))

    assert (found.max_subscriptions, found.max_payload) == (5, 2**31 - 1)


def test_an_account_s_permissions_are_for_users_without_any() -> None:
    account = account_jwt(OPERATOR, ACCOUNT, {"default_permissions": {"pub": {"allow": ["a"]}}})
    own = user_jwt(ACCOUNT, USER, {"sub": {"allow": ["b"]}, "resp": {"max": 0, "ttl": 0}})

    found = [
        admit(trusting(account), signed(jwt)).permissions for jwt in (user_jwt(ACCOUNT, USER), own)
    ]

    assert found == [
        Permissions(publish=SubjectRules(allow=(b"a",))),
        Permissions(subscribe=SubjectRules(allow=(b"b",)), responses=ResponseRule()),
    ]


def test_a_user_of_an_account_with_a_callout_is_refused() -> None:
    account = account_jwt(
        OPERATOR, ACCOUNT, {"authorization": {"auth_users": [user_signer("service").public]}}
    )

    outcome = decide(trusting(account), signed(user_jwt(ACCOUNT, USER)))

    assert isinstance(outcome, Refused)
    assert outcome.complaint == "auth callout of an account is not supported"


def test_a_server_does_not_start_with_a_bad_operator() -> None:
    with pytest.raises(JwtError):
        trusting(account_jwt(OPERATOR, ACCOUNT), operator="garbage")


def test_strangers_are_as_good_as_a_jwt_s_sentinel() -> None:
    sentinel = user_jwt(ACCOUNT, USER, {"bearer_token": True})
    said = OperatorOptions(
        operators=(operator_jwt(OPERATOR),),
        accounts=((ACCOUNT.public, account_jwt(OPERATOR, ACCOUNT)),),
        default_sentinel=sentinel,
    )

    found = admit(
        Authenticator(Options(authorization=AuthorizationOptions(operator=said))), login()
    )

    assert (found.options.jwt, found.jwt, found.user) == (sentinel, "", USER.public)


def test_accounts_that_are_not_pinned_are_closed() -> None:
    said = OperatorOptions(
        operators=(operator_jwt(OPERATOR),),
        accounts=((ACCOUNT.public, account_jwt(OPERATOR, ACCOUNT)),),
        pinned_accounts=(account_signer("other").public,),
    )
    authenticator = Authenticator(Options(authorization=AuthorizationOptions(operator=said)))

    assert isinstance(decide(authenticator, signed(user_jwt(ACCOUNT, USER))), Refused)
