"""A seed makes the same stream everywhere, and a stream is one that can be played."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from natsim.conformance.streams.generate import stream_of
from natsim.conformance.streams.stream import Begin, Leave, Say, Stream

SEEDS = range(300)
DIGEST = "57b126dc7863b3dea7642f819f06bd12f6bef7335dd16f59015e542de005e2e0"
"""Of the streams below; it changes with the generator only, never with Python or its hash seed."""

_PRINT = (
    "from tests.conformance.streams.test_generate import digest_of_streams;"
    "print(digest_of_streams())"
)


def digest_of_streams() -> str:
    digest = hashlib.sha256()
    for seed in SEEDS:
        for step in stream_of(seed).steps:
            digest.update(b"%d" % step.conn)
            match step:
                case Say():
                    digest.update(b"/".join(step.segments) + b"%d" % step.pongs_max)
                case Begin():
                    digest.update(step.part)
                case Leave():
                    digest.update(b"leave")
    return digest.hexdigest()


def test_a_seed_makes_the_same_bytes_as_ever() -> None:
    assert digest_of_streams() == DIGEST


def test_a_seed_makes_the_same_bytes_under_any_hash_seed() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", _PRINT],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for hash_seed in ("0", "1", "31415")
    }

    assert digests == {DIGEST}


def test_two_seeds_make_two_streams() -> None:
    assert len({stream_of(seed).text() for seed in SEEDS}) > len(SEEDS) * 0.95


def test_segments_are_never_empty() -> None:
    says = [step for seed in SEEDS for step in stream_of(seed).steps if isinstance(step, Say)]

    assert [step for step in says if not all(step.segments)] == []


def test_a_command_begun_is_ended_by_the_next_step_of_its_connection() -> None:
    for seed in SEEDS:
        steps = stream_of(seed).steps
        for number, step in enumerate(steps):
            if isinstance(step, Begin):
                later = [each for each in steps[number + 1 :] if each.conn == step.conn]
                assert isinstance(later[0], Say)


def test_nobody_speaks_after_leaving() -> None:
    for seed in SEEDS:
        gone: set[int] = set()
        for step in stream_of(seed).steps:
            assert step.conn not in gone
            if isinstance(step, Leave):
                gone.add(step.conn)


def test_a_stream_is_shown_with_its_seed_and_a_line_for_each_segment() -> None:
    stream = Stream(7, 2, (Begin(1, b"PI"), Leave(0)))

    assert stream.text() == "seed 7, 2 connections\n  0 [1] PI …\n  1 [0] leaves"
