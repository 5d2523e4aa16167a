"""/accstatz: how much each account sends and gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.account_statistics import account_statistics
from natsim.broker.nats.go_json import is_bool, is_list_of_texts
from natsim.broker.nats.times import go_time

from .question import read_options

if TYPE_CHECKING:
    from natsim.broker.nats.account import Account
    from natsim.broker.nats.client import Client
    from natsim.broker.nats.json_text import Fields
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

    from .query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Accstatz:
    """A question to /accstatz. accounts: empty for all. with_unused: also those without clients."""

    accounts: tuple[str, ...] = ()
    with_unused: bool = False

    @classmethod
    def of_query(cls, query: Query) -> Accstatz:
        """Read the options of a URL. Raises BadRequest."""
        return cls(with_unused=query.flag("unused"))

    @classmethod
    def of_json(cls, text: bytes) -> Accstatz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        given = read_options(text, _FIELDS)
        names = [name for name in given.get("accounts", ()) if name is not None]
        return cls(accounts=tuple(names), with_unused=given.get("with_unused", False))

    def answer(self, state: State, _: ProcessStatistics) -> Fields:
        """Give the numbers of each account asked for."""
        clients: dict[str, list[Client]] = {}
        for client in state.clients.values():
            clients.setdefault(client.account.name, []).append(client)
        chosen = [
            account
            for account in self._accounts(state)
            if self.with_unused or account.name in clients
        ]
        return {
            "server_id": state.identity.server_id,
            "now": go_time(state.now.wall_ns),
            "account_statz": [
                account_statistics(account, clients.get(account.name, [])) for account in chosen
            ],
        }

    def _accounts(self, state: State) -> list[Account]:
        if not self.accounts:
            return state.accounts.all()
        named = [state.accounts.get(name) for name in self.accounts]
        return [account for account in named if account is not None]


_FIELDS = {
    "accounts": ("accounts", is_list_of_texts),
    "include_unused": ("with_unused", is_bool),
}
