"""The difference between two answers, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.wire.frames import common_length
from natsim.record import record

from .rules import settled

if TYPE_CHECKING:
    from .answer import Answer, Heard

AROUND_BYTES = 60


@record
class Difference:
    """where: the connection, or the queue group. one, other: what differs, rules applied."""

    where: str
    one: bytes
    other: bytes

    def text(self, one_name: str, other_name: str) -> str:
        """Show both sides around their first byte that differs, which is marked."""
        at = common_length(self.one, self.other)
        width = max(len(one_name), len(other_name))
        start = max(0, at - AROUND_BYTES)
        before = repr(self.one[start:at])[2:-1]
        return "\n".join((
            f"{self.where}, byte {at}:",
            *(f"  {name:{width}} {before}{repr(side[at : at + AROUND_BYTES])[2:-1]}"
              for name, side in ((one_name, self.one), (other_name, self.other))),
            f"  {'':{width}} {' ' * len(before)}^",
        ))  # fmt: skip


def differences(one: Answer, other: Answer) -> list[Difference]:
    """Compare two answers to one stream; what a rule explains is no difference."""
    one, other = settled(one, other)
    found = [
        Difference(f"connection {conn}", _bytes(first), _bytes(second))
        for conn, (first, second) in enumerate(zip(one.heard, other.heard, strict=True))
        if first != second
    ]
    if one.pooled != other.pooled:
        found.append(Difference("queue group", b"".join(one.pooled), b"".join(other.pooled)))
    return found


def _bytes(heard: Heard) -> bytes:
    return b"".join(heard.frames) + b"<%b>" % heard.end.value.encode()
