"""The suite inside pytest: a case is a test of its own."""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.parity.real_server import free_port, our_server, running

if TYPE_CHECKING:
    from pathlib import Path

ONE = "core.ping.answer"
END_S = 120


def run(directory: Path, *words: str) -> tuple[int, str]:
    """Run pytest as a user does; gives its exit code and what it said."""
    command = [
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", "--color=no",
        "--pyargs", "natsim.conformance", *words,
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=END_S, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_case_of_a_server_that_runs_is_a_test(tmp_path: Path) -> None:
    with running(*our_server()) as port:
        code, said = run(
            tmp_path, "--natsim-server", f"nats://127.0.0.1:{port}", "--natsim-only", ONE
        )

    assert code == 0
    assert "::core::ping::answer PASSED" in said


def test_a_program_is_started_as_each_case_wants_it(tmp_path: Path) -> None:
    code, said = run(
        tmp_path, "--natsim-server", shlex.join(our_server()),
        "--natsim-only", "auth.token", "--natsim-skip", "auth.token.info",
    )  # fmt: skip

    assert code == 0
    assert "::auth::token::good PASSED" in said
    assert "::auth::token::info" not in said


def test_an_adapter_file_will_do(tmp_path: Path) -> None:
    start = [*our_server(), "-a", "127.0.0.1", "-p", "@port@"]
    (tmp_path / "mine.yaml").write_text(
        f"natsim-adapter: 1\nhouses: {{plain: {{start: {start}}}}}\n"
    )

    code, said = run(
        tmp_path, "--natsim-adapter", "mine.yaml", "--natsim-only", ONE,
        "--natsim-only", "auth.token.good", "-rs",
    )  # fmt: skip

    assert code == 0
    assert "::core::ping::answer PASSED" in said
    assert "does not say how to be token" in said


def test_a_failure_shows_the_rule_both_dialogues_and_what_repeats_it(tmp_path: Path) -> None:
    case = "core.request.no-responders.without-subject"
    with running(*our_server()) as port:
        url = f"nats://127.0.0.1:{port}"
        code, said = run(
            tmp_path, "--natsim-server", url, "--natsim-only", case, "--natsim-version-like", "2.9"
        )

    assert code == 1
    assert "before it has none" in said
    assert "expected" in said
    assert "actual" in said
    assert f"natsim conform {url} --version-like 2.9 --only {case}" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "natsim: name the server to ask: --natsim-server nats://host:4222"),
        (("--natsim-server", "nats-server", "--natsim-only", "core.pong"), "no case begins with"),
        (("--natsim-adapter", "none.yaml"), "none.yaml: it cannot be read"),
        (("--natsim-server", "http://127.0.0.1"), "the scheme is http"),
        (("--natsim-server", "nats-server-none"), "there is no program nats-server-none"),
    ],
)
def test_bad_input_ends_it_with_a_sentence(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    code, out = run(tmp_path, *words)

    # pytest ends by another code for what it finds when it collects.
    assert code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERRUPTED)
    assert said in out


def test_a_server_that_is_down_ends_it_with_a_sentence(tmp_path: Path) -> None:
    code, said = run(tmp_path, "--natsim-server", f"nats://127.0.0.1:{free_port()}")

    assert code == pytest.ExitCode.USAGE_ERROR
    assert "nothing listens on" in said
