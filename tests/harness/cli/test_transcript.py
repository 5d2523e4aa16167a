"""`natsim transcript`: files and lessons in, the dialogue and a verdict out."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from natsim.conformance.lessons.shelf import lessons

if TYPE_CHECKING:
    from collections.abc import Generator

    from .conftest import Command

INFO = b'INFO {"server_id":"NA","max_payload":1048576} \r\n'
INFO_TLS = b'INFO {"server_id":"NA","tls_required":true} \r\n'
HTTP = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request"


@contextmanager
def listening(first: bytes, answer: bytes = b"") -> Generator[str]:
    """Be a server that says something, and something else when it was spoken to."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            while True:
                client, _ = listener.accept()
                with client:
                    client.sendall(first)
                    if client.recv(4096):
                        client.sendall(answer)
        except OSError:
            return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_lesson_is_played_by_its_name_and_its_dialogue_shown(natsim: Command) -> None:
    result = natsim("transcript", "talk", "--on", "sim", "--seed", "3")

    assert result.exit_code == 0
    assert result.stdout.endswith("  > unsub 5\n  < +OK\nok talk\n")
    assert result.stderr == "seed 3\n"


def test_one_line_a_file_is_enough_for_those_who_are_quiet(natsim: Command) -> None:
    result = natsim("transcript", "-q", "talk", "echo", "--on", "sim")

    assert result.stdout == "ok talk\nok echo\n"


def test_a_line_that_differs_ends_with_1_and_is_shown(natsim: Command) -> None:
    Path("mine.txt").write_text("PING\nPONG\nPING\n+OK\n")

    result = natsim("transcript", "-q", "mine.txt", "--on", "sim")

    assert result.exit_code == 1
    assert result.stdout.startswith("mine.txt:4: ")
    assert "\n  expected  +OK\\r\\n\n  actual    PONG\\r\\n\n" in result.stdout


def test_every_lesson_is_listed_with_what_it_shows(natsim: Command) -> None:
    result = natsim("transcript", "--list")

    assert [line.split()[0] for line in result.stdout.splitlines()] == list(lessons())
    assert all(len(line.split()) > 4 for line in result.stdout.splitlines())


def test_streaming_is_no_lesson_and_says_why(natsim: Command) -> None:
    result = natsim("transcript", "streaming")

    assert result.exit_code == 2
    assert "protobuf" in result.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PING\n# wait 2 weeks\n", "bad.txt:2:1: '2 weeks' is no duration; write 200ms or 2s"),
        ("C-bytes: \\q\n", "bad.txt:1:1: '\\\\q' is no escape; write"),
        ("PUB a 5\nhi\n", "bad.txt:1:1: its payload has 5 bytes"),
        ("---\ntitel: x\n---\nPING\n", "titel is no key; write one of title"),
        ("# nothing\n", "bad.txt: there is no dialogue; write"),
    ],
)
def test_a_bad_file_ends_with_2_and_says_what_to_write(
    natsim: Command, text: str, expected: str
) -> None:
    Path("bad.txt").write_text(text)

    result = natsim("transcript", "bad.txt", "--on", "sim")

    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("nosuch.txt",), "cannot be read"),
        (("ech",), "did you mean echo?"),
        ((), "name a FILE"),
        (("talk", "-o", "x"), "add --record"),
        (("talk", "--record", "localhost"), "--record plays nothing"),
        (("talk", "--on", "sim", "--telnet"), "telnet reaches no simulated world"),
        (("talk", "--on", "http://localhost"), "write nats:// or tls://"),
        (("--record", "localhost:x"), "is no URL"),
    ],
)
def test_what_makes_no_sense_is_refused(
    natsim: Command, words: tuple[str, ...], expected: str
) -> None:
    result = natsim("transcript", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr


@pytest.mark.parametrize(
    ("first", "answer", "user", "expected"),
    [
        (b"", HTTP, "", "speaks HTTP; name the client port"),
        (INFO_TLS, b"", "", "requires TLS; write tls://"),
        (INFO, b"-ERR 'Authorization Violation'\r\n", "", "give the credentials in the URL"),
        (INFO, b"-ERR 'Authorization Violation'\r\n", "x:y@", "refuses these credentials"),
        (b"220 mail\r\n", b"", "", "is no NATS server: it greets with '220 mail'"),
    ],
)
def test_a_server_that_cannot_be_asked_ends_with_4_and_one_line(
    natsim: Command, first: bytes, answer: bytes, user: str, expected: str
) -> None:
    with listening(first, answer) as address:
        result = natsim("transcript", "-q", "talk", "--on", user + address, "--timeout", "0.3")

    assert (result.exit_code, result.stdout) == (4, "")
    assert expected in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_port_where_nobody_listens_ends_with_4(natsim: Command) -> None:
    with listening(INFO) as address:
        pass

    result = natsim("transcript", "talk", "--on", address)

    assert result.exit_code == 4
    assert "nothing listens on" in result.stderr


def test_without_telnet_the_option_says_how_to_get_it(
    natsim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    result = natsim("transcript", "talk", "--telnet")

    assert result.exit_code == 4
    assert "apt install telnet" in result.stderr
