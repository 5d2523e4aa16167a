"""How much is still hoped for from a server: one that answers nothing is not waited for for hours.

Laws of the file: a case that waits is waited for less where most before it waited in vain; so many
vain waits are confirmed by a second run, what is left is called unconfirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .outcome import Grade

if TYPE_CHECKING:
    from natsim.conformance.patience import Patience

    from .outcome import Outcome

ENOUGH_IN_VAIN = 24
"""Vain waits that make a server hopeless, if they are most of what was asked."""

ENOUGH_CONFIRMED = 36
"""Vain waits that a second run confirms; the next are believed, and said to be unconfirmed."""


class Hope:
    """Counts the cases of one server that waited in vain."""

    __slots__ = ("_asked", "_confirmed", "_in_vain")

    def __init__(self) -> None:
        self._asked = 0
        self._in_vain = 0
        self._confirmed = 0

    def note(self, outcome: Outcome, patience: Patience) -> bool:
        """Count a case that was played for the first time; tell if it waited in vain."""
        is_in_vain = _is_in_vain(outcome, patience)
        self._asked += 1
        self._in_vain += is_in_vain
        return is_in_vain

    def note_second(self, outcome: Outcome, patience: Patience) -> None:
        """Count a case that was played again."""
        self._confirmed += _is_in_vain(outcome, patience)

    def patience(self, patience: Patience) -> Patience:
        """Give how long to wait for the next case, of how long is usual."""
        is_hopeless = self._in_vain >= ENOUGH_IN_VAIN and 2 * self._in_vain > self._asked
        return patience.hurried() if is_hopeless else patience

    @property
    def is_confirmed(self) -> bool:
        """Whether nobody needs one more proof that this server does not answer."""
        return self._confirmed >= ENOUGH_CONFIRMED

    @property
    def why_unconfirmed(self) -> str:
        """Say why a case was not run again."""
        return (
            f"not confirmed by a second run: {self._confirmed} other cases waited in vain twice "
            "already"
        )


def _is_in_vain(outcome: Outcome, patience: Patience) -> bool:
    """Tell whether a case failed after waiting for as long as it could."""
    return outcome.grade is Grade.FAIL and outcome.duration_ms >= patience.wait_s * 1000
