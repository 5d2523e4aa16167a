"""How often the small world takes which step."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    """How often each kind of step is taken, beside the others; 0 is never."""

    publish: int = 12
    flush: int = 5
    send: int = 8
    serve: int = 30
    read: int = 30
    call: int = 20
    answer: int = 6
    request: int = 3
    time_out: int = 1
    subscribe: int = 2
    unsubscribe: int = 1
    cut: int = 2
    notice: int = 6
    reconnect: int = 6
    reap: int = 2
    kill: int = 0
    close: int = 0


# Nothing breaks and nobody leaves, so that everything published must arrive.
CALM = Weights(cut=0, subscribe=0, unsubscribe=0, time_out=0)
BUSY = Weights(cut=0, subscribe=4, unsubscribe=3)
STORMY = Weights(cut=4, kill=1, close=1, time_out=2, unsubscribe=3, subscribe=3)
# Broken connections stay at the server, subscriptions and all, while clients are soon back...
HAUNTED = Weights(
    publish=20,
    flush=15,
    send=4,
    subscribe=0,
    unsubscribe=0,
    cut=1,
    notice=12,
    reconnect=20,
    reap=0,
    request=6,
    time_out=3,
)
# ...or take late bytes of publishers that have moved on.
LATE = Weights(
    publish=20,
    flush=8,
    send=2,
    serve=20,
    subscribe=0,
    unsubscribe=0,
    cut=5,
    notice=20,
    reconnect=20,
    reap=0,
)
