"""How much an account sends and gets, as /accstatz and events have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .account import Account
    from .client import Client
    from .json_text import Fields

_KINDS = ("gateways", "routes", "leafs")


def account_statistics(account: Account, clients: list[Client]) -> Fields:
    """Give the numbers of one account, of which these are the clients."""
    gone = account.statistics
    return {
        "acc": account.name,
        "name": account.name_tag,
        "conns": len(clients),
        "leafnodes": 0,
        "total_conns": len(clients),
        "num_subscriptions": account.num_subscriptions,
        "sent": _traffic(
            gone.out_msgs + sum(client.out_msgs for client in clients),
            gone.out_bytes + sum(client.out_bytes for client in clients),
        ),
        "received": _traffic(
            gone.in_msgs + sum(client.in_msgs for client in clients),
            gone.in_bytes + sum(client.in_bytes for client in clients),
        ),
        "slow_consumers": gone.slow_consumers,
    }


def _traffic(msgs: int, size: int) -> Fields:
    none = {kind: {"msgs": 0, "bytes": 0} for kind in _KINDS}
    return {"msgs": msgs, "bytes": size, **none}
