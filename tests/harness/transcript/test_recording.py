"""A session is written so that it can be played."""

import pytest

from natsim.harness.transcript.recording import Recording

INFO = b'INFO {"server_id":"NA","proto":1} \r\n'
HEAD = '$ natsim transcript --record here:1\nINFO {"server_id":"...","proto":1, ... }\n'


def _recorded(*events: bytes) -> Recording:
    """Record lines that were typed (>) and frames that were heard (<)."""
    recording = Recording("here:1", INFO)
    for event in events:
        take = recording.said if event.startswith(b">") else recording.heard
        take(event[1:])
    return recording


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((b">SUB a 1\r\n", b"<+OK\r\n"), "SUB a 1\n+OK\n"),
        ((b">PUB a 2\r\n", b">hi\r\n"), "PUB a 2\nhi\n"),
        ((b">PUB a 6\r\n", b">a\r\n", b">bcd\r\n"), "PUB a 6\na\nbcd\n"),
        ((b">PUB a 2\r\n", b">hi!\r\n"), "C-bytes: PUB a 2\\r\\nhi!\\r\\n\n"),
    ],
)
def test_a_command_is_written_with_its_payload(events: tuple[bytes, ...], expected: str) -> None:
    assert _recorded(*events).text() == HEAD + expected


def test_what_comes_while_a_payload_is_typed_stands_behind_it() -> None:
    recording = _recorded(b">PUB a 2\r\n", b"<MSG b 1 1\r\nx\r\n", b">hi\r\n")

    assert recording.text() == HEAD + "PUB a 2\nhi\nMSG b 1 1\nx\n"


def test_pings_of_the_server_and_later_infos_are_left_out() -> None:
    recording = _recorded(b"<PING\r\n", b"<" + INFO, b"<+OK\r\n")

    assert recording.text() == HEAD + "+OK\n"


def test_a_command_that_was_never_finished_turns_the_barriers_off() -> None:
    recording = _recorded(b">PUB a 9\r\n", b">hal\r\n", b"<-ERR 'x'\r\n")
    recording.closed()

    assert recording.is_half_typed
    assert recording.text() == (
        HEAD + "# no barriers\nC-bytes: PUB a 9\\r\\nhal\\r\\n\n-ERR 'x'\n<closed>\n"
    )


def test_pongs_that_are_still_due_are_counted() -> None:
    recording = _recorded(b">PING\r\n", b">ping\r\n", b"<PONG\r\n", b">PUB a 4\r\n", b">PING\r\n")

    assert recording.pongs_due == 1
