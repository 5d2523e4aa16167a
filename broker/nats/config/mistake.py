"""What is wrong with a configuration, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, counted as nats-server does.

    line: from 1. column: in bytes, from 1, but from 0 on the first line.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One sentence of nats-server's, or of ours. place: None where nats-server names none."""

    text: str
    place: Place | None = None

    def __str__(self) -> str:
        return self.text if self.place is None else f"{self.place}: {self.text}"


class ConfigError(ValueError):
    """A configuration that cannot be used.

    mistakes: one or more, in the order of the file; those of syntax come alone.
    warnings: what would not have kept the server from starting.
    str() is a line for each, warnings first, as nats-server prints them.
    """

    def __init__(self, mistakes: Sequence[Mistake], warnings: Sequence[Mistake] = ()) -> None:
        super().__init__(mistakes, warnings)
        self.mistakes = tuple(mistakes)
        self.warnings = tuple(warnings)

    def __str__(self) -> str:
        return "\n".join(str(one) for one in (*self.warnings, *self.mistakes))


def refuse(text: str, place: Place | None = None) -> ConfigError:
    """Make the error of a single mistake."""
    return ConfigError((Mistake(text, place),))
