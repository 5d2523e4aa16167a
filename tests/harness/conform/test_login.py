"""URLs and credentials are read, and what is wrong with them is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from natsim.conformance.credentials.nkey import KeyPair, Kind
from natsim.harness.conform.login import LoginError, ServerUrl, login_of, parse_url

if TYPE_CHECKING:
    from pathlib import Path

PAIR = KeyPair(Kind.USER, bytes(32))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("localhost", ("localhost", 4222, None, None, False)),
        ("nats://h:1", ("h", 1, None, None, False)),
        ("tls://u:p%40@h", ("h", 4222, "u", "p@", True)),
        ("nats://[::1]:5", ("::1", 5, None, None, False)),
        ("t@h/", ("h", 4222, "t", None, False)),
    ],
)
def test_a_url_is_read(text: str, expected: tuple[str, int, str, str, bool]) -> None:
    host, port, user, password, wants_tls = expected

    assert parse_url(text) == ServerUrl(
        host=host, port=port, user=user, password=password, wants_tls=wants_tls
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://h", "the scheme is http; write nats:// or tls://"),
        ("ws://h", "WebSocket is not spoken here"),
        ("nats://", "names no host"),
        ("nats://h:99999", "is no URL"),
        ("nats://h/x", "a server has no path"),
    ],
)
def test_a_url_that_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(LoginError, match=said):
        parse_url(text)


def test_a_user_alone_in_a_url_is_a_token() -> None:
    assert login_of(parse_url("t@h")).members({}) == {"auth_token": "t"}


def test_options_come_before_the_url() -> None:
    login = login_of(parse_url("a:b@h"), user="c", password="d")

    assert login.members({}) == {"user": "c", "pass": "d"}


def test_an_nkey_signs_the_nonce(tmp_path: Path) -> None:
    path = tmp_path / "user.nk"
    path.write_text(PAIR.seed + "\n")

    said = login_of(parse_url("h"), nkey=path).members({"nonce": "n"})

    assert said == {"nkey": PAIR.public, "sig": PAIR.sign_text("n")}


def test_a_credentials_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "user.creds"
    path.write_text(
        "-----BEGIN NATS USER JWT-----\nabc.def\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{PAIR.seed}\n------END USER NKEY SEED------\n"
    )

    said = login_of(parse_url("h"), creds=path).members({"nonce": "n"})

    assert said == {"jwt": "abc.def", "sig": PAIR.sign_text("n")}


@pytest.mark.parametrize(
    ("text", "said"), [("", "no credentials file"), ("-----BEGIN X JWT-----\na\n", "no seed")]
)
def test_a_file_without_credentials_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "user.creds"
    path.write_text(text)

    with pytest.raises(LoginError, match=said):
        login_of(parse_url("h"), creds=path)


@pytest.mark.parametrize("seed", ["", "nonsense", PAIR.public, PAIR.seed[:-1] + "A"])
def test_a_seed_that_is_none_is_refused(seed: str, tmp_path: Path) -> None:
    path = tmp_path / "user.nk"
    path.write_text(seed)

    with pytest.raises(LoginError, match=r"no NKey seed|damaged"):
        login_of(parse_url("h"), nkey=path)
