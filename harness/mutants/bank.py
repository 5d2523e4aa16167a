"""The bank: every mutant there is, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .broker import BROKER_MUTANTS

if TYPE_CHECKING:
    from .mutant import Mutant

MUTANTS: dict[str, Mutant] = {mutant.name: mutant for mutant in BROKER_MUTANTS}

CANARY = "deliver-everything-twice"
"""The mutant that every campaign must find, or it proves nothing."""
