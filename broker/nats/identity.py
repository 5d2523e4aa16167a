"""Who a server says it is."""

from dataclasses import dataclass, field

from natsim.broker.now import Draw

from .nkey import KEY_BYTES, KeyKind, Seed, public_key

LIKE_VERSION = "2.15.1"
"""The nats-server whose behaviour ours follows; clients gate on the version it announces."""

API_LEVEL = 5
"""What that nats-server announces, with JetStream or without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The names of one start of one server.

    server_id: 56 characters, new at each start. name: the configured name, else the id.
    runtime: what stands where nats-server tells its Go version. seed: the secret half of the id.
    """

    seed: Seed = field(repr=False)
    server_id: str
    name: str
    runtime: str


def make_identity(name: str, runtime: str, draw: Draw) -> Identity:
    """Make the identity of one start; an empty name stands for the id, as in nats-server."""
    seed = Seed(KeyKind.SERVER, bytes(draw(256) for _ in range(KEY_BYTES)))
    server_id = public_key(seed)
    return Identity(seed=seed, server_id=server_id, name=name or server_id, runtime=runtime)
