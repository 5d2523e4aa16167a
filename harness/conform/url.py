"""A server that runs already, named by a URL."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from .greeting import check_greeting
from .target import NotOffered, Place

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from natsim.conformance.house import House
    from natsim.conformance.trial import Login
    from natsim.conformance.wire.connection import Address


class Url:
    """A target that is only ever the plain house."""

    is_shared = True

    def __init__(self, label: str, address: Address, login: Login, wait_s: float) -> None:
        self.label = label
        self._address = address
        self._login = login
        self._wait_s = wait_s

    @asynccontextmanager
    async def build(self, house: House) -> AsyncGenerator[Place]:
        """Give the server as it is."""
        if not house.is_plain:
            raise NotOffered(
                "it needs a special configuration; run with --server, or describe the server in "
                "an --adapter file"
            )
        await check_greeting(self._address, self._login, self._wait_s)
        yield Place(addresses=(self._address,), login=self._login)
