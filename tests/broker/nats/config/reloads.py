"""What nats-server 2.15.1 logs when the first configuration becomes the second by SIGHUP.

Both stand behind `listen: 127.0.0.1:14873`.
"""

RELOADED: list[tuple[str, str, list[str]]] = [
    ("", "", ["Reloaded: authorization users", "Reloaded: accounts"]),
    (
        "",
        "debug: true",
        ["Reloaded: debug = true", "Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "",
        "trace: true, debug: true, logtime: false",
        [
            "Reloaded: trace = true",
            "Reloaded: debug = true",
            "Reloaded: logtime = false",
            "Reloaded: authorization users",
            "Reloaded: accounts",
        ],
    ),
    (
        "",
        "trace_verbose: true",
        [
            "Reloaded: trace = true",
            "Reloaded: trace_verbose = true",
            "Reloaded: authorization users",
            "Reloaded: accounts",
        ],
    ),
    (
        "",
        'max_payload: 100, max_control_line: 512, max_connections: 10, ping_interval: "10s", ping_max: 5, write_deadline: "3s"',
        [
            "Reloaded: max_connections = 10",
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: ping_interval = 10s",
            "Reloaded: ping_max = 5",
            "Reloaded: max_control_line = 512",
            "Reloaded: max_payload = 100",
            "Reloaded: write_deadline = 3s",
        ],
    ),
    (
        "",
        "authorization {user: a, password: b}",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: authorization username",
            "Reloaded: authorization password",
        ],
    ),
    (
        "",
        "authorization {token: a, timeout: 5}",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: authorization token",
            "Reloaded: authorization timeout = 5",
        ],
    ),
    (
        "",
        "authorization {users: [{user: a, password: b}]}",
        ["Reloaded: authorization users", "Reloaded: accounts"],
    ),
    ("", "accounts {A {}}", ["Reloaded: authorization users", "Reloaded: accounts"]),
    (
        "",
        "server_tags: [a,b]",
        ["Reloaded: authorization users", "Reloaded: accounts", "Reloaded: tags"],
    ),
    (
        "",
        "server_metadata {a: b}",
        ["Reloaded: authorization users", "Reloaded: accounts", "Reloaded: metadata"],
    ),
    (
        "",
        "pid_file: /tmp/conf-x/p.pid",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: pid_file = /tmp/conf-x/p.pid",
        ],
    ),
    (
        "",
        "ports_file_dir: /tmp/conf-x",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: ports_file_dir = /tmp/conf-x",
        ],
    ),
    (
        "",
        "logfile: /tmp/conf-x/l.log",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: log_file = /tmp/conf-x/l.log",
        ],
    ),
    ("", "syslog: false", ["Reloaded: authorization users", "Reloaded: accounts"]),
    (
        "",
        'client_advertise: "a:5"',
        ["Reload: client_advertise = a:5", "Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "",
        "max_traced_msg_len: 10",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: max_traced_msg_len = 10",
        ],
    ),
    (
        "",
        "connect_error_reports: 5, reconnect_error_reports: 6",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: connect_error_reports = 5",
            "Reloaded: reconnect_error_reports = 6",
        ],
    ),
    (
        "",
        "prof_block_rate: 5",
        ["Reloaded: authorization users", "Reloaded: accounts", "Reloaded: prof_block_rate = 5"],
    ),
    (
        "",
        "no_fast_producer_stall: true",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: fast producers will not be stalled",
        ],
    ),
    (
        "",
        "cluster {name: x}",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Cluster name updated to x",
            "Reloaded: cluster",
        ],
    ),
    ("", "mappings {a: b}", ["Reloaded: authorization users", "Reloaded: accounts"]),
    (
        "",
        "authorization {users: [{nkey: UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4}]}",
        [
            "Reloaded: authorization nkey users",
            "Reloaded: authorization users",
            "Reloaded: accounts",
        ],
    ),
    (
        "",
        'remote_syslog: "udp://127.0.0.1:555"',
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: remote_syslog = udp://127.0.0.1:555",
        ],
    ),
    (
        "",
        "trace_headers: true",
        [
            "Reloaded: trace = true",
            "Reloaded: trace_headers = true",
            "Reloaded: authorization users",
            "Reloaded: accounts",
        ],
    ),
    (
        "",
        "logtime_utc: true",
        ["Reloaded: logtime_utc = true", "Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "",
        "ping_interval: 5",
        ["Reloaded: authorization users", "Reloaded: accounts", "Reloaded: ping_interval = 5s"],
    ),
    (
        "tls {cert_file: c.pem, key_file: k.pem}",
        "tls {cert_file: c.pem, key_file: k.pem}",
        ["Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "",
        "tls {cert_file: c.pem, key_file: k.pem}",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: authorization timeout = 3",
            "Reloaded: tls = enabled",
        ],
    ),
    (
        "tls {cert_file: c.pem, key_file: k.pem}",
        "",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: authorization timeout = 2",
            "Reloaded: tls = disabled",
        ],
    ),
    (
        "tls {cert_file: c.pem, key_file: k.pem}",
        'tls {cert_file: c.pem, key_file: k.pem, timeout: 5, verify: false, handshake_first: true, pinned_certs: ["abababababababababababababababababababababababababababababababab"]}',
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: authorization timeout = 6",
            "Reloaded: tls timeout = 5",
            "Reloaded: 1 pinned_certs",
            "Reloaded: Client TLS handshake first: true",
        ],
    ),
    (
        "tls {cert_file: c.pem, key_file: k.pem}",
        'tls {cert_file: c.pem, key_file: k.pem, handshake_first: "300ms"}',
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: Client TLS handshake first: true",
            "Reloaded: Client TLS handshake first fallback delay: 300ms",
        ],
    ),
    (
        "tls {cert_file: c.pem, key_file: k.pem}",
        "tls {cert_file: c.pem, key_file: k.pem, ca_file: c.pem, verify: true}",
        ["Reloaded: authorization users", "Reloaded: accounts", "Reloaded: tls = enabled"],
    ),
    (
        'websocket {port: 18999, no_tls: true, allowed_origins: ["http://a"], headers {b: x}, handshake_timeout: 5s, ping_interval: "1m"}',
        'websocket {port: 18999, no_tls: true, allowed_origins: ["http://a"], headers {b: x}, handshake_timeout: 5s, ping_interval: "1m"}',
        ["Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "authorization {timeout: 1.5}",
        'authorization {timeout: "2500ms"}',
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: authorization timeout = 2.5",
        ],
    ),
    (
        "cluster {name: x}",
        "",
        ["Reloaded: authorization users", "Reloaded: accounts", "Reloaded: cluster"],
    ),
    (
        "max_connections: 5",
        "max_connections: 0",
        ["Reloaded: max_connections = -1", "Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "max_payload: -1",
        "max_payload: 0",
        ["Reloaded: authorization users", "Reloaded: accounts", "Reloaded: max_payload = 1048576"],
    ),
    (
        'write_deadline: "1500ms"',
        'write_deadline: "90m"',
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: write_deadline = 1h30m0s",
        ],
    ),
    (
        "server_tags: [a,b]",
        "server_tags: [b,a]",
        ["Reloaded: authorization users", "Reloaded: accounts", "Reloaded: tags"],
    ),
    (
        "no_fast_producer_stall: true",
        "",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: fast producers will be stalled",
        ],
    ),
    (
        "debug: true, trace: true",
        "debug: false",
        [
            "Reloaded: trace = false",
            "Reloaded: debug = false",
            "Reloaded: authorization users",
            "Reloaded: accounts",
        ],
    ),
    ("pid_file: a", 'pid_file: ""', ["Reloaded: authorization users", "Reloaded: accounts"]),
    (
        "client_advertise: a",
        'client_advertise: ""',
        ["Reload: client_advertise = ", "Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "server_metadata {a: b}",
        "server_metadata {a: c}",
        ["Reloaded: authorization users", "Reloaded: accounts", "Reloaded: metadata"],
    ),
    (
        "",
        "client_advertise: ':5'",
        ["Reload: client_advertise = :5", "Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "authorization {users: [{user: a, password: b}]}, no_auth_user: a",
        "authorization {users: [{user: b}]}",
        ["Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "authorization {users: [{user: a, password: b}]}, no_auth_user: a",
        "",
        ["Reloaded: authorization users", "Reloaded: accounts"],
    ),
    (
        "max_traced_msg_len: 5, connect_error_reports: 4",
        "",
        [
            "Reloaded: authorization users",
            "Reloaded: accounts",
            "Reloaded: max_traced_msg_len = 0",
            "Reloaded: connect_error_reports = 3600",
        ],
    ),
    (
        "accounts {A {users: [{nkey: UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABET7}]}}",
        "accounts {A {users: [{nkey: UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABET7}]}}",
        [
            "Reloaded: authorization nkey users",
            "Reloaded: authorization users",
            "Reloaded: accounts",
        ],
    ),
    (
        "authorization {users: [{nkey: UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABET7}]}",
        "authorization {users: [{nkey: UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABET7}]}",
        ["Reloaded: authorization users", "Reloaded: accounts"],
    ),
]

REFUSED_AT_RELOAD: list[tuple[str, str, str]] = [
    ("", "max_subscriptions: 1", "config reload not supported for MaxSubs: old=0, new=1"),
    (
        "",
        "max_subscription_tokens: 3",
        "config reload not supported for MaxSubTokens: old=0, new=3",
    ),
    (
        "",
        "max_pending: 100M",
        "config reload not supported for MaxPending: old=67108864, new=100000000",
    ),
    ("", "server_name: x", "config reload not supported for ServerName: old=, new=x"),
    (
        "server_name: x",
        "server_name: y",
        "config reload not supported for ServerName: old=x, new=y",
    ),
    (
        "",
        'lame_duck_duration: "60s"',
        "config reload not supported for LameDuckDuration: old=2m0s, new=1m0s",
    ),
    (
        "",
        'lame_duck_grace_period: "1s"',
        "config reload not supported for LameDuckGracePeriod: old=10s, new=1s",
    ),
    ("", "http: 127.0.0.1:18222", "config reload not supported for HTTPPort: old=0, new=18222"),
    (
        "authorization {users: [{user: a, password: b}]}",
        "authorization {users: [{user: a, password: b}]}, no_auth_user: a",
        "config reload not supported for NoAuthUser: old=, new=a",
    ),
    (
        "authorization {users: [{user: a, password: b}]}, no_auth_user: a",
        "authorization {users: [{user: a, password: b}]}",
        "config reload not supported for NoAuthUser: old=a, new=",
    ),
    (
        "",
        "system_account: A, accounts {A {}}",
        "config reload not supported for SystemAccount: old=, new=A",
    ),
    (
        "",
        "no_system_account: true",
        "config reload not supported for NoSystemAccount: old=false, new=true",
    ),
    ("", "prof_port: 18223", "config reload not supported for ProfPort: old=0, new=18223"),
    (
        "",
        "no_header_support: true",
        "config reload not supported for NoHeaderSupport: old=false, new=true",
    ),
    (
        "",
        "max_closed_clients: 5",
        "config reload not supported for MaxClosedClients: old=10000, new=5",
    ),
    (
        "",
        "disable_sublist_cache: true",
        "config reload not supported for NoSublistCache: old=false, new=true",
    ),
    ("", "write_timeout: close", "config reload not supported for WriteTimeout: old=, new=close"),
    (
        "",
        "websocket {port: 18999, no_tls: true}",
        "config reload not supported for Websocket: old={ 0          0 false <nil> false map[] false [] false 0s 0s map[] <nil>}, new={0.0.0.0 18999          0 true <nil> false map[] false [] false 0s 0s map[] <nil>}",
    ),
    (
        "",
        "feature_flags {a: true}",
        "config reload not supported for FeatureFlags: old=map[], new=map[a:true]",
    ),
    ("", "resolver: MEM", "config reload does not support moving to or from an account resolver"),
    ("", "host: localhost", "config reload not supported for Host: old=127.0.0.1, new=localhost"),
    (
        "",
        "authorization {auth_callout {issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA, auth_users: [a]}}",
        "config reload not supported for AuthCallout: old=<nil>, new=&{ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA $G [a]  []}",
    ),
    (
        "",
        "log_size_limit: 1000, log_max_num: 4",
        "config reload not supported for LogSizeLimit: old=0, new=1000",
    ),
    (
        "",
        "max_payload: 10, max_pending: 5",
        "max_payload (10) cannot be higher than max_pending (5)",
    ),
    (
        "",
        "max_control_line: 2k, lame_duck_duration: 60s, debug: true",
        "config reload not supported for LameDuckDuration: old=2m0s, new=1m0s",
    ),
    (
        "tls {cert_file: c.pem, key_file: k.pem}",
        "tls {cert_file: c.pem, key_file: k.pem, connection_rate_limit: 5}",
        "config reload not supported for TLSRateLimit: old=0, new=5",
    ),
    (
        "tls {cert_file: c.pem, key_file: k.pem}",
        "tls {cert_file: c.pem, key_file: k.pem, ca_file: c.pem, verify_and_map: true}",
        "config reload not supported for TLSMap: old=false, new=true",
    ),
    (
        "",
        "trusted_keys: OAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWMG",
        "config reload not supported for TrustedKeys: old=[], new=[OAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWMG]",
    ),
    (
        'websocket {port: 18999, no_tls: true, allowed_origins: ["http://a"], headers {b: x}, handshake_timeout: 5s, ping_interval: "1m"}',
        "websocket {port: 18999, no_tls: true, same_origin: true, advertise: a, compression: true, authorization {timeout: 3}}",
        "config reload not supported for Websocket: old={0.0.0.0 18999          0 true <nil> false map[] false [http://a] false 5s 1m0s map[b:x] <nil>}, new={0.0.0.0 18999 a         3 true <nil> false map[] true [] true 0s 0s map[] <nil>}",
    ),
    (
        "http: 127.0.0.1:18342",
        "http: 127.0.0.1:18343",
        "config reload not supported for HTTPPort: old=18342, new=18343",
    ),
    ("http: 127.0.0.1:18342", "", "config reload not supported for HTTPPort: old=18342, new=0"),
    (
        "http: 127.0.0.1:18342",
        "http: 0.0.0.0:18342",
        "config reload not supported for HTTPHost: old=127.0.0.1, new=0.0.0.0",
    ),
    (
        "no_sys_acc: true",
        "",
        "config reload not supported for NoSystemAccount: old=true, new=false",
    ),
    (
        "write_timeout: retry",
        "write_timeout: default",
        "config reload not supported for WriteTimeout: old=retry, new=",
    ),
    (
        "client_advertise: a",
        'client_advertise: "a:x"',
        'invalid ClientAdvertise value of a:x, err=strconv.Atoi: parsing "x": invalid syntax',
    ),
]
