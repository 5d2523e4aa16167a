"""A house: how a server must be configured for some of the cases."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from .case import PLAIN, check_versions
from .mistake import CaseError
from .text_file import read_text
from .transcripts.front_matter import read_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KEYS = (
    "about", "config", "things", "needs", "versions", "servers", "monitor", "make", "tls",
    "optional",
)  # fmt: skip
_THING = re.compile(r"@([a-z][a-z0-9_]*)@")


class Tls(Enum):
    """How clients greet a house: without TLS, behind INFO, or before it."""

    NONE = "none"
    UPGRADE = "upgrade"
    FIRST = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A house.

    about: one sentence for who has to configure another server so. config: text in nats-server's
    language, with `@name@` for things. things: what clients need to know of it, by name. needs:
    capabilities. versions: of nats-server that can be configured so. servers: how many there are.
    has_monitor: HTTP monitoring. make: what makes more things, "" if nothing. tls: how clients
    greet it, with the things `ca_cert`, and `client_cert` and `client_key` if there are.
    is_optional: a server that refuses the configuration does not have the capability; others must
    take it.
    """

    name: str
    about: str
    config: str = ""
    things: Mapping[str, str] = field(default_factory=dict[str, str])
    needs: tuple[str, ...] = ()
    versions: str = ""
    servers: int = 1
    has_monitor: bool = False
    make: str = ""
    tls: Tls = Tls.NONE
    is_optional: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether every server is this house."""
        return self.name == PLAIN


def load_houses(folder: Path) -> dict[str, House]:
    """Read the houses of a folder by name, sorted. Raises CaseError."""
    return {path.stem: load_house(path) for path in sorted(folder.glob("*.yaml"))}


def load_house(path: Path) -> House:
    """Read one house. Raises CaseError."""
    values, lines = read_mapping(read_text(path), path)
    for key in values:
        if key not in _KEYS:
            known = ", ".join(_KEYS)
            raise CaseError(path, lines[key], 1, f"{key} is no key; write one of {known}")
    about = values.get("about")
    if not isinstance(about, str):
        raise CaseError(path, 1, 1, "about is missing; say how the server is configured")
    things = values.get("things", {})
    if not isinstance(things, dict):
        raise CaseError(path, lines["things"], 1, "write things: {name: text}")
    needs = values.get("needs", [])
    if not isinstance(needs, list):
        raise CaseError(path, lines["needs"], 1, "write needs: [capability, …]")
    servers = values.get("servers", 1)
    if not isinstance(servers, int) or not 1 <= servers <= 9:
        raise CaseError(path, lines["servers"], 1, "write a number from 1 to 9")
    versions = str(values.get("versions", ""))
    try:
        check_versions(versions)
    except ValueError as error:
        raise CaseError(path, lines["versions"], 1, str(error)) from None
    tls = str(values.get("tls", Tls.NONE.value))
    if tls not in [each.value for each in Tls]:
        raise CaseError(path, lines["tls"], 1, f"tls is {tls!r}; write none, upgrade or first")
    return House(
        name=path.stem,
        about=about.strip(),
        config=str(values.get("config", "")),
        things={str(name): str(text) for name, text in things.items()},
        needs=tuple(map(str, needs)),
        versions=versions,
        servers=servers,
        has_monitor=values.get("monitor") is True,
        make=str(values.get("make", "")),
        tls=Tls(tls),
        is_optional=values.get("optional") is True,
    )


def furnished(config: str, things: Mapping[str, str]) -> str:
    """Put things into a configuration text. Raises KeyError for one that is not there."""
    return _THING.sub(lambda found: things[found[1]], config)
