"""An adapter file: how to start, or where to find, a server with other flags than nats-server's."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.conformance.case import PLAIN
from natsim.conformance.house import furnished
from natsim.conformance.mistake import CaseError
from natsim.conformance.text_file import read_text
from natsim.conformance.transcripts.front_matter import read_mapping
from natsim.conformance.wire.connection import Address

from .executable import Executable
from .login import LoginError, ServerUrl, login_of, parse_url
from .target import NotOffered, Place
from .tls import client_context

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from pathlib import Path

    from natsim.conformance.house import House
    from natsim.conformance.tree import Json

_KEYS = ("natsim-adapter", "name", "version-like", "capabilities", "houses")
_HOUSE_KEYS = ("start", "url", "things")
_OF_ALL_HOUSES = ("config", "port", "monitor", "dir", "home", "node", "extra")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptedHouse:
    """start: one command per server, with `@port@` and other things; or url, where it runs."""

    start: tuple[tuple[str, ...], ...] = ()
    url: ServerUrl | None = None
    things: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """version_like: the nats-server to hold it to. capabilities: what it declares."""

    path: Path
    name: str
    version_like: str | None
    capabilities: Mapping[str, bool]
    houses: Mapping[str, AdaptedHouse]

    def command(self, house: House, node: int, things: Mapping[str, str]) -> Sequence[str]:
        """Give the words that start one server of a house. Raises NotOffered."""
        adapted = self._adapted(house)
        if node >= len(adapted.start) or house.servers != len(adapted.start):
            raise NotOffered(
                f"{self.path} starts {len(adapted.start)} servers as {house.name}, "
                f"not {house.servers}"
            )
        try:
            return [furnished(word, {**things, **adapted.things}) for word in adapted.start[node]]
        except KeyError as error:
            raise NotOffered(
                f"{self.path}: the house {house.name} has no {error.args[0]}; it has "
                f"{', '.join(sorted(things))}"
            ) from None

    def _adapted(self, house: House) -> AdaptedHouse:
        adapted = self.houses.get(house.name)
        if adapted is None:
            raise NotOffered(f"{self.path} does not say how to be {house.name}: {house.about}")
        return adapted


class Adapted:
    """A target that becomes the houses of an adapter file."""

    is_shared = False

    def __init__(self, label: str, adapter: Adapter) -> None:
        self.label = label
        self._adapter = adapter
        self._executable = Executable(label, adapter)

    @asynccontextmanager
    async def build(self, house: House) -> AsyncGenerator[Place]:
        """Start a house, or give the server that runs as it."""
        adapted = self._adapter.houses.get(house.name)
        if adapted is not None and adapted.url is not None:
            url = adapted.url
            tls = client_context() if url.wants_tls else None
            yield Place(
                addresses=(Address(url.host, url.port, tls),),
                things={**house.things, **adapted.things},
                login=login_of(url),
            )
            return
        async with self._executable.build(house) as place:
            yield place


def load_adapter(path: Path, houses: Mapping[str, House]) -> Adapter:
    """Read an adapter file. Raises CaseError with line and what to write."""
    text = read_text(path)
    values, lines = read_mapping(text, path)
    if values.get("natsim-adapter") != 1:
        line = lines.get("natsim-adapter", 1)
        raise CaseError(path, line, 1, "write natsim-adapter: 1 in the first line")
    for key in values:
        if key not in _KEYS:
            known = ", ".join(_KEYS)
            raise CaseError(path, lines[key], 1, f"{key} is no key; write one of {known}")
    written = values.get("houses")
    if not isinstance(written, dict) or not written:
        raise CaseError(path, lines.get("houses", 1), 1, "write houses: {plain: {start: […]}}")
    for name in written:
        if name not in houses:
            text = f"there is no house {name}; there are {', '.join(houses)}"
            raise CaseError(path, lines["houses"], 1, text)
    if PLAIN not in written:
        text = f"houses has no {PLAIN}, by which the server is got to know; write how to start it"
        raise CaseError(path, lines["houses"], 1, text)
    like = values.get("version-like")
    if like is not None and not isinstance(like, str):
        text = 'write the version in quotes, "2.10": without them it is the number 2.1'
        raise CaseError(path, lines["version-like"], 1, text)
    adapted = {name: _house(name, value, path, lines["houses"]) for name, value in written.items()}
    for name, house in adapted.items():
        _check_things(houses[name], house, path, lines["houses"])
    return Adapter(
        path=path,
        name=str(values.get("name", path.stem)),
        version_like=like,
        capabilities=_capabilities(values.get("capabilities"), path, lines),
        houses=adapted,
    )


def _check_things(house: House, adapted: AdaptedHouse, path: Path, line: int) -> None:
    """Refuse a command with a thing that the house does not have."""
    if house.make:
        return  # what it makes is not known before it is made
    numbered = [f"{kind}{n + 1}" for n in range(house.servers) for kind in ("client", "cluster")]
    known = dict.fromkeys((*_OF_ALL_HOUSES, *numbered, *house.things, *adapted.things), "")
    for word in (word for command in adapted.start for word in command):
        try:
            furnished(word, known)
        except KeyError as error:
            names = ", ".join(f"@{name}@" for name in known)
            text = f"{house.name}: there is no @{error.args[0]}@; there are {names}"
            raise CaseError(path, line, 1, text) from None


def _capabilities(value: Json, path: Path, lines: Mapping[str, int]) -> dict[str, bool]:
    declared = value if isinstance(value, dict) else {}
    named = {name: has for name, has in declared.items() if isinstance(has, bool)}
    if value is not None and len(named) != len(declared or {"": 0}):
        raise CaseError(path, lines["capabilities"], 1, "write capabilities: {headers: true}")
    return named


def _house(name: str, value: Json, path: Path, line: int) -> AdaptedHouse:
    def wrong(text: str) -> CaseError:
        return CaseError(path, line, 1, f"{name}: {text}")

    if not isinstance(value, dict) or not any(key in value for key in ("start", "url")):
        raise wrong('write {start: [program, --port, "@port@"]} or {url: nats://host:4222}')
    for key in value:
        if key not in _HOUSE_KEYS:
            raise wrong(f"{key} is no key; write start or url, and things")
    things = value.get("things", {})
    if not isinstance(things, dict):
        raise wrong("write things: {token: text}")
    named = {key: str(text) for key, text in things.items()}
    if "url" in value:
        try:
            return AdaptedHouse(url=parse_url(str(value["url"])), things=named)
        except LoginError as error:
            raise wrong(str(error)) from None
    start = value["start"]
    if not isinstance(start, list) or not start:
        raise wrong('write start: [program, --port, "@port@"]')
    commands = [
        tuple(map(str, each))
        for each in (start if isinstance(start[0], list) else [start])
        if isinstance(each, list) and each
    ]
    if isinstance(start[0], list) and len(commands) != len(start):
        raise wrong("write one list of words per server")
    return AdaptedHouse(start=tuple(commands), things=named)
