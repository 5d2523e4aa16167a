"""Our server and a real one, told the same, say the same: on stderr, in files, by exit status."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING

import bcrypt
import pytest
from tests.certificates import Authority

from .real_server import QUIET_S
from .side_by_side import READY_S, SideServer, both

if TYPE_CHECKING:
    from pathlib import Path

TLS = "tls { cert_file: server.pem, key_file: server-key.pem }"
USER_A = "authorization { users: [ { user: a, password: a } ] }"
WEBSOCKET = "websocket { host: 127.0.0.1, port: -1, no_tls: true }"


@pytest.mark.parametrize(
    "flags",
    [
        "-p 65536 -a 127.0.0.1",
        "-p -5 -a 127.0.0.1",
        "-a 192.0.2.1 -p 4222",
        "-a nosuch.invalid -p -1",
        "-bogus",
        "-p abc",
        "-p",
        "-p 99999999999999999999",
        "-T=maybe",
        "---x",
        "-=x",
        "bogus",
        "-DV false",
        "-t",
        "-t -c nosuch.conf",
        "-c nosuch.conf",
        "-c nosuch.conf -t extra",
        # Never without a number: a real server would look for others and signal them.
        "-sl quit=abc",
        "-sl quit=1=2",
        "-sl quit=99999999",
        "-sl bogus=99999999",
        "--tls",
        "--tls --tlscert=a",
        "--tls --tlscert=a --tlskey=b",
        "--tlsverify --tlscert=a --tlskey=b",
        "--tlscert=a",
        "--tlskey=a",
        "--tlscacert=a",
        "-m 1 -ms 2",
        "-ms 1 -p -1",
        "-m 66666 -p -1 -a 127.0.0.1",
        "-m 1 -a 192.0.2.1",
        "--client_advertise a:b:c -p -1",
        "-P /nonexistent/x.pid -p -1",
        "-l /nonexistent/x.log -p -1",
        "-r bogus://x -p -1",
        "-r udp://localhost -p -1",
        "-r udp://127.0.0.1:abc -p -1",
        "-r tcp://127.0.0.1:1 -p -1",
    ],
)
def test_a_server_that_does_not_start(flags: str, tmp_path: Path) -> None:
    ours, theirs = both(tmp_path, lambda server: server.end_by_itself(*flags.split()))

    assert ours == theirs


@pytest.mark.parametrize("mode", ["-t -c server.conf", "-c server.conf"])
@pytest.mark.parametrize(
    "config",
    [
        "bogus: 1",
        "a: 1\nping_interval: 1",
        'lame_duck_duration: "10s"',
        "x = [",
        "tls { cert_file: a, key_file: b }",
        "websocket { port: -1\n tls { cert_file: a, key_file: b } }",
        "authorization { users: [ { nkey: UABC } ] }",
        "operator: eyJgarbage",
        'operator: "/nonexistent"',
        "accounts { A { nkey: UABC } }",
        "authorization { auth_callout { issuer: ABC, auth_users: [a] } }",
    ],
)
def test_a_configuration_that_is_wrong(config: str, mode: str, tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.configure(config)
        return server.end_by_itself(*mode.split())

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


@pytest.mark.parametrize(
    "config",
    [
        "no_auth_user: zz",
        "max_payload: 64MB\nmax_pending: 10MB",
        'lame_duck_duration: "31s"\nlame_duck_grace_period: "31s"',
        "server_name: 'a b'",
        "websocket { port: -1 }",
        'log_file: "/nonexistent/a.log"',
        'pid_file: "/nonexistent/x"\nmax_payload: 64MB\nhttp: "127.0.0.1:-1"',
        'http: "192.0.2.1:4222"',
        "websocket { host: 192.0.2.1, port: 4222, no_tls: true }",
    ],
)
def test_a_configuration_that_passes_but_does_not_start(config: str, tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.configure(config)
        return server.end_by_itself("-c", "server.conf")

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


@pytest.mark.parametrize("name", ["INT", "TERM", "USR2"])
def test_a_signal_that_ends_it(name: str, tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start_with("")
        return server.end(name)

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_sigquit_ends_it_with_a_status_of_its_own(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start_with("")
        # What it says of itself first is of no use to compare.
        return server.end("QUIT")[-1:]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_signals_for_a_server_without_files(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start("-a", "127.0.0.1", "-p", "-1")
        server.wait_for("Server is ready")
        server.signal("USR1")
        server.wait_for("re-open ignored")
        server.signal("HUP")
        server.wait_for("can only reload")
        return server.end()

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_a_signal_sent_by_the_command_line(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start_with('pid_file: "server.pid"')
        sender = SideServer(server.command, server.folder)
        reopened = sender.end_by_itself("-sl", f"reopen={server.pid}")
        server.wait_for("re-open ignored")
        ended = sender.end_by_itself("--signal", "quit=server.pid")
        return [*reopened, *ended, f"exit status {server.wait()}", *server.log()]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


@pytest.mark.parametrize(
    "config",
    [
        "max_payload: 64MB",
        "logtime: false",
        "debug: true",
        "ping_interval: 2",
        USER_A,
        "authorization { user: a, password: $2a$11$aaaaaaaaaaaaaaaaaaaaaa }",
        "authorization { token: t }",
        "accounts { A { users: [ { user: a, password: a } ] } }",
        "server_name: n1\ncluster { name: C1 }",
        "http: 127.0.0.1:-1",
        WEBSOCKET,
        f"websocket {{ host: 127.0.0.1, port: -1, {TLS} }}",
        TLS,
        f"{TLS}\nhttps: 127.0.0.1:-1",
        f"{TLS}\nallow_non_tls: true",
        TLS.replace("}", ", handshake_first: true }"),
        TLS.replace("}", ", handshake_first: auto }"),
        TLS.replace("}", ", verify: true, ca_file: ca.pem }"),
        "ports_file_dir: /nonexistent",
    ],
)
def test_a_server_that_starts_and_ends(config: str, tmp_path: Path) -> None:
    authority = Authority()

    def play(server: SideServer) -> list[str]:
        authority.write(server.folder)
        authority.issue().write(server.folder, "server")
        server.start_with(config)
        return server.end()

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_all_that_is_written_at_a_start(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start_with(
            f"""
            http: 127.0.0.1:-1
            {WEBSOCKET}
            ports_file_dir: "."
            pid_file: server.pid
            max_payload: 64MB
            {USER_A}
            server_name: n1
            cluster {{ name: C1 }}
            """
        )
        server.wait_until(lambda: bool(list(server.folder.glob("*.ports"))))
        (ports,) = server.folder.glob("*.ports")
        pid_file = server.folder / "server.pid"
        assert pid_file.read_text() == str(server.pid)
        shown = [
            *server.files(),
            *server.read(ports.name),
            *(oct(file.stat().st_mode) for file in (ports, pid_file)),
        ]
        return [*shown, *server.end(), *server.files()]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


@pytest.mark.parametrize("extra", ["", "logtime_utc: true", "logtime: false"])
def test_a_log_file_that_is_opened_again(extra: str, tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.configure(f"log_file: a.log\n{extra}")
        server.start("-c", "server.conf")
        server.wait_for("Server is ready", "a.log")
        (server.folder / "a.log").rename(server.folder / "b.log")
        server.signal("USR1")
        server.wait_for("re-opened", "a.log")
        mode = oct((server.folder / "a.log").stat().st_mode)
        return [*server.end(), mode, *server.read("b.log"), *server.read("a.log")]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_a_log_file_that_is_rotated_and_purged(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.configure(
            """
            log_file: a.log
            debug: true
            logfile_size_limit: 1000
            logfile_max_num: 3
            ports_file_dir: "."
            """
        )
        server.start("-c", "server.conf")
        server.wait_until(lambda: bool(list(server.folder.glob("*.ports"))))
        (ports,) = server.folder.glob("*.ports")
        port = int(json.loads(ports.read_text())["nats"][0].rpartition(":")[2])
        for _ in range(40):
            with socket.create_connection(("127.0.0.1", port), READY_S) as client:
                client.recv(1)
        said = server.end()
        lines = [line for line in server.read("a.log") if re.search("Rotated|Purged", line)]
        return [*said, *server.files(), *lines]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("", "debug: true"),
        ("", "trace: true"),
        ("debug: true\ntrace: true", ""),
        ("", "logtime: false"),
        ("", "logtime_utc: true"),
        ("", "max_payload: 64MB"),
        (
            "",
            "max_connections: 3\nmax_payload: 100\nmax_control_line: 2000\nping_interval: '5s'\n"
            "ping_max: 3\nwrite_deadline: '3s'",
        ),
        ("", "client_advertise: 'foo:1'"),
        ("", "client_advertise: 'foo:1:2'"),
        ("", "server_name: x"),
        ("", "http: 127.0.0.1:-1"),
        ("http: 127.0.0.1:-1", "http: 127.0.0.1:-1"),
        ("", "max_subscriptions: 5"),
        ("", "max_pending: 100000000"),
        ("", "lame_duck_duration: '40s'"),
        ("", "lame_duck_grace_period: '5s'"),
        ("", "server_tags: [a, b]"),
        ("", "server_metadata: { a: b }"),
        ("", "cluster { name: C2 }"),
        ("", "authorization { user: a, password: b }"),
        ("", "authorization { token: b }"),
        ("authorization { token: b }", "authorization { token: c, timeout: 3 }"),
        (USER_A, "authorization { users: [ { user: b, password: b } ] }"),
        (USER_A, f"{USER_A}\nno_auth_user: a"),
        ("", "accounts { A { users: [ { user: a, password: b } ] } }"),
        (
            "accounts { A { users: [ { user: a, password: b } ] } }",
            "accounts { A { users: [ { user: a, password: b } ] }, B {} }",
        ),
        ("", "bogus: 1"),
        ("", "ping_interval: 5"),
        ("", "max_payload: 64MB\nmax_pending: 1MB"),
        ("", "no_auth_user: zz"),
        (WEBSOCKET, WEBSOCKET),
        (WEBSOCKET, WEBSOCKET.replace("}", ", same_origin: true }")),
        (TLS, TLS),
        (TLS, ""),
        ("", TLS),
        (TLS, TLS.replace("}", ", timeout: 3 }")),
        (TLS, TLS.replace("}", ", verify: true, ca_file: ca.pem }")),
        (TLS, TLS.replace("server.pem", "nosuch.pem")),
    ],
)
def test_a_reload(before: str, after: str, tmp_path: Path) -> None:
    authority = Authority()

    def play(server: SideServer) -> list[str]:
        authority.write(server.folder)
        authority.issue().write(server.folder, "server")
        server.start_with(before)
        server.reload(after)
        return server.end()

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_a_reload_with_a_new_certificate_under_the_old_name(tmp_path: Path) -> None:
    authority = Authority()

    def play(server: SideServer) -> list[str]:
        authority.issue().write(server.folder, "server")
        server.start_with(TLS)
        authority.issue().write(server.folder, "server")
        server.reload(TLS)
        return server.end()

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_a_reload_with_another_log_file(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start_with("")
        server.configure("log_file: b.log")
        server.signal("HUP")
        server.wait_for("Reloaded server configuration", "b.log")
        return [*server.end(), *server.read("b.log")]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_a_reload_with_another_pid_file(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start_with("pid_file: a.pid")
        server.reload("pid_file: b.pid")
        assert (server.folder / "b.pid").read_text() == str(server.pid)
        return [*server.end(), *server.files()]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", USER_A),
        (USER_A, "authorization { users: [ { user: b, password: b } ] }"),
        (USER_A, "authorization { users: [ { user: a, password: b } ] }"),
        (USER_A, USER_A),
        (USER_A, ""),
        (
            USER_A,
            USER_A.replace("password: a", "password: a, permissions: { subscribe: bar }"),
        ),
    ],
)
def test_what_a_reload_does_to_who_is_there(before: str, after: str, tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start_with(before)
        heard = _heard_at_reload(server, after, b'{"verbose":false,"user":"a","pass":"a"}')
        # nats-server goes through its clients in any order.
        return [*sorted(heard), *sorted(server.end())]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_a_reload_with_fewer_connections(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start_with("")
        heard = _heard_at_reload(server, "max_connections: 1", b'{"verbose":false}')
        closed = [line for line in server.end() if "Closed 2 connections" in line]
        return [*sorted(heard), *closed]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def _heard_at_reload(server: SideServer, config: str, options: bytes) -> list[str]:
    """Have three clients subscribe to foo, then reload; give what each of them hears."""
    clients = [server.dial() for _ in range(3)]
    for client in clients:
        said = client.makefile("rb")
        said.readline()
        client.sendall(b"CONNECT %b\r\nSUB foo 1\r\nPING\r\n" % options)
        assert said.readline() == b"PONG\r\n"
    server.reload(config)
    heard = [_rest(client) for client in clients]
    for client in clients:
        client.close()
    return heard


def _rest(client: socket.socket) -> str:
    """Hear a client until it is quiet; without PING, which a closed one would be reset for."""
    client.settimeout(QUIET_S)
    said = b""
    try:
        while data := client.recv(4096):
            said += data
    except TimeoutError:
        return f"{said!r}, open"
    return f"{said!r}, closed"


def test_lame_duck_mode(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        server.start_with('lame_duck_duration: "30s"\nlame_duck_grace_period: "1s"')
        with server.dial() as client:
            said = client.makefile("rb")
            said.readline()
            client.sendall(b'CONNECT {"verbose":false,"protocol":1}\r\nPING\r\n')
            assert said.readline() == b"PONG\r\n"
            said.readline()
            server.signal("USR2")
            told = json.loads(said.readline().removeprefix(b"INFO "))
            # It does not end sooner for being asked twice.
            server.signal("TERM")
            rest = said.read()
        status = server.wait()
        return [str(told["ldm"]), repr(rest), f"exit status {status}", *server.log()]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def test_lines_for_a_syslog(tmp_path: Path) -> None:
    def play(server: SideServer) -> list[str]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog:
            syslog.bind(("127.0.0.1", 0))
            syslog.settimeout(READY_S)
            url = f"udp://127.0.0.1:{syslog.getsockname()[1]}"
            server.start("-a", "127.0.0.1", "-p", "-1", "-D", "-r", url)
            lines: list[str] = []
            while not lines or "Server is ready" not in lines[-1]:
                lines.append(syslog.recv(65_536).decode())
            said = server.end()
        shown = [_without_chance_of_syslog(line) for line in lines]
        return [*said, *(line for line in shown if line)]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs


def _without_chance_of_syslog(line: str) -> str:
    """Hide who and when; the lines that only one of both has are empty."""
    if re.search(r"Git: |Go build: ", line):
        return ""
    shape = r"<(\d)>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (\S+) \S+\[\d+\]: (.*)\n"
    found = re.fullmatch(shape, line)
    assert found, line
    text = re.sub(r"N[A-Z2-7]{55}|(?<=:)\d{5}|(?<=Version:  ).*|(?<=Starting ).*", "X", found[3])
    return f"{found[1]} {found[2]} {text}"


@pytest.mark.parametrize("length", [71, 72, 73, 100])
def test_what_bcrypt_looks_at(length: int, tmp_path: Path) -> None:
    hashed = bcrypt.hashpw(b"a" * 72, bcrypt.gensalt(4, prefix=b"2a")).decode()

    def play(server: SideServer) -> list[str]:
        server.start_with(f'authorization {{ user: a, password: "{hashed}" }}')
        with server.dial() as client:
            said = client.makefile("rb")
            said.readline()
            connect = b'CONNECT {"verbose":false,"user":"a","pass":"%b"}\r\nPING\r\n'
            client.sendall(connect % (b"a" * length))
            return [repr(said.readline())]

    ours, theirs = both(tmp_path, play)

    assert ours == theirs
