"""What came back of a stream."""

from __future__ import annotations

from enum import Enum

from natsim.record import record


class End(Enum):
    """How a connection stood when the stream was over, before we ended what was left."""

    OPEN = "open"
    CLOSED = "closed"
    RESET = "reset"


@record
class Heard:
    """What one connection was sent, in frames, the last of them perhaps not whole; and its end.

    marks: how many frames had come when all were greeted, and when each step was over; empty where
    frames were taken out.
    """

    frames: tuple[bytes, ...]
    end: End
    marks: tuple[int, ...] = ()


@record
class Answer:
    """What each connection heard. pooled: what was taken out, being sent to any one of several."""

    heard: tuple[Heard, ...]
    pooled: tuple[bytes, ...] = ()
