"""An account: a space of subjects, and the clients that see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import limits
from .statistics import AccountStatistics
from .sublist import Sublist

if TYPE_CHECKING:
    from .client import Client
    from .options import AccountOptions


class Account:
    """An account while the server runs. clients: by cid, those bound to it now."""

    __slots__ = ("clients", "name", "options", "statistics", "sublist")

    def __init__(self, options: AccountOptions) -> None:
        self.name = options.name
        self.options = options
        self.sublist = Sublist(limits.MATCH_CACHE_BYTES)
        self.clients: dict[int, Client] = {}
        self.statistics = AccountStatistics()

    @property
    def name_tag(self) -> str:
        """What people call it: the name in its JWT, or its own."""
        return self.options.name_tag or self.name
