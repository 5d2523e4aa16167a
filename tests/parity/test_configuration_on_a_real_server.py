"""The verdicts on configurations that our own reader is held to, asked of a real server."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.broker.nats.config.verdicts import ACCEPTED, REFUSED

from natsim.broker.nats.config import ConfigError, load

from .real_server import newest_server

pytestmark = pytest.mark.skipif(newest_server() is None, reason="no nats-server is installed")

ENVIRONMENT = {"SIZE": "5k", "LIST": "[ 8 , 9 ]", "LOOP": "$LOOP"}
HERE_AND_THERE = [
    {"c.conf": "include './d.conf'\nport = $A", "d.conf": "A = 4223"},
    {"c.conf": "include d/e.conf", "d/e.conf": "include f.conf", "d/f.conf": "port = 4223"},
    {"c.conf": "authorization { include d.conf\n }", "d.conf": "user = a\npass = b"},
    {"c.conf": "include d.conf", "d.conf": "port = x"},
    {"c.conf": "port = 1\ninclude d.conf", "d.conf": "\nfoo"},
    {"c.conf": "include nosuch.conf"},
    {"c.conf": "a = 1\ninclude d.conf", "d.conf": "port = $a"},
    {"c.conf": "max_payload = $SIZE"},
    {"c.conf": "server_tags = $LIST"},
    {"c.conf": "port = $LOOP"},
    {"c.conf": "port = $NOSUCH"},
    {"c.conf": "include d.conf\n", "d.conf": "# nothing"},
]


def verdict_of_nats_server(folder: Path) -> tuple[int, list[str]]:
    """Ask for the exit code and the lines, sorted, since their order is random there."""
    executable = newest_server()
    assert executable is not None
    done = subprocess.run(
        [executable, "-t", "-c", "c.conf"],
        cwd=folder,
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    return done.returncode, _lines((done.stdout + done.stderr).replace("nats-server: ", "", 1))


def our_verdict(folder: Path) -> tuple[int, list[str]]:
    def read(path: str) -> bytes:
        try:
            return (folder / path).read_bytes()
        except FileNotFoundError as error:
            raise FileNotFoundError(error.errno, error.strerror, path) from error

    try:
        loaded = load("c.conf", read, ENVIRONMENT)
    except ConfigError as error:
        return 1, _lines(str(error))
    if loaded.warnings:
        return 1, _lines("\n".join(map(str, loaded.warnings)))
    return 0, [f"configuration file c.conf is valid ({loaded.options.config_digest})"]


def _lines(output: str) -> list[str]:
    return sorted(line for line in output.split("\n") if line)


@pytest.mark.parametrize(("text", "messages"), REFUSED)
def test_nats_server_refuses_it_too(text: str, messages: list[str], tmp_path: Path) -> None:
    (tmp_path / "c.conf").write_bytes(text.encode())

    assert verdict_of_nats_server(tmp_path) == (1, messages)


@pytest.mark.parametrize(("text", "digest"), ACCEPTED)
def test_nats_server_takes_it_too(text: str, digest: str, tmp_path: Path) -> None:
    (tmp_path / "c.conf").write_bytes(text.encode())

    verdict = verdict_of_nats_server(tmp_path)

    assert verdict == (0, [f"configuration file c.conf is valid ({digest})"])


@pytest.mark.parametrize("texts", HERE_AND_THERE)
def test_files_and_the_environment_are_read_as_nats_server_does(
    texts: dict[str, str], tmp_path: Path
) -> None:
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())

    assert our_verdict(tmp_path) == verdict_of_nats_server(tmp_path)
