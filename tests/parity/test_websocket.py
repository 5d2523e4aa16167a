"""The real server opens, refuses and speaks WebSocket as our table says."""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.harness.layers.websocket_exchanges import (
    MAX_PAYLOAD,
    REQUESTS,
    TALKS,
    Asked,
    Talk,
    after_first_frame,
    without_dates,
)

from natsim.broker.nats.options.websocket import WebsocketOptions

from .real_server import QUIET_S, READY_S, await_port, free_port, newest_server, started

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

SERVER = newest_server()
pytestmark = pytest.mark.skipif(SERVER is None, reason="no nats-server 2.15.1 here")


@contextmanager
def websocket_server(folder: Path, options: WebsocketOptions) -> Generator[int]:
    """Run a server with a WebSocket listener; gives its port."""
    port, other = free_port(), free_port()
    origins = ", ".join(f'"{origin}"' for origin in options.allowed_origins)
    headers = " ".join(f'{name}: "{value}"' for name, value in options.headers)
    config = folder / "server.conf"
    config.write_text(
        f"""
        listen: "127.0.0.1:{other}", max_payload: {MAX_PAYLOAD}
        websocket {{
            listen: "127.0.0.1:{port}", no_tls: true
            same_origin: {str(options.same_origin).lower()}
            compression: {str(options.compression).lower()}
            allowed_origins: [{origins}]
            headers {{ {headers} }}
        }}
        """
    )
    with started(str(SERVER), "-c", str(config)) as process:
        await_port(port, process)
        yield port


_LAST_WORDS = re.compile(rb"(?:\x82.-ERR '[^']*'\r\n)?(?:\x88.+)?", re.DOTALL)


@pytest.mark.parametrize("asked", REQUESTS, ids=str)
def test_a_request_is_answered_as_the_table_says(asked: Asked, tmp_path: Path) -> None:
    with websocket_server(tmp_path, asked.options) as port:
        answer, stays = _say(port, asked.sent)

    assert without_dates(answer).startswith(asked.answer)
    assert stays == asked.stays
    assert asked.stays or without_dates(answer) == asked.answer


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Generator[int]:
    with websocket_server(
        tmp_path_factory.mktemp("websocket"), WebsocketOptions(compression=True)
    ) as port:
        yield port


@pytest.mark.parametrize("talk", TALKS, ids=str)
def test_frames_are_answered_as_the_table_says(talk: Talk, talking: int) -> None:
    with socket.create_connection(("127.0.0.1", talking), timeout=READY_S) as client:
        client.sendall(talk.opening)
        opening = b""
        while (behind := after_first_frame(opening)) is None:
            opening += client.recv(65_536)
        client.sendall(talk.sent)
        answer, stays = _listen(client)

    # Where 2.15.1 ends a connection without a word, another task of it may still get some out.
    is_raced = not talk.stays and talk.answer == b""
    heard = b"" if is_raced and _LAST_WORDS.fullmatch(behind + answer) else behind + answer
    assert (_joined(heard), stays) == (_joined(talk.answer), talk.stays)


def _joined(frames: bytes) -> bytes:
    """Join short binary frames that stand side by side: how 2.15.1 parts them is a race too."""
    parts, rest = [b""], frames
    while rest[:1] == b"\x82" and len(rest) > 1 and rest[1] < 126:
        parts.append(rest[2 : 2 + rest[1]])
        rest = rest[2 + rest[1] :]
    return b"".join(parts) + b"|" + rest


def _say(port: int, sent: bytes) -> tuple[bytes, bool]:
    with socket.create_connection(("127.0.0.1", port), timeout=READY_S) as client:
        client.sendall(sent)
        return _listen(client)


def _listen(client: socket.socket) -> tuple[bytes, bool]:
    """Read until the server is quiet; give what it said, and if the connection is open."""
    client.settimeout(QUIET_S)
    answer = b""
    try:
        while data := client.recv(65_536):
            answer += data
    except TimeoutError:
        return answer, True
    except ConnectionResetError:
        return answer, False
    return answer, False
