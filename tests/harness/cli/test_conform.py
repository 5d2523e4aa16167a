"""`natsim conform`: servers in, a report, a summary and an exit code out."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from tests.harness.cli.test_transcript import HTTP, INFO_TLS, listening
from tests.parity.real_server import free_port, our_server, running

from natsim.conformance.credentials.nkey import KeyPair, Kind
from natsim.conformance.houses import certificates, operator

if TYPE_CHECKING:
    from collections.abc import Generator

    from .conftest import Command

ONE = "core.ping.answer"
OURS = shlex.join(our_server())
END_S = 60


@contextmanager
def serving(*flags: str) -> Generator[str]:
    """Run our broker; gives its address."""
    with running(*our_server(), *flags) as port:
        yield f"127.0.0.1:{port}"


def written(path: str = "runs/conform") -> dict[str, object]:
    """Read the document of the first run."""
    return cast("dict[str, object]", json.loads(Path(path, "conformance.json").read_text("utf-8")))


def grades(document: dict[str, object], case: str = ONE) -> list[str]:
    cases = cast("list[dict[str, object]]", document["cases"])
    (found,) = [each for each in cases if each["id"] == case]
    return [str(each["grade"]) for each in cast("list[dict[str, object]]", found["results"])]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Two cases: one that passes, one that fails."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, answers in (("once", "PONG\n"), ("twice", "PONG\nPONG\n")):
        (folder / f"{name}.txt").write_text(
            f"---\ntitle: It answers {name}.\nrule: PING is answered {name}.\n---\nPING\n{answers}"
        )
    return folder


def test_a_server_that_runs_is_asked_and_reports_are_written(natsim: Command) -> None:
    with serving() as url:
        result = natsim("conform", f"nats://{url}", "--only", ONE)

    assert result.exit_code == 0
    assert "the only case passes" in result.stdout
    assert result.stdout.endswith("report    runs/conform/report.html\n")
    assert {path.name for path in Path("runs/conform").iterdir()} >= {
        "conformance.json", "report.html", "junit.xml", "summary.md",
    }  # fmt: skip


def test_a_program_is_configured_and_started(natsim: Command) -> None:
    result = natsim("conform", "--server", OURS, "--only", "auth.token.good")

    assert result.exit_code == 0
    assert grades(written(), "auth.token.good") == ["pass"]


def test_what_a_url_is_not_enough_for_is_skipped_with_the_reason(natsim: Command) -> None:
    with serving() as url:
        result = natsim("conform", url, "--only", "auth.token.good")

    assert result.exit_code == 3
    assert "it needs a special configuration; run with --server" in result.stdout


def test_an_adapter_starts_a_server_by_its_own_flags(natsim: Command) -> None:
    flags = "-a, 127.0.0.1, -p, '@port@'"
    start = ", ".join(map(json.dumps, our_server()))
    Path("mine.yaml").write_text(
        f"natsim-adapter: 1\nhouses:\n  plain: {{start: [{start}, {flags}]}}\n"
        f"  token: {{start: [{start}, {flags}, --auth, '@token@']}}\n"
    )

    result = natsim("conform", "--adapter", "mine.yaml", "--only", "auth.token.good", "--only", ONE)

    assert result.exit_code == 0
    assert "all 2 cases pass" in result.stdout


def test_a_server_that_is_down_does_not_keep_the_other(natsim: Command) -> None:
    down = f"nats://127.0.0.1:{free_port()}"
    with serving() as url:
        result = natsim("conform", down, url, "--only", ONE)

    assert result.exit_code == 4
    assert f"{down}: nothing listens on" in result.stderr
    assert grades(written()) == ["unknown", "pass"]


def test_servers_of_one_name_are_told_apart(natsim: Command) -> None:
    with serving() as one, serving() as other:
        natsim("conform", one, other, "--only", ONE)

    servers = cast("list[dict[str, str]]", written()["servers"])
    assert [re.sub(r".* \((.*)\)", r"\1", each["name"]) for each in servers] == [
        f"nats://{one}", f"nats://{other}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a server: a URL, --server PROGRAM or --adapter FILE"),
        (("--server", ""), "--server is empty; give the path of a nats-server executable"),
        (("127.0.0.1", "--only", "core.pong"), "no case begins with core.pong"),
        (("127.0.0.1", "--only", ONE, "--skip", "core"), "no case is left; check --only"),
        (("127.0.0.1", "--cases", "nowhere"), "nowhere: there is no such folder"),
        (("127.0.0.1", "--version-like", "new"), "new is no version; write one like 2.10"),
        (("127.0.0.1", "--baseline", "none.json"), "none.json: it cannot be read"),
        (("127.0.0.1", "--known-failures", "none.yaml"), "none.yaml: it cannot be read"),
        (("127.0.0.1", "--adapter", "none.yaml"), "none.yaml: it cannot be read"),
        (("127.0.0.1", "--creds", "none.creds"), "none.creds cannot be read"),
        (("127.0.0.1", "--nkey", "none.nk"), "none.nk cannot be read"),
        (("127.0.0.1", "--tls-ca", "none.pem"), "none.pem cannot be used for TLS"),
        (("http://127.0.0.1",), "the scheme is http; write nats:// or tls://"),
        (("192.0.2.1",), "if that is right, add --yes"),
    ],
)
def test_bad_input_is_refused_and_nothing_written(
    natsim: Command, words: tuple[str, ...], said: str
) -> None:
    result = natsim("conform", *words)

    assert result.exit_code == 2
    assert said in result.stderr
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "---\ntitle: A\nhuose: plain\n---\nPING\n", "a.txt:3:1: huose is no key"),
        ("a.txt", "---\ntitle: A\n---\nPING\n", "a.txt:1:1: there is no requirement a"),
        ("a.txt", "---\ntitle: A\nrule: A\n---\n", "there is no dialogue; write one"),
        ("a.txt", "---\ntitle: A\nrule: A\nhouse: B\n---\nPING\n", "there is no house B"),
        ("a.py", "def x(:\n", "a.py:1: it cannot be imported: SyntaxError: invalid syntax"),
        ("a.py", "import nothing\n", "ModuleNotFoundError: No module named 'nothing'"),
    ],
)
def test_a_broken_case_is_said_with_its_place(
    natsim: Command, name: str, text: str, said: str
) -> None:
    Path("mine").mkdir()
    Path("mine", name).write_text(text)

    result = natsim("conform", "127.0.0.1", "--cases", "mine")

    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        (HTTP, "speaks HTTP; name the client port"),
        (INFO_TLS, "requires TLS; write tls://"),
        (b"220 mail ESMTP\r\n", "is no NATS server: it greets with"),
        (b"", "closes the connection without INFO"),
    ],
)
def test_what_is_no_server_for_us_is_said_with_what_to_do(
    natsim: Command, greeting: bytes, said: str
) -> None:
    with listening(greeting) as url:
        result = natsim("conform", url, "--only", ONE, "--timeout", "0.3")

    assert result.exit_code == 4
    assert said in result.stderr


def test_wrong_credentials_are_said(natsim: Command) -> None:
    with serving("--auth", "s3cret") as url:
        without = natsim("conform", url, "--only", ONE)
        wrong = natsim("conform", url, "--token", "no", "--only", ONE)

    assert (without.exit_code, wrong.exit_code) == (4, 4)
    assert "wants credentials (-ERR 'Authorization Violation')" in without.stderr
    assert "refuses these credentials (-ERR 'Authorization Violation')" in wrong.stderr


@pytest.mark.parametrize("words", [("--token", "s3cret"), ("--token=s3cret",), ()])
def test_a_token_opens_the_door_and_is_not_written_down(
    natsim: Command, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    with serving("--auth", "s3cret") as url:
        typed = ["conform", url if words else f"nats://s3cret@{url}", *words, "--only", "core.ping"]
        monkeypatch.setattr(sys, "argv", ["natsim", *typed])
        result = natsim(*typed)

    assert result.exit_code == 0
    for path in Path("runs/conform").iterdir():
        assert path.is_dir() or b"s3cret" not in path.read_bytes()


def test_an_nkey_opens_the_door(natsim: Command) -> None:
    pair = KeyPair.named(Kind.USER, "ann")
    Path("ann.nk").write_text(f"{pair.seed}\n")
    Path("server.conf").write_text(f"authorization {{ users: [{{nkey: {pair.public}}}] }}\n")

    with serving("-c", "server.conf") as url:
        result = natsim("conform", url, "--nkey", "ann.nk", "--only", "auth.open", "--only", ONE)

    assert result.exit_code == 0


def test_a_credentials_file_opens_the_door(natsim: Command, tmp_path: Path) -> None:
    things = operator.make(tmp_path, {})
    Path("ann.creds").write_text(
        f"-----BEGIN NATS USER JWT-----\n{things['ann_jwt']}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{things['ann_seed']}\n------END USER NKEY SEED------\n"
    )
    Path("server.conf").write_text(
        f"operator: {things['operator_jwt']}\nsystem_account: {things['system']}\n"
        f"resolver: MEMORY\nresolver_preload {{\n {things['system']}: {things['system_jwt']}\n"
        f" {things['first']}: {things['first_jwt']}\n}}\n"
    )

    with serving("-c", "server.conf") as url:
        result = natsim("conform", url, "--creds", "ann.creds", "--only", ONE)

    assert result.exit_code == 0


def test_a_server_with_tls_is_asked_and_the_command_to_repeat_names_the_files(
    natsim: Command, tmp_path: Path
) -> None:
    things = certificates.make(tmp_path, {})
    tls = ("--tls", "--tlscert", things["server_cert"], "--tlskey", things["server_key"])
    with serving(*tls) as url:
        result = natsim("conform", f"tls://{url}", "--tls-ca", things["ca_cert"], "--only", ONE)
        unknown = natsim("conform", f"tls://{url}", "--only", ONE)

    assert result.exit_code == 0
    (server,) = cast("list[dict[str, str]]", written()["servers"])
    assert server["target"] == f"tls://{url} --tls-ca={things['ca_cert']}"
    assert unknown.exit_code == 4
    assert "the TLS handshake failed" in unknown.stderr


def test_a_server_that_wants_our_certificate_is_said(natsim: Command, tmp_path: Path) -> None:
    things = certificates.make(tmp_path, {})
    tls = (
        "--tlsverify", "--tlscert", things["server_cert"], "--tlskey", things["server_key"],
        "--tlscacert", things["ca_cert"],
    )  # fmt: skip
    with serving(*tls) as url:
        ask = ("conform", f"tls://{url}", "--tls-ca", things["ca_cert"], "--only", ONE)
        without = natsim(*ask)
        result = natsim(
            *ask, "--tls-cert", things["client_cert"], "--tls-key", things["client_key"]
        )

    assert without.exit_code == 4
    assert "give --tls-cert and --tls-key" in without.stderr
    assert result.exit_code == 0


def test_a_server_is_held_to_another_version(natsim: Command) -> None:
    case = "core.request.no-responders.without-subject"
    with serving() as url:
        result = natsim("conform", url, "--version-like", "2.9", "--only", case)

    assert result.exit_code == 1
    assert "held to 2.9: the answer differs" in result.stdout
    assert f"natsim conform nats://{url} --version-like 2.9 --only {case}\n" in result.stdout


@pytest.mark.parametrize(
    ("known", "code", "said"),
    [
        ("twice: {reason: we are slow}", 0, "1 fails, as known"),
        ("twice: {reason: we are slow, expires: 2100-01-01}", 0, "1 fails, as known"),
        ("twice: {reason: we are slow, expires: 2020-01-01}", 1, "we are slow (expired)"),
        (
            "twice: {reason: we are slow}\nonce: {reason: we are fast}", 1,
            "1 known failure passes unexpectedly",
        ),
    ],
)  # fmt: skip
def test_known_failures_are_excused_until_they_pass_or_expire(
    natsim: Command, mine: Path, known: str, code: int, said: str
) -> None:
    Path("known.yaml").write_text(known)
    with serving() as url:
        result = natsim(
            "conform", url, "--cases", str(mine), "--only", "once", "--only", "twice",
            "--known-failures", "known.yaml", "--timeout", "0.3",
        )  # fmt: skip

    assert result.exit_code == code
    assert said in result.stdout


def test_what_changed_since_an_earlier_report_is_told(natsim: Command, mine: Path) -> None:
    def ask(url: str, *more: str) -> str:
        ours = ("--cases", str(mine), "--only", "once", "--only", "twice")
        return natsim("conform", url, *ours, "--timeout", "0.3", *more).stdout

    once, twice = mine / "once.txt", mine / "twice.txt"
    with serving() as url:
        ask(url)
        good, bad = once.read_text(), twice.read_text()
        once.write_text(bad.replace("twice", "once"))
        twice.write_text(good.replace("once", "twice"))
        said = ask(url, "--baseline", "runs/conform/conformance.json")

    assert "\nbroke     once: natsim " in said
    assert "\nbetter    twice: natsim " in said


def test_a_rule_of_cases_that_are_not_run_is_not_called_uncovered(natsim: Command) -> None:
    with serving() as url:
        result = natsim("conform", url, "--only", ONE)

    assert "core.pub.deliver" not in result.stdout
    rules = cast("list[dict[str, object]]", written()["requirements"])
    assert "core.pub.deliver" not in [each["id"] for each in rules]


def test_cases_are_listed_with_house_and_versions(natsim: Command) -> None:
    result = natsim("conform", "--list", "--only", "life.stop.exit-code")

    assert result.exit_code == 0
    assert result.stdout.startswith("life.stop.exit-code ")
    assert ">=2.11" in result.stdout


def test_ctrl_c_in_the_middle_leaves_a_whole_report(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "reached")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "waits.py").write_text(
        "import asyncio, pathlib\n"
        "from natsim.conformance.case import case\n"
        '@case("waits", "It waits.", "core.ping.answer", is_alone=True, limit_s=600)\n'
        "async def waits(trial):\n"
        f"    pathlib.Path({str(tmp_path / 'reached')!r}).write_text('now')\n"
        "    await asyncio.sleep(600)\n"
    )
    command = [
        sys.executable, "-m", "natsim", "conform", "--server", OURS, "--cases", "cases",
        "--only", ONE, "--only", "waits",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as process:
        try:
            (tmp_path / "reached").read_text()
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=END_S)[0].decode()
        finally:
            process.kill()

    assert process.returncode == 130
    assert ": interrupted; 1 of 2 cases pass; 1 is unknown" in said
    document = written(str(tmp_path / "runs" / "conform"))
    assert (grades(document), grades(document, "waits")) == (["pass"], ["unknown"])
