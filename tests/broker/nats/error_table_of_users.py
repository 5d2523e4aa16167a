"""The rows of the error table that need users or accounts; see error_table.py.

What needs more than one client or a reload is shown elsewhere: permissions that a reload takes away
in test_permissions.py, users that go in test_admission.py, JWTs that end there and in auth/.
"""

from natsim.broker.nats.config import load

from .error_table import Row, Setting, row_closed, row_open


def _configured(config: str) -> Setting:
    return Setting(config, load("c.conf", lambda _: config.encode(), {}).options)


TOKEN = _configured("authorization { token: secret, timeout: 0.3 }")
USERS = _configured(
    """authorization { users: [
    { user: a, password: a, permissions: {
        publish: { allow: ["foo.*", "in"], deny: "foo.bad" }
        subscribe: { allow: ["bar.>", "q grp", "in"], deny: "bar.secret" } } }
    { user: f, password: f, permissions: { publish: [], subscribe: { allow: [], deny: "foo.*" } } }
    { user: r, password: r, permissions: { publish: {deny: "_INBOX.deny.>"}
        subscribe: ">", allow_responses: true } }
    { user: w, password: w, allowed_connection_types: ["WEBSOCKET"] } ] }"""
)
ANYONE = _configured(
    """authorization { users: [{ user: n, password: n, permissions: { publish: foo } }] }
    no_auth_user: n"""
)
LIMITED = _configured(
    """accounts {
    A { users: [{user: a, password: a}], limits { max_connections: 0 } }
    B { users: [{user: b, password: b}], limits { max_subscriptions: 1, max_payload: 5 } } }"""
)
SYSTEM_ONLY = _configured("accounts { $SYS { users: [{user: s, password: s}] } }")

_VIOLATION = b"-ERR 'Authorization Violation'\r\n"
_BAD = b"-ERR 'Unknown Protocol Operation'\r\n"


def _as(user: str, manners: str = '"verbose":false,"pedantic":false') -> bytes:
    return f'CONNECT {{"user":"{user}","pass":"{user}",{manners}}}\r\n'.encode()


def _publish(subject: str) -> bytes:
    return f"-ERR 'Permissions Violation for Publish to \"{subject}\"'\r\n".encode()


def _subscribe(subject: str, queue: str = "") -> bytes:
    words = f' using queue "{queue}"' if queue else ""
    return f"-ERR 'Permissions Violation for Subscription to \"{subject}\"{words}'\r\n".encode()


_A, _F, _R = _as("a"), _as("f"), _as("r")

USER_ROWS: list[Row] = [
    row_closed("2.4 Authorization Violation, wrong token",
               b'CONNECT {"auth_token":"other"}\r\n', _VIOLATION, at=TOKEN,
               log='authentication error - Token "[REDACTED]"'),
    row_closed("2.4 Authorization Violation, nothing shown",
               b"CONNECT {}\r\n", _VIOLATION, at=TOKEN, log="authentication error"),
    row_open("2.4 the right token", b'CONNECT {"auth_token":"secret","verbose":false}\r\nPING\r\n',
             b"PONG\r\n", at=TOKEN),
    row_closed("2.4 Authorization Violation, wrong password",
               b'CONNECT {"user":"a","pass":"b"}\r\n', _VIOLATION, at=USERS,
               log='authentication error - User "a"'),
    row_closed("2.4 Authorization Violation, connection type", _as("w"), _VIOLATION, at=USERS),
    row_closed("2.4 Authorization Violation, account named",
               b'CONNECT {"user":"a","pass":"a","account":"A"}\r\n', _VIOLATION, at=USERS),
    row_closed("2.4 Authorization Violation, later CONNECT",
               _A + b'CONNECT {"pass":"x"}\r\n', _VIOLATION, at=USERS),
    row_open("1.6 a later CONNECT keeps what it does not name",
             _A + b'CONNECT {"verbose":false}\r\nPING\r\n', b"PONG\r\n", at=USERS),
    row_closed("2.4 Authentication Timeout", b"CONN", b"-ERR 'Authentication Timeout'\r\n",
               at=TOKEN, wait_s=0.6),
    row_closed("2.4 maximum account active connections exceeded", _A + b"PING\r\n",
               b"-ERR 'maximum account active connections exceeded'\r\n", at=LIMITED),
    row_open("2.4 maximum subscriptions exceeded, of an account",
             _as("b") + b"SUB x 1\r\nSUB y 2\r\nPING\r\n",
             b"-ERR 'maximum subscriptions exceeded'\r\nPONG\r\n", at=LIMITED),
    row_closed("2.4 Maximum Payload Violation, of an account", _as("b") + b"PUB x 6\r\n",
               b"-ERR 'Maximum Payload Violation'\r\n", at=LIMITED),
    row_open("2.4 Permissions Violation for Publish",
             _A + b"PUB foo.x 1\r\nx\r\nPUB foo.bad 1\r\nx\r\nPUB b 0\r\n\r\nPING\r\n",
             _publish("foo.bad") + _publish("b") + b"PONG\r\n", at=USERS,
             log='"$G/user:a" - Publish Violation - Subject "foo.bad"'),
    row_open("2.4 Permissions Violation for Subscription",
             _A + b"SUB foo 1\r\nSUB bar.secret 2\r\nSUB bar.x 3\r\nPING\r\n",
             _subscribe("foo") + _subscribe("bar.secret") + b"PONG\r\n", at=USERS),
    row_open("2.4 Permissions Violation for Subscription using queue",
             _A + b"SUB q other 1\r\nSUB q grp 2\r\nPING\r\n",
             _subscribe("q", "other") + b"PONG\r\n", at=USERS),
    row_open("2.5 nothing is written while the payload is missing",
             _A + b"PUB other 3\r\n", b"", at=USERS),
    row_open("13.19", _as("a", '"pedantic":false') + b"PUB other 1\r\nx\r\nSUB foo 1\r\n"
             b"PUB foo.x 1\r\nx\r\nPING\r\n",
             b"+OK\r\n" + _publish("other") + _subscribe("foo") + b"+OK\r\nPONG\r\n", at=USERS),
    row_open("13.20", _F + b"SUB foo.> 3\r\nPING\r\n", _subscribe("foo.>") + b"PONG\r\n", at=USERS),
    row_open("13.21", _F + b"SUB > 5\r\nPUB foo.a 1\r\n1\r\nPUB foo.a.b 1\r\n2\r\n",
             b"MSG foo.a.b 5 1\r\n2\r\n", at=USERS),
    row_open("13.22", _F + b"SUB foo 1\r\nPUB foo 1\r\nx\r\n", b"MSG foo 1 1\r\nx\r\n", at=USERS),
    row_open("13.23", _R + b"SUB req 1\r\nPUB req 1\r\nx\r\nPING\r\n",
             _publish("req") + b"PONG\r\n", at=USERS),
    row_closed("13.35", b"junk\r\n", _VIOLATION, at=TOKEN),
    row_closed("13.35", b"\r\n", _VIOLATION, at=TOKEN),
    row_closed("13.35", b"PING\r\n", _VIOLATION, at=USERS),
    row_closed("13.35", b"Cjunk\r\n", _BAD, at=TOKEN),
    row_open("13.36", b"PING\r\nPUB foo 1\r\nx\r\nPUB bar 1\r\nx\r\nPING\r\n",
             b"PONG\r\n+OK\r\n" + _publish("bar") + b"PONG\r\n", at=ANYONE),
    row_closed("6.4 wrong credentials are still refused",
               b'CONNECT {"user":"n","pass":"x"}\r\n', _VIOLATION, at=ANYONE),
    row_open("13.41", b'CONNECT {"verbose":false}\r\nPING\r\n', b"PONG\r\n", at=SYSTEM_ONLY),
    row_closed("1.2.1", b'CONNECT {"user":"s","pass":"x"}\r\n', _VIOLATION, at=SYSTEM_ONLY),
]  # fmt: skip
