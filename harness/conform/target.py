"""A server, or a way to start one, that the suite is run against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from natsim.conformance.house import House
    from natsim.conformance.trial import Control, Login
    from natsim.conformance.wire.connection import Address


class TargetUnavailable(Exception):
    """The server cannot be had; str() says why and what to do, in one line."""


class NotOffered(Exception):
    """The target cannot be such a house; str() says why."""


class NoLogin:
    """No credentials: each case says its own."""

    def members(self, info: Mapping[str, object]) -> dict[str, object]:
        """Give nothing."""
        del info
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A house that stands.

    addresses: of its servers. things: what clients need to know of it. controls: of its servers in
    order, none if natsim did not start them. login: what CONNECT must carry.
    """

    addresses: Sequence[Address]
    things: Mapping[str, str] = field(default_factory=dict[str, str])
    controls: Sequence[Control] = ()
    login: Login = field(default_factory=NoLogin)


class Target(Protocol):
    """How houses are built.

    label: as the user named it, for reproduction: `--server PATH`. is_shared: others may use it.
    """

    label: str
    is_shared: bool

    def build(self, house: House) -> AbstractAsyncContextManager[Place]:
        """Build a house, and tear it down.

        Raises NotOffered if the target is never such a house, TargetUnavailable if it fails now.
        """
        ...
