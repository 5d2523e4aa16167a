"""A sublist in a process of its own: fill it, ask it, empty it.

Usage: `python -m benchmarks.holding times COUNT`, or `memory COUNT`; prints a JSON object.
Laws of the file: a time is the median over batches, so that what else the machine does, and the
garbage collector, stay out of it; the collector's pauses are told for themselves, in CPU time.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
import tracemalloc
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from natsim.broker.events import ConnectionKind
from natsim.broker.nats.account import Account
from natsim.broker.nats.client import Client
from natsim.broker.nats.limits import MAX_CONTROL_LINE_BYTES
from natsim.broker.nats.options import AccountOptions
from natsim.broker.nats.subscription import Subscription
from natsim.broker.now import Now

from .interest import CLIENTS, PER_TENANT, pattern, queue, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

BATCH = 100
SUBJECTS_MAX = 20_000
HOT_SUBJECTS = 100
HOT_LAPS = 50

T = TypeVar("T")


def main() -> None:
    """Measure what the command line names."""
    measure = {"times": measure_times, "memory": measure_memory}[sys.argv[1]]
    print(json.dumps(measure(int(sys.argv[2]))))


def measure_memory(count: int) -> dict[str, float]:
    """Tell what a subscription takes, with its sid, its subject and its client's note of it."""
    account = Account(AccountOptions(name="benchmark"))
    sublist, clients = account.sublist, _clients(account)
    tracemalloc.start()
    for number in range(count):
        sublist.insert(_subscription(number, clients))
    taken, _ = tracemalloc.get_traced_memory()
    return {"bytes": taken / count}


def measure_times(count: int) -> dict[str, float]:
    """Tell the nanoseconds that each operation takes, and the collector's pauses in ms."""
    account = Account(AccountOptions(name="benchmark"))
    sublist, clients = account.sublist, _clients(account)
    gc.collect()
    with _pauses_ms() as while_growing:
        insert_ns = median(
            _batch_ns(sublist.insert, [_subscription(n, clients) for n in numbers])
            for numbers in _batches(range(count))
        )
    with _pauses_ms() as of_a_full_collection:
        gc.collect()
    tenants = count // PER_TENANT
    subjects = [subject(number, tenants) for number in range(min(count * 8 // 10, SUBJECTS_MAX))]
    random.Random(1).shuffle(subjects)
    match_ns = median(_batch_ns(sublist.match, batch) for batch in _batches(subjects))
    hot = subjects[-HOT_SUBJECTS:] * HOT_LAPS
    cached_ns = median(_batch_ns(sublist.match, batch) for batch in _batches(hot))
    everyone = [member for client in clients for member in client.subscriptions.values()]
    random.Random(2).shuffle(everyone)
    remove_ns = median(_batch_ns(sublist.remove, batch) for batch in _batches(everyone))
    return {
        "insert_ns": insert_ns,
        "remove_ns": remove_ns,
        "match_ns": match_ns,
        "cached_ns": cached_ns,
        "pause_ms": max(while_growing, default=0.0),
        "full_pause_ms": max(of_a_full_collection),
    }


def _clients(account: Account) -> list[Client]:
    peer, began = ("127.0.0.1", 1), Now(0, 0)
    return [
        Client(n, n, ConnectionKind.CLIENT, peer, account, MAX_CONTROL_LINE_BYTES, began)
        for n in range(CLIENTS)
    ]


def _subscription(number: int, clients: Sequence[Client]) -> Subscription:
    client = clients[number % CLIENTS]
    made = Subscription(client, b"%d" % number, pattern(number), queue(number), number)
    client.subscriptions[made.sid] = made
    return made


def _batches(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _batch_ns(work: Callable[[T], object], batch: Sequence[T]) -> float:
    began = time.perf_counter_ns()
    for item in batch:
        work(item)
    return (time.perf_counter_ns() - began) / len(batch)


@contextmanager
def _pauses_ms() -> Generator[list[float], None, None]:
    pauses: list[float] = []
    began = 0

    def on_collection(phase: str, _: dict[str, int]) -> None:
        nonlocal began
        if phase == "start":
            began = time.thread_time_ns()
        else:
            pauses.append((time.thread_time_ns() - began) / 1e6)

    gc.callbacks.append(on_collection)
    try:
        yield pauses
    finally:
        gc.callbacks.remove(on_collection)


if __name__ == "__main__":
    main()
