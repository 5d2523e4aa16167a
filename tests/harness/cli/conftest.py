"""Running commands as a user types them, in an empty directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
from click.testing import CliRunner, Result

from natsim.harness.cli import main

if TYPE_CHECKING:
    from pathlib import Path


class Command(Protocol):
    """Runs a command line without its first word."""

    def __call__(self, *words: str) -> Result: ...


@pytest.fixture
def natsim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("NATSIM_SEED", raising=False)

    def run(*words: str) -> Result:
        result = CliRunner().invoke(main, list(words))
        # What is no exit code is a traceback: a fault, whatever the test is about.
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    return run


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(
        "natsim: 1\nscenario: small\nduration: 2s\nsettle: 1s\nservers: {n1: {}}\nclients:\n"
        "  p1: {at: n1, publish: {subject: a.b, rate: 20/s, size: 64}}\n"
        "  s1: {at: n1, subscribe: 'a.*'}\n"
        "faults:\n  - {at: 500ms, partition: [[n1], [s1]], for: 500ms}\n"
    )
    return path
