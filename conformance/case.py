"""A case: one thing asked of a server, and the rules that the answer proves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from packaging.specifiers import InvalidSpecifier, SpecifierSet

if TYPE_CHECKING:
    from .trial import Trial

Play: TypeAlias = Callable[["Trial"], Awaitable[None]]

PLAIN = "plain"
"""The house that every server is: no special configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case.

    id: `area.topic.slug`, stable. covers: ids of requirements. house: how the server must be
    configured. versions: of nats-server on which it holds, `>=2.10,<2.12`; "" on all. needs:
    capabilities. is_alone: others would disturb it, or it them. is_fresh: it wants a server that
    nobody else uses or will use. limit_s: how long it may take on an idle machine. text: of the
    transcript, "" if it is Python. folder: of the user who brings it.
    rule, source, level: its requirement, if it brings its own.
    """

    id: str
    title: str
    covers: tuple[str, ...]
    play: Play
    origin: Path
    line: int = 1
    house: str = PLAIN
    versions: str = ""
    needs: tuple[str, ...] = ()
    is_alone: bool = False
    is_fresh: bool = False
    limit_s: float = 10.0
    text: str = ""
    folder: Path | None = None
    rule: str = ""
    source: str = ""
    level: str = ""

    def holds_on(self, version: str) -> bool:
        """Tell whether a server of a version is held to it."""
        return is_among(version, self.versions)


def is_among(version: str, versions: str) -> bool:
    """Tell whether a version is one of those that a text names; "" names all."""
    return not versions or SpecifierSet(versions).contains(version, prereleases=True)


def check_versions(text: str) -> None:
    """Raise ValueError, with what to write, if a text names no versions."""
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError(f"{text!r} names no versions; write >=2.10,<2.12") from None


def case(
    id: str,  # noqa: A002  (it is what everybody calls it)
    title: str,
    *covers: str,
    house: str = PLAIN,
    versions: str = "",
    needs: tuple[str, ...] = (),
    is_alone: bool = False,
    is_fresh: bool = False,
    limit_s: float = 10.0,
) -> Callable[[Play], Case]:
    """Make a case of a coroutine function; covers: the requirement of the same id, if none."""
    check_versions(versions)

    def make(play: Play) -> Case:
        code = play.__code__
        return Case(
            id=id,
            title=title,
            covers=covers or (id,),
            play=play,
            origin=Path(code.co_filename),
            line=code.co_firstlineno,
            house=house,
            versions=versions,
            needs=needs,
            is_alone=is_alone,
            is_fresh=is_fresh,
            limit_s=limit_s,
        )

    return make
