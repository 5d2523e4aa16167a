"""An account: a space of subjects, and the clients that see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import limits
from .alarms import no_alarms
from .answers import Answers
from .exports import Exports
from .services import Services
from .statistics import AccountStatistics
from .sublist import Sublist

if TYPE_CHECKING:
    from .answers import Answer
    from .client import Client
    from .mappings import Mappings
    from .options import AccountOptions
    from .service_import import ImportedService
    from .stream_import import ImportedStream


class Account:
    """An account while the server runs.

    clients: by cid, those bound to it now. streams, imported_services: what it takes from others,
    the latter with what every account takes of the system account.
    services: what the server takes of its messages. answers: that its responders owe to others.
    waiting: what others' responders owe to it, by inbox and name.
    """

    __slots__ = (
        "answers",
        "clients",
        "due_ns",
        "exports",
        "imported_services",
        "mappings",
        "name",
        "options",
        "services",
        "statistics",
        "streams",
        "sublist",
        "waiting",
    )

    def __init__(self, options: AccountOptions) -> None:
        self.name = options.name
        self.options = options
        self.sublist = Sublist(limits.MATCH_CACHE_BYTES)
        self.clients: dict[int, Client] = {}
        self.exports = Exports(options.exports)
        self.mappings: Mappings | None = None
        self.streams: list[ImportedStream] = []
        self.imported_services: list[ImportedService] = []
        self.services = Services()
        self.answers = Answers()
        self.waiting: dict[bytes, dict[tuple[str, bytes], Answer]] = {}
        self.due_ns = no_alarms()
        self.statistics = AccountStatistics()

    def change_options(self, options: AccountOptions) -> None:
        """Go by new options, and give and take nothing until that is arranged anew."""
        self.options = options
        self.exports = Exports(options.exports)
        self.mappings = None
        self.streams = []
        self.imported_services = []
        self.services.clear()
        # What was compiled knows nothing of all this.
        self.sublist.generation += 1

    @property
    def num_subscriptions(self) -> int:
        """How many subscriptions there are, the server's own among them."""
        return self.sublist.count + self.services.count

    @property
    def name_tag(self) -> str:
        """What people call it: the name in its JWT, or its own."""
        return self.options.name_tag or self.name

    def add(self, client: Client) -> None:
        """Let a client see this account; its traffic counts from now on."""
        self.clients[client.cid] = client
        self.statistics.leave_out_traffic(client)

    def drop(self, client: Client) -> None:
        """Let a client see this account no longer."""
        if self.clients.pop(client.cid, None) is not None:
            self.statistics.add_traffic(client)

    def has_interest(self, subject: bytes) -> bool:
        """Tell whether anybody is there for a subject, the server itself not counted."""
        match = self.sublist.match(subject)
        return bool(match.plain or match.groups)
