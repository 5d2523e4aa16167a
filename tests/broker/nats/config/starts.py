"""What nats-server 2.15.1 says when it starts with a configuration that `-t` takes."""

REFUSED_AT_START: list[tuple[str, str]] = [
    ("no_auth_user: x", 'no_auth_user: "x" present, but users/nkeys are not defined'),
    (
        "authorization {users: [{user: a}]}, no_auth_user: x",
        'no_auth_user: "x" not present as user or nkey in authorization block or account configuration',
    ),
    ("max_payload: 9, max_pending: 5", "max_payload (9) cannot be higher than max_pending (5)"),
    (
        "lame_duck_duration: 30s, lame_duck_grace_period: 30s",
        "lame duck grace period (30s) should be strictly lower than lame duck duration (30s)",
    ),
    ("system_account: X", "error resolving system account: account missing"),
    ("websocket {port: -1}", "websocket requires TLS configuration"),
    (
        "websocket {port: -1, no_tls: true, allowed_origins: [foo]}",
        'unable to parse allowed origin: parse "foo": invalid URI for request',
    ),
    (
        'websocket {port: -1, no_tls: true, allowed_origins: ["ftp://foo"]}',
        'unable to parse allowed origin "ftp://foo": allowed origins must be absolute URLs with http or https scheme',
    ),
    (
        'websocket {port: -1, no_tls: true, allowed_origins: ["http://"]}',
        'unable to parse allowed origin "http://": host is required',
    ),
    (
        'websocket {port: -1, no_tls: true, allowed_origins: ["http://a:b"]}',
        'unable to parse allowed origin: parse "http://a:b": invalid port ":b" after host',
    ),
    (
        'websocket {port: -1, no_tls: true, allowed_origins: ["/a"]}',
        'unable to parse allowed origin "/a": allowed origins must be absolute URLs with http or https scheme',
    ),
    (
        "websocket {port: -1, no_tls: true, no_auth_user: x}",
        'no_auth_user: "x" present, but users/nkeys are not defined',
    ),
    (
        "websocket {port: -1, no_tls: true, authorization {user: x}}, authorization {users: [{user: a}]}",
        "websocket authentication username not compatible with presence of users/nkeys",
    ),
    (
        "websocket {port: -1, no_tls: true, jwt_cookie: x}",
        'trusted operators or trusted keys configuration is required for JWT authentication via cookie "x"',
    ),
    (
        "websocket {port: -1, no_tls: true, headers {Host: x}}",
        'websocket: invalid header "Host" not allowed',
    ),
    (
        "websocket {port: -1, no_tls: true, headers {Sec-WebSocket-Foo: x}}",
        'websocket: invalid header "Sec-WebSocket-Foo", "Sec-WebSocket-" prefix not allowed',
    ),
    ("default_sentinel: x", "default sentinel requires operators and accounts"),
    ("max_pending: -1", "max_payload (1048576) cannot be higher than max_pending (-1)"),
    (
        "authorization { user: a }, no_auth_user: a",
        'no_auth_user: "a" present, but users/nkeys are not defined',
    ),
    (
        "no_auth_user: x, trusted_keys: OAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWMG",
        'no_auth_user: "x" present, but users/nkeys are not defined',
    ),
    (
        "resolver: MEM, system_account: X",
        "error resolving system account: will only fetch valid account keys",
    ),
]

TAKEN_AT_START: list[str] = [
    "max_payload: 9m, max_pending: 100m",
    'system_account: "$G"',
    "system_account: A, accounts {A {}}",
    'client_advertise: "a b"',
    "port: 70000",
    'host: "nosuch..host"',
    "max_payload: -1",
    "max_connections: 0",
    "no_system_account: true",
    'accounts { "$SYS": {} }',
    "authorization {auth_callout {issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA, users: [a], account: X}}",
    "tls {}",
    'authorization {users: [{user: a, permissions: {publish: [">"], allow_responses: true}}]}',
    "log_size_limit: -1",
    'write_deadline: "-1s"',
    "resolver: MEM",
    "authorization {timeout: 100}",
    "max_traced_msg_len: -5",
    "cluster {name: x}",
    "server_metadata {a: b}",
    "websocket {port: -1, no_tls: true, jwt_cookie: x}, trusted_keys: OAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWMG",
    'websocket {port: -1, no_tls: true, allowed_origins: ["http://a:5/x","https://[::1]:7", "HTTP://u@b"]}',
    "authorization {users: [{user: a}]}, websocket {port: -1, no_tls: true, no_auth_user: a}",
]
