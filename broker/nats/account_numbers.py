"""The numbers of an account, as its events and its statistics have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .account import Account
    from .json_text import Fields

_NEIGHBOURS = ("gateways", "routes", "leafs")


def account_numbers(account: Account) -> Fields:
    """Tell how much an account sends and gets."""
    past, clients = account.statistics, account.clients.values()
    return {
        "acc": account.name,
        "name": account.name_tag,
        "conns": len(clients),
        "leafnodes": 0,
        "total_conns": len(clients),
        "num_subscriptions": account.num_subscriptions,
        "sent": _traffic(
            past.out_msgs + sum(client.out_msgs for client in clients),
            past.out_bytes + sum(client.out_bytes for client in clients),
        ),
        "received": _traffic(
            past.in_msgs + sum(client.in_msgs for client in clients),
            past.in_bytes + sum(client.in_bytes for client in clients),
        ),
        "slow_consumers": past.slow_consumers,
    }


def _traffic(msgs: int, size: int) -> Fields:
    none = {"msgs": 0, "bytes": 0}
    return {"msgs": msgs, "bytes": size, **dict.fromkeys(_NEIGHBOURS, none)}
