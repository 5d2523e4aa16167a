"""A difference is shown around its first byte."""

from natsim.conformance.streams.compare import Difference
from natsim.conformance.wire.frames import common_length


def test_both_sides_are_shown_and_the_first_byte_that_differs_is_marked() -> None:
    difference = Difference("connection 1", b"+OK\r\nPONG\r\n<open>", b"+OK\r\nPING\r\n<open>")

    assert difference.text("ours", "theirs") == (
        "connection 1, byte 6:\n"
        "  ours   +OK\\r\\nPONG\\r\\n<open>\n"
        "  theirs +OK\\r\\nPING\\r\\n<open>\n"
        "                 ^"
    )


def test_the_end_of_a_shorter_side_is_where_it_differs() -> None:
    assert common_length(b"+OK", b"+OK\r\n") == 3
