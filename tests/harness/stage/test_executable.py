"""Finding a nats-server: what is found, and what is said when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from natsim.harness.stage.base import StageUnavailable
from natsim.harness.stage.executable import find_nats_server, server_version

if TYPE_CHECKING:
    from pathlib import Path


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_one_that_is_named_is_taken(tmp_path: Path) -> None:
    named = script(tmp_path / "mine", "echo nats-server: v9.9.9")

    found = find_nats_server(str(named))

    assert found == named
    assert server_version(found) == "9.9.9"


def test_path_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = script(tmp_path / "nats-server", "true")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_nats_server(None) == on_path


def test_the_one_of_the_extra_is_found_without_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = script(tmp_path / "nats-server", "true")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sysconfig.get_path", {"scripts": str(tmp_path)}.get)

    assert find_nats_server(None) == inside


def test_none_at_all_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sysconfig.get_path", {"scripts": "/nowhere"}.get)

    with pytest.raises(StageUnavailable, match=r"pip install 'natsim\[server\]', or --server PATH"):
        find_nats_server(None)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StageUnavailable, match=r"there is no file .*/none; give the path"):
        find_nats_server(str(tmp_path / "none"))


def test_a_directory_is_no_executable(tmp_path: Path) -> None:
    with pytest.raises(StageUnavailable, match="is a directory"):
        find_nats_server(str(tmp_path))


def test_a_file_without_the_right_to_run_it_says_so(tmp_path: Path) -> None:
    path = script(tmp_path / "mine", "true")
    path.chmod(0o644)

    with pytest.raises(StageUnavailable, match="is not executable; chmod"):
        find_nats_server(str(path))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("echo hello, world", "`--version` says 'hello, world'"),
        ("exit 3", "`--version` says ''"),
    ],
)
def test_another_program_is_no_nats_server(tmp_path: Path, text: str, complaint: str) -> None:
    other = script(tmp_path / "other", text)

    with pytest.raises(StageUnavailable, match="is no nats-server") as caught:
        server_version(other)

    assert complaint in str(caught.value)


def test_a_file_that_no_machine_runs_cannot_be_run(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\x00\x01\x02")
    garbage.chmod(0o755)

    with pytest.raises(StageUnavailable, match=r"garbage cannot be run: Exec format error"):
        server_version(garbage)


@pytest.mark.parametrize("executable", ["newest", "other"], indirect=True)
def test_real_ones_tell_their_version(executable: Path) -> None:
    assert server_version(executable)[:2] == "2."
