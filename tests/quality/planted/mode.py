"""The table of modes: what is broken, in one sentence, and where a suite should notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from .session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

S = TypeVar("S", bound=type[Session])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """rule: what the proxy does against it. areas: beginnings of the ids of requirements."""

    name: str
    rule: str
    areas: tuple[str, ...]
    session: type[Session]


HEALTHY = "healthy"
"""The control mode."""

MODES: dict[str, Mode] = {
    HEALTHY: Mode(name=HEALTHY, rule="Nothing is broken.", areas=(), session=Session)
}
"""Every mode by name; filled by the modules of modes/."""


def planted(name: str, rule: str, *areas: str) -> Callable[[S], S]:
    """Put a session into the table as a mode."""

    def enter(session: S) -> S:
        assert name not in MODES, name
        MODES[name] = Mode(name=name, rule=rule, areas=areas, session=session)
        return session

    return enter
