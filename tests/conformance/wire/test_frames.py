"""What a server writes is cut into the same frames, however it comes."""

import pytest

from natsim.conformance.wire.frames import FrameCutter

FRAMES = [
    b'INFO {"x":1} \r\n',
    b"+OK\r\n",
    b"MSG a 1 0\r\n\r\n",
    b"MSG a 1 r 10\r\nPONG\r\nMSG \r\n",
    b"HMSG a 1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n",
    b"MSG a  0002\r\n\r\n\r\n",
    b"MSG a\rb 1 1\r\nx\r\n",
    b"-ERR 'Unknown Protocol Operation'\r\n",
]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
def test_frames_are_cut_at_their_ends(piece: int) -> None:
    whole, cutter = b"".join(FRAMES), FrameCutter()

    frames = [
        frame
        for start in range(0, len(whole), piece)
        for frame in cutter.feed(whole[start : start + piece])
    ]

    assert frames == FRAMES
    assert cutter.rest == b""


def test_what_is_no_whole_frame_is_kept() -> None:
    cutter = FrameCutter()

    assert cutter.feed(b"PONG\r\nMSG a 1 5\r\nhe") == [b"PONG\r\n"]
    assert cutter.rest == b"MSG a 1 5\r\nhe"


def test_a_size_that_is_none_ends_the_frame_at_its_line() -> None:
    assert FrameCutter().feed(b"MSG a 1 x\r\nPONG\r\n") == [b"MSG a 1 x\r\n", b"PONG\r\n"]
