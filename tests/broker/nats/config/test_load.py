from collections.abc import Callable
from typing import TypeAlias

import pytest
from tests.credentials import operator_jwt, operator_signer

from natsim.broker.nats.config import ConfigError, load
from natsim.broker.nats.options import (
    AccountLimits,
    AccountOptions,
    AuthorizationOptions,
    CalloutOptions,
    ConnectionType,
    Destination,
    HandshakeFirst,
    LogOptions,
    Mapping,
    MonitorOptions,
    OperatorOptions,
    Options,
    Permissions,
    ResponseRule,
    ResponseType,
    ServiceExport,
    ServiceImport,
    StreamExport,
    StreamImport,
    SubjectRules,
    TlsOptions,
    UserOptions,
    WebsocketOptions,
    WriteTimeout,
)
from natsim.broker.now import SECOND_NS

from .reading import Files, load_text

ACCOUNT = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
OPERATOR = "OAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWMG"
USER = "UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABET7"
JWT = "eyJh.eyJi.c-_"


Case: TypeAlias = tuple[str, Callable[[Options], object], object]

OPTIONS: list[Case] = [
    ("listen: localhost:4443", lambda o: (o.host, o.port), ("localhost", 4443)),
    ("listen: 4443", lambda o: (o.host, o.port), ("0.0.0.0", 4443)),
    ("net: h, port: -1", lambda o: (o.host, o.port), ("h", 0)),
    ("port: 0", lambda o: o.port, 4222),
    ("Server_Name: n1", lambda o: o.server_name, "n1"),
    ("client_advertise: 'a:1'", lambda o: o.client_advertise, "a:1"),
    ("server_tags: [B, a, b]", lambda o: o.server_tags, ("b", "a")),
    ("server_metadata { a: b }", lambda o: o.server_metadata, {"a": "b"}),
    ("feature_flags { a: yes }", lambda o: o.feature_flags, {"a": True}),
    ("cluster { name: C1 }", lambda o: o.cluster_name, "C1"),
    ("max_connections: 100", lambda o: o.max_connections, 100),
    ("max_conn: 0", lambda o: o.max_connections, -1),
    ("max_subs: 5", lambda o: o.max_subscriptions, 5),
    ("max_subscriptions: -1", lambda o: o.max_subscriptions, 0),
    ("max_sub_tokens: 8", lambda o: o.max_subscription_tokens, 8),
    ("max_control_line: 2kb", lambda o: o.max_control_line, 2048),
    ("max_payload: 2mb", lambda o: o.max_payload, 2 << 20),
    ("max_payload: 0", lambda o: o.max_payload, 1 << 20),
    ("max_payload: -1", lambda o: o.max_payload, -1),
    ("max_pending: 128mb", lambda o: o.max_pending, 128 << 20),
    ("max_closed_clients: 7", lambda o: o.max_closed_clients, 7),
    ("ping_interval: '1m30s'", lambda o: o.ping_interval_ns, 90 * SECOND_NS),
    ("ping_interval: '0s'", lambda o: o.ping_interval_ns, 120 * SECOND_NS),
    ("ping_max: 0", lambda o: o.ping_max, 2),
    ("write_deadline: '1.5s'", lambda o: o.write_deadline_ns, 3 * SECOND_NS // 2),
    ("write_timeout: retry", lambda o: o.write_timeout, WriteTimeout.RETRY),
    ("lame_duck_duration: '1h'", lambda o: o.lame_duck_duration_ns, 3600 * SECOND_NS),
    ("lame_duck_grace_period: '5s'", lambda o: o.lame_duck_grace_ns, 5 * SECOND_NS),
    ("no_header_support: true", lambda o: o.has_headers, False),
    ("no_fast_producer_stall: true", lambda o: o.stalls_fast_producers, False),
    ("disable_sublist_cache: true", lambda o: o.caches_subjects, False),
    (
        "pid_file: /p, ports_file_dir: /d",
        lambda o: (o.pid_file, o.ports_file_dir),
        ("/p", "/d"),
    ),
    (
        "prof_port: 1, prof_block_rate: 2",
        lambda o: (o.profile_port, o.profile_block_rate),
        (1, 2),
    ),
    ("http: localhost:8222", lambda o: o.monitor, MonitorOptions(host="localhost", port=8222)),
    (
        "https_port: -1, http_base_path: nats/",
        lambda o: o.monitor,
        MonitorOptions(port=0, is_tls=True, base_path="/nats"),
    ),
    (
        "monitor_port: 1, https_port: 2",
        lambda o: o.monitor,
        MonitorOptions(port=1, other_port=2),
    ),
    (
        "debug: true, trace_verbose: true, logtime: false, log_file: l, log_size_limit: 1k, "
        "log_max_num: 3, max_traced_msg_len: 9",
        lambda o: o.log,
        LogOptions(
            debug=True,
            trace=True,
            trace_verbose=True,
            logtime=False,
            logfile="l",
            size_limit=1000,
            max_files=3,
            max_traced_message=9,
        ),
    ),
    ("system_account: S, accounts { S {} }", lambda o: o.system_account, "S"),
    ("no_system_account: true", lambda o: o.system_account, ""),
    ("jetstream: false, leafnodes {}", lambda o: o.system_account, "$SYS"),
]


@pytest.mark.parametrize(("text", "get", "expected"), OPTIONS)
def test_an_option_is_read(text: str, get: Callable[[Options], object], expected: object) -> None:
    assert get(load_text(text).options) == expected


def test_a_configuration_of_nothing_but_comments_is_the_default_and_a_warning() -> None:
    loaded = load_text("# nothing\n")

    assert [str(one) for one in loaded.warnings] == ["c.conf: config has no values or is empty"]
    assert (loaded.options.port, loaded.options.config_file) == (4222, "c.conf")


def test_seconds_as_a_number_are_taken_with_a_warning() -> None:
    loaded = load_text("port: 1\nping_interval: 5")

    assert loaded.options.ping_interval_ns == 5 * SECOND_NS
    assert [str(one) for one in loaded.warnings] == [
        'c.conf:2:1: invalid use of field "ping_interval": '
        "ping_interval should be converted to a duration"
    ]


def test_what_is_written_is_known_for_flags() -> None:
    assert load_text("Debug: true\nport: 1").written == ("debug", "port")


def test_users_are_read_with_their_permissions() -> None:
    loaded = load_text(
        """
        authorization {
          timeout: 1.5
          default_permissions { publish: "a.>" }
          users: [
            { user: u, password: p, permissions: {
                publish: [a, "b.*"], subscribe: { allow: "c  q", deny: [d] },
                allow_responses: { max: 5, expires: "1m" } } }
            { nkey: USER, allowed_connection_types: [standard, WEBSOCKET] }
            { user: v, permissions: { allow_responses: true } }
          ]
        }
        no_auth_user: v
        """.replace("USER", USER)
    )

    default = Permissions(publish=SubjectRules(allow=(b"a.>",)))
    assert loaded.options.authorization == AuthorizationOptions(
        timeout_ns=1_500_000_000,
        users=(
            UserOptions(
                name="u",
                password="p",
                permissions=Permissions(
                    publish=SubjectRules(allow=(b"a", b"b.*")),
                    subscribe=SubjectRules(allow=(b"c q",), deny=(b"d",)),
                    responses=ResponseRule(max_messages=5, expires_ns=60 * SECOND_NS),
                ),
            ),
            UserOptions(
                nkey=USER,
                permissions=default,
                connection_types=(ConnectionType.STANDARD, ConnectionType.WEBSOCKET),
            ),
            UserOptions(name="v", permissions=Permissions(responses=ResponseRule())),
        ),
        default_permissions=default,
        no_auth_user="v",
        has_block=True,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user: u, pass: p", AuthorizationOptions(user="u", password="p", has_block=True)),
        ("token: t", AuthorizationOptions(token="t", has_block=True)),
        (
            f"auth_callout {{ issuer: {ACCOUNT}, auth_users: [a, b] }}",
            AuthorizationOptions(
                callout=CalloutOptions(issuer=ACCOUNT, account="$G", auth_users=("a", "b")),
                has_block=True,
            ),
        ),
        ("", AuthorizationOptions(has_block=True)),
    ],
)
def test_a_block_authorization_is_read(text: str, expected: AuthorizationOptions) -> None:
    assert load_text(f"authorization {{ {text} }}").options.authorization == expected


def test_accounts_are_read_with_all_they_have() -> None:
    loaded = load_text(
        """
        accounts {
          A {
            nkey: ACCOUNT
            users: [ {user: a}, {user: b, permissions {}} ]
            default_permissions { subscribe: "x.>" }
            exports: [
              { stream: "s.>", accounts: [B] }
              { service: "q.*", response_type: stream, threshold: "5s", account_token_position: 2 }
              { service: r, latency { sampling: "50%", subject: l } }
            ]
            mappings { m: n, "o.*": [ {dest: "p.$1", weight: 30%}, {dest: "q.$1", weight: 20} ] }
            limits { max_conn: 5, max_payload: 1k }
          }
          B {
            imports: [
              { stream: {account: A, subject: "s.>"}, prefix: t }
              { service: {account: A, subject: "q.B"}, to: u, share: true }
              { service: {account: A, subject: r} }
            ]
          }
        }
        """.replace("ACCOUNT", ACCOUNT)
    )

    permissions = Permissions(subscribe=SubjectRules(allow=(b"x.>",)))
    assert loaded.options.authorization.users == (
        UserOptions(name="a", account="A", permissions=permissions),
        UserOptions(name="b", account="A", permissions=Permissions()),
    )
    assert loaded.options.accounts == (
        AccountOptions(
            name="A",
            nkey=ACCOUNT,
            exports=(
                StreamExport(subject=b"s.>", accounts=("B",)),
                ServiceExport(
                    subject=b"q.*",
                    response_type=ResponseType.STREAM,
                    threshold_ns=5 * SECOND_NS,
                    token_position=2,
                ),
                ServiceExport(subject=b"r", latency_subject=b"l", latency_sampling=50),
            ),
            mappings=(
                Mapping(source=b"m", destinations=(Destination(subject=b"n"),)),
                Mapping(
                    source=b"o.*",
                    destinations=(
                        Destination(subject=b"p.$1", weight=30),
                        Destination(subject=b"q.$1", weight=20),
                    ),
                ),
            ),
            limits=AccountLimits(max_connections=5, max_payload=1000),
            default_permissions=permissions,
        ),
        AccountOptions(
            name="B",
            stream_imports=(StreamImport(account="A", subject=b"s.>", prefix=b"t"),),
            service_imports=(
                ServiceImport(account="A", subject=b"q.B", to=b"u", share=True),
                ServiceImport(account="A", subject=b"r"),
            ),
        ),
    )


def test_the_blocks_tls_and_websocket_are_read() -> None:
    text = """
        tls {
          cert_file: c.pem, key_file: k.pem, ca_file: ca.pem, verify_and_map: true, timeout: 5
          cipher_suites: [TLS_AES_128_GCM_SHA256], curve_preferences: [X25519], min_version: "1.3"
          pinned_certs: ["FINGERPRINT"], connection_rate_limit: 9, handshake_first: auto
        }
        allow_non_tls: true
        websocket {
          listen: "localhost:8080", no_tls: true, same_origin: true, allowed_origins: "http://a"
          compression: true, handshake_timeout: "1s", jwt_cookie: j, headers { X: y }
          authorization { token: t, timeout: 3 }
        }
        """.replace("FINGERPRINT", "AB" * 32)
    read = Files({"c.conf": text.encode(), "c.pem": b"", "k.pem": b"", "ca.pem": b""})

    options = load("c.conf", read, {}).options

    assert options.tls == TlsOptions(
        cert_file="c.pem",
        key_file="k.pem",
        ca_file="ca.pem",
        verify=True,
        verify_and_map=True,
        timeout_ns=5 * SECOND_NS,
        cipher_suites=("TLS_AES_128_GCM_SHA256",),
        curve_preferences=("X25519",),
        min_version="1.3",
        pinned_certs=("ab" * 32,),
        connection_rate_limit=9,
        handshake_first=HandshakeFirst(delay_ns=50_000_000),
        allow_non_tls=True,
    )
    assert options.websocket == WebsocketOptions(
        host="localhost",
        port=8080,
        no_tls=True,
        same_origin=True,
        allowed_origins=("http://a",),
        compression=True,
        handshake_timeout_ns=SECOND_NS,
        jwt_cookie="j",
        headers=(("X", "y"),),
        token="t",
        auth_timeout_ns=3 * SECOND_NS,
    )


def test_a_websocket_without_a_port_is_none() -> None:
    assert load_text("websocket { no_tls: true }").options.websocket is None


def test_operator_mode_is_read_with_its_jwts_as_text() -> None:
    one, other = (operator_jwt(operator_signer(), {"tags": [tag]}) for tag in "ab")
    text = f"""
        operator: [o.jwt, {other}]
        resolver: MEMORY
        resolver_preload {{ {ACCOUNT}: {JWT} }}
        resolver_pinned_accounts: {ACCOUNT}
        """
    decorated = f"-----BEGIN NATS OPERATOR JWT-----\n{one}\n------END NATS OPERATOR JWT------\n"
    read = Files({"c.conf": text.encode(), "o.jwt": decorated.encode()})

    options = load("c.conf", read, {}).options

    assert options.authorization.operator == OperatorOptions(
        operators=(one, other),
        accounts=((ACCOUNT, JWT),),
        has_resolver=True,
        pinned_accounts=(ACCOUNT,),
    )


def test_trusted_keys_are_operator_mode_too() -> None:
    options = load_text(f"trusted_keys: {OPERATOR}").options

    assert options.authorization.operator == OperatorOptions(trusted_keys=(OPERATOR,))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jetstream: true", "natsim has no JetStream; use nats-server for it"),
        ("jetstream { store_dir: x }", "natsim has no JetStream; use nats-server for it"),
        ("cluster { port: 6222 }", "natsim has no clusters; use nats-server for them"),
        ("cluster { routes: ['nats://a'] }", "natsim has no clusters; use nats-server for them"),
        ("gateway { port: 7222 }", "natsim has no gateways; use nats-server for them"),
        ("leafnodes { port: 7422 }", "natsim has no leafnodes; use nats-server for them"),
        (
            "leafnodes { remotes: [ {url: 'nats://a'} ] }",
            "natsim has no leafnodes; use nats-server for them",
        ),
        ("mqtt { port: 1883 }", "natsim has no MQTT; use nats-server for it"),
        (
            "resolver: URL(http://a)",
            "natsim has no URL account resolver; use MEMORY, or nats-server for it",
        ),
        (
            "resolver { type: full, dir: d }",
            "natsim has no FULL account resolver; use MEMORY, or nats-server for it",
        ),
        ("ocsp: true", "natsim has no OCSP; use nats-server for it"),
        ("proxy_protocol: true", "natsim has no PROXY protocol; use nats-server for it"),
    ],
)
def test_what_natsim_does_not_have_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(f"port: 4222\n{text}")

    assert str(caught.value) == f"c.conf:2:1: {message}"


def test_all_mistakes_are_reported_with_warnings_first() -> None:
    with pytest.raises(ConfigError) as caught:
        load_text("foo: 1\nport: x\nping_interval: 5\njetstream: true\n")

    assert str(caught.value).split("\n") == [
        'c.conf:3:1: invalid use of field "ping_interval": '
        "ping_interval should be converted to a duration",
        'c.conf:1:0: unknown field "foo"',
        "c.conf:2:1: interface conversion: interface {} is string, not int64",
        "c.conf:4:1: natsim has no JetStream; use nats-server for it",
    ]
