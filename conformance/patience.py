"""How long to wait for a server: measured, not guessed."""

from __future__ import annotations

from dataclasses import dataclass

WAIT_S = 3.0
"""What a server that is busy with other things may take to answer on the same machine."""

ROUND_TRIPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """wait_s: how long an answer may take. settle_s: how long the end of a connection may take.

    scale: by how much what a case waits for is stretched.
    """

    wait_s: float = WAIT_S
    scale: float = 1.0

    @property
    def quiet_s(self) -> float:
        """How long nothing must come where no PING can prove that nothing will."""
        return min(0.05 * self.scale + self.wait_s / 40, self.wait_s)

    @property
    def prompt_s(self) -> float:
        """How long to wait before asking by PING if anything is still to come."""
        return min(0.2 * self.scale + self.wait_s / 20, self.wait_s)

    def doubled(self) -> Patience:
        """Wait twice as long, for a second look."""
        return Patience(wait_s=self.wait_s * 2, scale=self.scale * 2)

    def hurried(self) -> Patience:
        """Wait a sixth as long for an answer, where most waiting is in vain."""
        return Patience(wait_s=self.wait_s / 6, scale=self.scale)


def patience_for(round_trip_s: float, wait_s: float | None = None) -> Patience:
    """Make the patience for a server that answers in round_trip_s; wait_s overrides it."""
    scale = max(1.0, round_trip_s / 0.005)
    return Patience(wait_s=wait_s or WAIT_S + ROUND_TRIPS * round_trip_s, scale=min(scale, 20.0))
