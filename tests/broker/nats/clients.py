"""Clients for tests that need no broker."""

from natsim.broker.events import ConnectionKind
from natsim.broker.nats.account import Account
from natsim.broker.nats.client import Client
from natsim.broker.nats.options import AccountOptions
from natsim.broker.now import Now


def lone_client() -> Client:
    """Make a client of an account of its own."""
    account = Account(AccountOptions(name="A"))
    return Client(1, 5, ConnectionKind.CLIENT, ("127.0.0.1", 1), account, 4096, Now(0, 0))
