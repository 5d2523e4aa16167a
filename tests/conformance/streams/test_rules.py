"""Each rule explains what its reason says, and no more."""

import re
from pathlib import Path

import pytest

from natsim.conformance.streams.answer import Answer, End, Heard
from natsim.conformance.streams.compare import differences
from natsim.conformance.streams.rules import RULES

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "differences.md"

_ONE = b'INFO {"server_id":"NA","version":"2.15.1","port":1,"api_lvl":5,"xkey":"XA"} \r\n'
_TWO = b'INFO {"server_id":"NB","version":"2.15.1","port":2,"api_lvl":5} \r\n'
_PEDANTIC = b"-ERR 'Invalid Publish Subject'\r\n"
_STATUS = b"HMSG r %b 35 35\r\nNATS/1.0 503\r\nNats-Subject: foo\r\n\r\n\r\n"


def _heard(*frames: bytes, end: End = End.OPEN) -> Answer:
    return Answer((Heard(frames, end),))


def _two(first: tuple[bytes, ...], second: tuple[bytes, ...]) -> Answer:
    return Answer((Heard(first, End.OPEN), Heard(second, End.OPEN)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(_heard(_ONE), _heard(_TWO), id="names, keys-of-a-build"),
        pytest.param(_heard(b"+OK\r\n", b"PING\r\n"), _heard(b"+OK\r\n"), id="server-ping"),
        pytest.param(
            _heard(_PEDANTIC, _PEDANTIC, b"PONG\r\n"), _heard(_PEDANTIC, b"PONG\r\n"),
            id="complaint-twice",
        ),
        pytest.param(
            _two((b"MSG a g1 1\r\nx\r\n",), ()), _two((), (b"MSG a g0 1\r\nx\r\n",)),
            id="group-member",
        ),
        pytest.param(
            _two((_PEDANTIC, b"MSG a g1 1\r\nx\r\n", _PEDANTIC), ()),
            _two((_PEDANTIC, _PEDANTIC), (b"MSG a g0 1\r\nx\r\n",)),
            id="group-member, between complaints",
        ),
        pytest.param(_heard(_STATUS % b"1"), _heard(_STATUS % b"2"), id="status-inbox"),
        pytest.param(
            _heard(b"MSG a 1 1\r\nx\r\n", b"MSG a 2 1\r\nx\r\n"),
            _heard(b"MSG a 2 1\r\nx\r\n", b"MSG a 1 1\r\nx\r\n"),
            id="order-of-copies",
        ),
        pytest.param(_heard(end=End.RESET), _heard(b"-ERR 'x'\r\n", end=End.CLOSED), id="reset"),
        pytest.param(_heard(end=End.CLOSED), _heard(end=End.RESET), id="reset, nothing lost"),
    ],
)  # fmt: skip
def test_a_rule_explains_a_difference(one: Answer, other: Answer) -> None:
    assert differences(one, other) == []
    assert differences(other, one) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            _heard(_ONE), _heard(_TWO.replace(b"2.15.1", b"2.9.10")), id="another version"
        ),
        pytest.param(_heard(_ONE), _heard(_TWO.replace(b'"api_lvl":5', b'"x":1')), id="other keys"),
        pytest.param(_heard(b"PONG\r\n", b"PONG\r\n"), _heard(b"PONG\r\n"), id="a PONG more"),
        pytest.param(_heard(b"+OK\r\n", b"+OK\r\n"), _heard(b"+OK\r\n"), id="an +OK more"),
        pytest.param(_heard(_PEDANTIC), _heard(), id="no complaint at all"),
        pytest.param(
            _heard(_PEDANTIC, b"+OK\r\n", _PEDANTIC), _heard(_PEDANTIC, b"+OK\r\n"),
            id="complaints apart",
        ),
        pytest.param(
            _two((b"MSG a g1 1\r\nx\r\n",), (b"MSG a g0 1\r\nx\r\n",)),
            _two((b"MSG a g1 1\r\nx\r\n",), ()),
            id="two members get one message",
        ),
        pytest.param(
            _heard(b"MSG a g1 1\r\nx\r\n"), _heard(b"MSG a g1 1\r\ny\r\n"), id="another payload"
        ),
        pytest.param(_heard(_STATUS % b"1"), _heard(), id="nobody told"),
        pytest.param(
            _heard(b"MSG a 1 1\r\nx\r\n", b"MSG b 1 1\r\nx\r\n"),
            _heard(b"MSG b 1 1\r\nx\r\n", b"MSG a 1 1\r\nx\r\n"),
            id="two messages change places",
        ),
        pytest.param(
            _heard(b"MSG a 1 1\r\nx\r\n", b"MSG a 2 1\r\nx\r\n"),
            _heard(b"MSG a 1 1\r\nx\r\n", b"MSG a 1 1\r\nx\r\n"),
            id="a copy for another subscription",
        ),
        pytest.param(
            _heard(end=End.CLOSED), _heard(b"-ERR 'x'\r\n", end=End.CLOSED), id="lost at a FIN"
        ),
        pytest.param(
            _heard(end=End.RESET), _heard(b"PONG\r\n", end=End.CLOSED), id="more lost than -ERR"
        ),
        pytest.param(
            _heard(b"-ERR 'x'\r\n", end=End.RESET), _heard(end=End.CLOSED), id="said, then reset"
        ),
        pytest.param(_heard(end=End.OPEN), _heard(end=End.CLOSED), id="open or closed"),
    ],
)  # fmt: skip
def test_no_rule_explains_more(one: Answer, other: Answer) -> None:
    assert differences(one, other) != []


def test_every_rule_is_written_down() -> None:
    written = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)

    assert written == [(rule.name, rule.reason) for rule in RULES]
