"""TLS and WebSocket on a server with its command line; the layers' own tests say more."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from cryptography.x509 import RFC822Name
from tests.certificates import Authority
from tests.harness.wire import HOST

from .configured import configured
from .serving import READY_S, await_line, serving

if TYPE_CHECKING:
    from pathlib import Path

AUTHORITY = Authority()
CONNECT = b'CONNECT {"verbose":false}\r\nPING\r\n'
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.fixture
def block(tmp_path: Path) -> str:
    """The beginning of a block `tls`, its files written."""
    AUTHORITY.write(tmp_path)
    cert, key = AUTHORITY.issue().write(tmp_path, "server")
    return f'tls {{ cert_file: "{cert}", key_file: "{key}"\n'


def context(folder: Path, client: str = "") -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    if client:
        issued = AUTHORITY.issue(client, [RFC822Name(f"{client}@acme.com")])
        made.load_cert_chain(*issued.write(folder, client))
    return made


def secured(port: int, made: ssl.SSLContext, is_first: bool) -> ssl.SSLSocket:
    plain = socket.create_connection((HOST, port), READY_S)
    if not is_first:
        assert plain.recv(4096).startswith(b"INFO ")
    return made.wrap_socket(plain, server_hostname="localhost")


def talk(port: int, made: ssl.SSLContext, is_first: bool = False) -> bytes:
    """Shake hands, say CONNECT and PING; give the last of what is answered."""
    with secured(port, made, is_first) as tls:
        said = tls.makefile("rb")
        if is_first:
            assert said.readline().startswith(b"INFO ")
        tls.sendall(CONNECT)
        return said.readline()


def test_flags_bring_tls(tmp_path: Path) -> None:
    AUTHORITY.write(tmp_path)
    cert, key = AUTHORITY.issue().write(tmp_path, "server")

    with serving("--tls", f"--tlscert={cert}", f"--tlskey={key}") as it:
        assert talk(it.port, context(tmp_path)) == b"PONG\r\n"


def test_flags_ask_for_a_certificate(tmp_path: Path) -> None:
    ca = AUTHORITY.write(tmp_path)
    cert, key = AUTHORITY.issue().write(tmp_path, "server")
    flags = ("--tlsverify", f"--tlscert={cert}", f"--tlskey={key}", f"--tlscacert={ca}")

    with serving(*flags) as it:
        assert talk(it.port, context(tmp_path, "bob")) == b"PONG\r\n"
        with pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"):
            talk(it.port, context(tmp_path))


@pytest.mark.parametrize(("client", "answer"), [("bob", b"PONG\r\n"), ("eve", b"-ERR ")])
def test_a_certificate_names_its_user(
    client: str, answer: bytes, block: str, tmp_path: Path
) -> None:
    config = (
        f'{block} ca_file: "{tmp_path / "ca.pem"}", verify_and_map: true }}\n'
        "authorization { users: [ { user: bob@acme.com } ] }"
    )

    with configured(tmp_path, config) as it:
        assert talk(it.port, context(tmp_path, client)).startswith(answer)


@pytest.mark.parametrize("first", ["true", "auto", "300ms"])
def test_a_handshake_may_come_first(first: str, block: str, tmp_path: Path) -> None:
    with configured(tmp_path, f'{block} handshake_first: "{first}" }}') as it:
        assert talk(it.port, context(tmp_path), is_first=True) == b"PONG\r\n"


def test_a_handshake_that_does_not_come_first_is_waited_for(block: str, tmp_path: Path) -> None:
    with configured(tmp_path, f"{block} handshake_first: auto }}") as it:
        assert talk(it.port, context(tmp_path)) == b"PONG\r\n"


def test_tls_may_be_done_without(block: str, tmp_path: Path) -> None:
    with (
        configured(tmp_path, f"{block} }}\nallow_non_tls: true") as it,
        socket.create_connection((HOST, it.port), READY_S) as client,
    ):
        said = client.makefile("rb")
        said.readline()
        client.sendall(CONNECT)

        assert said.readline() == b"PONG\r\n"


def test_a_version_and_a_suite_can_be_asked(block: str, tmp_path: Path) -> None:
    old = context(tmp_path)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    suite = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"

    with configured(tmp_path, f"{block} cipher_suites: [{suite}] }}") as it:
        with secured(it.port, old, is_first=False) as tls:
            assert (tls.version(), tls.cipher()) == (
                "TLSv1.2", ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2", 256)
            )  # fmt: skip
        it.reload(f'{block} min_version: "1.3" }}')
        with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
            secured(it.port, old, is_first=False)


def test_a_reload_brings_another_certificate(block: str, tmp_path: Path) -> None:
    with configured(tmp_path, f"{block} }}") as it:
        with secured(it.port, context(tmp_path), is_first=False) as tls:
            before = tls.getpeercert(binary_form=True)
        renewed = AUTHORITY.issue()
        renewed.write(tmp_path, "server")
        it.reload(f"{block} }}")
        with secured(it.port, context(tmp_path), is_first=False) as tls:
            after = tls.getpeercert(binary_form=True)

    assert before != after
    assert after == renewed.der


def test_monitoring_is_asked_by_https(block: str, tmp_path: Path) -> None:
    with configured(tmp_path, f'{block} }}\nhttps: "127.0.0.1:-1"') as it:
        address = f"https://localhost:{it.port_of('Starting https monitor')}/healthz"
        with urlopen(address, timeout=READY_S, context=context(tmp_path)) as reply:
            assert reply.read() == b'{"status":"ok"}'


@pytest.mark.parametrize("is_secure", [False, True])
def test_a_websocket_is_greeted(is_secure: bool, block: str, tmp_path: Path) -> None:
    tls = f"{block} }}" if is_secure else "no_tls: true"
    with configured(tmp_path, f"websocket {{ host: 127.0.0.1, port: -1\n{tls}\n}}") as it:
        port = it.port_of("Listening for websocket clients")
        client: socket.socket = socket.create_connection((HOST, port), READY_S)
        if is_secure:
            client = context(tmp_path).wrap_socket(client, server_hostname="localhost")
        with client:
            said = client.makefile("rb")
            client.sendall(UPGRADE)
            answer = said.readline()
            while said.readline() != b"\r\n":
                pass
            frame = said.read(9)

    assert answer == b"HTTP/1.1 101 Switching Protocols\r\n"
    assert (frame[:1], frame[4:]) == (b"\x82", b"INFO ")


def test_a_websocket_has_a_time_of_its_own_to_log_in(tmp_path: Path) -> None:
    config = """
        authorization { user: a, password: a, timeout: 60 }
        websocket { host: 127.0.0.1, port: -1, no_tls: true, authorization { timeout: 0.2 } }
    """
    with configured(tmp_path, config) as it:
        port = it.port_of("Listening for websocket clients")
        with socket.create_connection((HOST, port), READY_S) as client:
            client.sendall(UPGRADE)
            said = client.makefile("rb").read()

    assert b"-ERR 'Authentication Timeout'\r\n" in said


def test_a_client_without_tls_is_heard_of_in_the_log(block: str, tmp_path: Path) -> None:
    with configured(tmp_path, f"{block} }}") as it:
        with socket.create_connection((HOST, it.port), READY_S) as client:
            client.sendall(CONNECT)
            client.makefile("rb").read()

        assert "first record does not look like a TLS handshake" in await_line(
            it.serving, "TLS handshake error"
        )
