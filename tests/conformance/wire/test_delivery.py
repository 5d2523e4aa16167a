"""Messages are read from their frames."""

from __future__ import annotations

import pytest

from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import Delivery, numbers_of, read_deliveries, read_delivery


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (b"MSG a 1 2\r\nhi\r\n", Delivery(b"a", b"1", b"", b"", b"hi")),
        (b"MSG a 1 b 0\r\n\r\n", Delivery(b"a", b"1", b"b", b"", b"")),
        (b"MSG a sid 2\r\n\r\n\r\n", Delivery(b"a", b"sid", b"", b"", b"\r\n")),
        (
            b"HMSG a 1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
            Delivery(b"a", b"1", b"", b"NATS/1.0\r\n\r\n", b"hi"),
        ),
        (
            b"HMSG a 1 b 16 16\r\nNATS/1.0 503\r\n\r\n\r\n",
            Delivery(b"a", b"1", b"b", b"NATS/1.0 503\r\n\r\n", b""),
        ),
    ],
)
def test_a_frame_is_read_into_its_parts(frame: bytes, expected: Delivery) -> None:
    assert read_delivery(frame) == expected


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"PONG\r\n",
        b"-ERR 'Invalid Subject'\r\n",
        b"MSG a 2\r\nhi\r\n",
        b"MSG a 1 b c 2\r\nhi\r\n",
        b"MSG a 1 x\r\n",
        b"MSG a 1 2\r\nhi",
        b"HMSG a 1 2\r\nhi\r\n",
        b"HMSG a 1 x 2\r\nhi\r\n",
    ],
)
def test_what_is_no_message_fails_the_case(frame: bytes) -> None:
    with pytest.raises(Failed):
        read_delivery(frame)


def test_payloads_are_read_as_numbers() -> None:
    deliveries = read_deliveries([b"MSG a 1 2\r\n07\r\n", b"MSG a 1 1\r\n8\r\n"])

    assert numbers_of(deliveries) == [7, 8]


@pytest.mark.parametrize("payload", [b"", b"x7", b"-7"])
def test_a_payload_that_is_no_number_fails_the_case(payload: bytes) -> None:
    with pytest.raises(Failed):
        numbers_of([Delivery(b"a", b"1", b"", b"", payload)])
