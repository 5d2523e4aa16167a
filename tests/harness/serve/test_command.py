"""What the command line says, and with which status it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from natsim.harness.serve.command import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("args", ["-v", "--version", "version", "-D version"])
def test_it_names_the_version_that_it_is_like(
    args: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(args.split())

    assert (status, *capsys.readouterr()) == (0, "nats-server: v2.15.1\n", "")


@pytest.mark.parametrize("args", ["-h", "--help", "help", "-D help"])
def test_it_explains_itself(args: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = run(args.split())

    said = capsys.readouterr()
    assert (status, said.err) == (0, "")
    assert "Usage: natsim serve" in said.out


def test_it_explains_tls(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help_tls"]) == 0
    assert "--tlsverify" in capsys.readouterr().out


def test_a_flag_that_is_not_there_is_answered_with_the_usage_and_status_0(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = run(["--max_payload", "5"])

    said = capsys.readouterr()
    assert (status, said.err) == (0, "flag provided but not defined: -max_payload\n")
    assert "Usage: natsim serve" in said.out


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ("bogus", 'unrecognized command: "bogus"'),
        ("-DV false", 'unrecognized command: "false"'),
        ("-t", "must specify [-c, --config] option to check configuration file syntax"),
        ("-c nosuch.conf", "open nosuch.conf: no such file or directory"),
        ("-sl quit=abc", "invalid pid: abc"),
        ("-sl quit=1=2", "invalid signal parameters: [2]"),
        ("-sl bogus=99999999", 'unknown signal "bogus"'),
        ("-sl quit=99999999", '\nsignal "quit" 99999999: no such process'),
        ("--tls", "TLS Server certificate must be present and valid"),
        ("--tls --tlscert=a", "TLS Server private key must be present and valid"),
        (
            "--tls --tlscert=nosuch --tlskey=nosuch",
            "error parsing X509 certificate/key pair: open nosuch: no such file or directory",
        ),
        ("-js", "natsim has no JetStream; use nats-server for it"),
        ("--routes nats://a:1", "natsim has no clusters yet; use nats-server for them"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_status_1(
    args: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(args.split())

    assert (status, *capsys.readouterr()) == (1, "", f"nats-server: {complaint}\n")


def test_a_good_configuration_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "server.conf"
    config.write_text("max_payload: 5000\n")

    status = run(["-t", "-c", str(config)])

    said = capsys.readouterr().err
    assert status == 0
    assert said.startswith(f"nats-server: configuration file {config} is valid (sha256:")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1\nbogus: 1\n", 'CONF:1:0: unknown field "a"\nCONF:2:1: unknown field "bogus"\n'),
        (
            "\nping_interval: 2\n",
            'CONF:2:1: invalid use of field "ping_interval": ping_interval should be converted to '
            "a duration\n",
        ),
        (
            "\ntls { cert_file: nosuch, key_file: nosuch }\n",
            "CONF:2:1: error parsing X509 certificate/key pair: open nosuch: no such file or "
            "directory\n",
        ),
        ("\noperator: eyJx\n", "CONF:2:1: error parsing operator JWT: expected 3 chunks\n"),
    ],
)
def test_a_bad_configuration_is_not(
    text: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "server.conf"
    config.write_text(text)

    status = run(["-t", "-c", str(config)])

    said = capsys.readouterr().err.replace(str(config), "CONF")
    assert (status, said) == (1, f"nats-server: {complaint}\n")
