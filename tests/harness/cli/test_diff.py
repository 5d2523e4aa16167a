"""`natsim diff`: two servers in, what they answer differently out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Command

OURS = "natsim serve"


def test_a_server_does_not_differ_from_itself(natsim: Command) -> None:
    result = natsim("diff", OURS, OURS, "--seeds", "0..9", "--lanes", "1")

    assert result.exit_code == 0
    assert result.stdout.startswith("10 streams of seeds 0..9: 0 distinct differences; ")


def test_a_difference_is_shown_and_written_as_a_transcript_that_plays(natsim: Command) -> None:
    Path("small.conf").write_text("max_payload: 100")
    other = f"{OURS} -c small.conf"

    result = natsim("diff", OURS, other, "--streams", "1", "--seed", "0", "-o", "found")

    assert result.exit_code == 1
    assert "1. differs: INFO max_payload\n" in result.stdout
    assert "1 streams of seeds 0..0: " in result.stdout
    (file,) = Path("found").glob("001-*.txt")
    assert file.name == "001-differs-info-max-payload.txt"
    assert natsim("transcript", "-q", str(file), "--on", "sim").exit_code == 0


def test_after_its_time_no_stream_is_begun(natsim: Command) -> None:
    result = natsim("diff", OURS, OURS, "--for", "1ms", "--seed", "5", "--lanes", "1")

    assert result.exit_code == 0
    assert result.stdout.startswith("0 streams")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((OURS, OURS, "--seeds", "5..1"), "1..5"),
        ((OURS, OURS, "--seeds", "0..1", "--seed", "3"), "leave out --streams and --seed"),
        ((OURS, OURS, "--for", "soon"), "--for"),
        ((OURS, ""), "a server has no name"),
        ((OURS, "nats://me:secret@127.0.0.1:1"), "without credentials"),
        ((OURS, "tls://127.0.0.1:1"), "without TLS"),
        ((OURS, "192.0.2.1:4222"), "add --yes"),
    ],
)
def test_what_makes_no_sense_is_refused(
    natsim: Command, words: tuple[str, ...], expected: str
) -> None:
    result = natsim("diff", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("no-such-server", "there is no program no-such-server"),
        ("127.0.0.1:1", "nothing listens on 127.0.0.1:1"),
        (f"{OURS} --no-such-flag", "does not serve"),
    ],
)
def test_a_server_that_cannot_be_had_ends_with_4(
    natsim: Command, other: str, expected: str
) -> None:
    result = natsim("diff", other, OURS, "--streams", "1")

    assert result.exit_code == 4
    assert expected in result.stderr
