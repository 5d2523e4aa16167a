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
    """rule: what the proxy does against it. areas: beginnings of the ids of requirements.

    has_special_house: it is heard only where the server is configured for it, so not by URL.
    """

    name: str
    rule: str
    areas: tuple[str, ...]
    session: type[Session]
    has_special_house: bool = False


HEALTHY = "healthy"
"""The control mode."""

MODES: dict[str, Mode] = {
    HEALTHY: Mode(name=HEALTHY, rule="Nothing is broken.", areas=(), session=Session)
}
"""Every mode by name; filled by the modules of modes/."""


def planted(name: str, rule: str, *areas: str, has_special_house: bool = False) -> Callable[[S], S]:
    """Put a session into the table as a mode."""

    def enter(session: S) -> S:
        assert name not in MODES, name
        MODES[name] = Mode(
            name=name,
            rule=rule,
            areas=areas,
            session=session,
            has_special_house=has_special_house,
        )
        return session

    return enter
