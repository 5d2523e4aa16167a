"""Lessons, the talk's transcript among them, play on real servers, on ours, and through telnet."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pexpect
import pytest

from natsim.conformance.lessons.shelf import lessons
from natsim.conformance.patience import Patience
from natsim.conformance.wire.connection import Address
from natsim.harness.conform.target import NoLogin
from natsim.harness.transcript.shelf import read_transcript
from natsim.harness.transcript.tcp import play_on_tcp
from natsim.harness.transcript.telnet import play_by_telnet

from .real_server import newest_server, other_server, our_server, running

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from natsim.conformance.transcripts.transcript import Transcript

IN_A_HURRY = 'ping_interval: "1s"\n'
"""The minutes between PINGs, which the simulated world does not wait for."""

NOT_BY_TELNET = {
    "bytes": "it writes bytes that are no text",
    "pedantic": "telnet sends line and payload apart: nats-server may then complain twice",
    "ping-pong": "it waits for minutes",
    "stale-connection": "it waits for minutes",
    "token": "it wants a server of its own",
}
SERVERS = {
    "newest": newest_server(),
    "other": other_server(),
    "ours": " ".join(our_server()),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Address]]:
    config = tmp_path_factory.mktemp("places") / "server.conf"
    config.write_text(IN_A_HURRY)
    with ExitStack() as stack:
        yield {
            name: Address(
                "127.0.0.1", stack.enter_context(running(*command.split(), "-c", str(config)))
            )
            for name, command in SERVERS.items()
            if command is not None
        }


@contextmanager
def _configured(command: str, transcript: Transcript, directory: Path) -> Generator[Address]:
    config = directory / "server.conf"
    config.write_text(str(transcript.front["config"]))
    with running(*command.split(), "-c", str(config)) as port:
        yield Address("127.0.0.1", port)


@pytest.mark.parametrize("server", list(SERVERS))
@pytest.mark.parametrize("name", list(lessons()))
def test_a_lesson_plays(places: dict[str, Address], server: str, name: str, tmp_path: Path) -> None:
    command = SERVERS[server]
    if command is None:
        pytest.skip("no such nats-server here")
    transcript = read_transcript(name)

    if "config" in transcript.front:
        with _configured(command, transcript, tmp_path) as address:
            outcome = play_on_tcp(transcript, address, NoLogin(), Patience())
    else:
        outcome = play_on_tcp(transcript, places[server], NoLogin(), Patience())

    assert (outcome.why, outcome.leniences) == ("", ())


@pytest.mark.parametrize("server", list(SERVERS))
@pytest.mark.parametrize("name", [name for name in lessons() if name not in NOT_BY_TELNET])
def test_a_lesson_plays_through_telnet(places: dict[str, Address], server: str, name: str) -> None:
    program = shutil.which("telnet")
    if program is None:
        pytest.skip("no telnet here (apt install telnet)")
    if server not in places:
        pytest.skip("no such nats-server here")

    outcome = play_by_telnet(read_transcript(name), program, places[server], NoLogin(), Patience())

    assert outcome.why == ""


TYPED = (
    'CONNECT {"verbose":false}',
    "SUB a 1",
    "PUB a 5",
    "hello",
    "PING",
    "PUB a 6",
    "PING",
    "",
    "JUNK",
)


@pytest.mark.parametrize("server", list(SERVERS))
def test_what_is_recorded_from_a_pipe_plays(
    places: dict[str, Address], server: str, tmp_path: Path
) -> None:
    if server not in places:
        pytest.skip("no such nats-server here")
    file = tmp_path / "recorded.txt"

    subprocess.run(
        _record_command(places[server], file),
        input="\n".join(TYPED),
        text=True,
        capture_output=True,
        check=True,
        timeout=20,
    )

    text = file.read_text()
    assert "MSG a 1 5\nhello\nPING\nPONG\nPUB a 6\nPING\n\n" in text
    assert text.endswith("JUNK\n-ERR 'Unknown Protocol Operation'\n<closed>\n")
    assert _plays(file, places[server])


@pytest.mark.parametrize("end", ["Ctrl-C", "Ctrl-D"])
def test_what_is_recorded_on_a_terminal_plays(
    places: dict[str, Address], end: str, tmp_path: Path
) -> None:
    file = tmp_path / "recorded.txt"
    program, *words = _record_command(places["ours"], file)
    session: pexpect.spawn[str] = pexpect.spawn(program, words, encoding="utf-8", timeout=20)
    session.expect("INFO .*\r\n")

    session.sendline("sub greet 7")
    session.expect(r"\+OK")
    session.sendline("pub greet 3")
    session.sendline("joe")
    session.expect("MSG greet 7 3\r\njoe")
    if end == "Ctrl-C":
        session.sendintr()
    else:
        session.sendeof()
    session.expect(pexpect.EOF)
    session.close()

    assert session.exitstatus == 0
    assert "sub greet 7\n+OK\npub greet 3\njoe\n+OK\nMSG greet 7 3\njoe\n" in file.read_text()
    assert _plays(file, places["ours"])


def _record_command(address: Address, file: Path) -> list[str]:
    natsim = [sys.executable, "-P", "-m", "natsim", "transcript"]
    return [*natsim, "--record", str(address), "-o", str(file)]


def _plays(file: Path, address: Address) -> bool:
    return play_on_tcp(read_transcript(str(file)), address, NoLogin(), Patience()).has_passed
