"""What a house needs besides its configuration text: certificates, keys, tokens."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from natsim.conformance.credentials.tls import client_context
from natsim.conformance.house import Tls
from natsim.conformance.wire.connection import Address

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from pathlib import Path

    from natsim.conformance.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """things: by name, for the configuration and for the cases. tls: how clients greet."""

    things: Mapping[str, str]
    tls: ssl.SSLContext | None = None
    is_tls_first: bool = False

    def address(self, host: str, port: int) -> Address:
        """Make the address of a server of the house."""
        return Address(host, port, self.tls, self.is_tls_first, "localhost" if self.tls else None)


def furnish(house: House, directory: Path, things: Mapping[str, str]) -> Furniture:
    """Make what a house needs, in a directory.

    house.make names a module of natsim.conformance.houses whose `make(directory, things)` gives
    more things.
    """
    made: dict[str, str] = {}
    if house.make:
        module = import_module(f"natsim.conformance.houses.{house.make}")
        made = module.make(directory, things)
    own = {**house.things, **made}
    return Furniture(
        things=own,
        tls=None if house.tls is Tls.NONE else client_context(own),
        is_tls_first=house.tls is Tls.FIRST,
    )
