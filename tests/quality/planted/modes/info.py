"""INFO that says the wrong thing, or is no INFO."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import Json, Session, json_of

if TYPE_CHECKING:
    from tests.quality.planted.command import Command

_AREA = "core.info"
_ALWAYS_THERE = (
    "server_id", "server_name", "version", "go", "host", "port", "headers", "max_payload", "proto",
    "client_id", "client_ip",
)  # fmt: skip


class _Info(Session):
    """Changes what an INFO says. change: gives the new JSON."""

    def info(self, line: bytes) -> Iterable[bytes]:
        said = json_of(line.partition(b" ")[2])
        assert said is not None
        yield b"INFO %b \r\n" % json.dumps(self.change(said), separators=(",", ":")).encode()

    def change(self, said: Json) -> Json:
        """Give what an INFO says instead."""
        raise NotImplementedError


def _plant(name: str, rule: str, change: Callable[[Json], Json], *areas: str) -> None:
    def changed(_: Session, said: Json) -> Json:
        return change(said)

    session = type(name, (_Info,), {"change": changed})
    planted(f"info.{name}", rule, _AREA, *areas)(session)


def _without(key: str) -> Callable[[Json], Json]:
    return lambda said: {name: value for name, value in said.items() if name != key}


def _as_text(key: str) -> Callable[[Json], Json]:
    return lambda said: said | {key: str(said[key]).lower()}


for _key in _ALWAYS_THERE:
    _plant(f"no-{_key.replace('_', '-')}", f"INFO does not say {_key}.", _without(_key))
for _key in ("port", "headers", "max_payload", "proto", "client_id"):
    _plant(f"{_key.replace('_', '-')}-text", f"INFO says {_key} as a string.", _as_text(_key))

_plant(
    "no-headers-support",
    "INFO says that headers are not supported.",
    lambda said: said | {"headers": False},
    "core.headers",
)
_plant(
    "max-payload-half",
    "INFO says half of the real max_payload.",
    lambda said: said | {"max_payload": 524_288},
    "core.limits",
)
_plant("proto-zero", "INFO says proto 0.", lambda said: said | {"proto": 0})
_plant(
    "auth",
    "INFO asks for credentials that nobody needs.",
    lambda said: said | {"auth_required": True},
)
_plant("same-client-id", "Every connection has client_id 7.", lambda said: said | {"client_id": 7})
_plant(
    "version-words",
    "INFO says a version that is no version.",
    lambda said: said | {"version": "latest"},
)
_plant(
    "null",
    "INFO says null for what it has nothing to say of.",
    lambda said: {"auth_required": None, "ldm": None} | said,
)


@planted("info.server-id", "Each connection meets another server_id.", _AREA)
class ServerId(_Info):
    def change(self, said: Json) -> Json:
        return said | {"server_id": f"{said['server_id']}"[:-4] + f"{said['client_id']:04}"}


@planted(
    "info.same-server",
    "All servers say the same server_id and server_name.",
    "cluster.info",
    has_special_house=True,
)
class SameServer(_Info):
    def change(self, said: Json) -> Json:
        return said | {"server_id": "N" * 56, "server_name": "one"}


@planted("info.lines", "INFO is more than one line.", _AREA)
class Lines(Session):
    def info(self, line: bytes) -> Iterable[bytes]:
        yield line.replace(b",", b",\r\n")


@planted("info.lf", "INFO ends in LF.", _AREA, "core.grammar")
class LineFeed(Session):
    def info(self, line: bytes) -> Iterable[bytes]:
        yield line.replace(b"\r\n", b"\n")


@planted("info.small", "INFO is written info.", _AREA, "core.grammar")
class Small(Session):
    def info(self, line: bytes) -> Iterable[bytes]:
        yield line.replace(b"INFO", b"info", 1)


@planted("info.no-json", "INFO has a comma behind its last value.", _AREA)
class NoJson(Session):
    def info(self, line: bytes) -> Iterable[bytes]:
        yield line.replace(b"} \r\n", b",} \r\n")


@planted("info.late", "INFO comes when the client has spoken.", _AREA)
class Late(Session):
    late = b""
    has_spoken = False

    def info(self, line: bytes) -> Iterable[bytes]:
        if self.has_spoken:
            yield line
        else:
            self.late = line

    def from_client(self, data: bytes) -> None:
        self.has_spoken = True
        if self.late:
            self.to_client(self.late)
            self.late = b""
        super().from_client(data)


@planted("info.never-again", "There is no INFO but the first.", _AREA)
class NeverAgain(Session):
    heard = 0

    def info(self, line: bytes) -> Iterable[bytes]:
        self.heard += 1
        return (line,) if self.heard == 1 else ()


@planted(
    "info.unasked", "A CONNECT of protocol 0 is followed by another INFO.", _AREA, "core.connect"
)
class Unasked(Session):
    verbs = frozenset([b"CONNECT"])
    first = b""

    def info(self, line: bytes) -> Iterable[bytes]:
        self.first = self.first or line
        yield line

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.pass_on(command)
        said = json_of(command.args[0]) or {}
        if not said.get("protocol"):
            yield self.in_turn(self.first)
