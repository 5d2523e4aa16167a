"""Clients and servers of a history, each with its counts and its lane of the time line."""

import re

from .document import Client, Requests, Server
from .history import HistoryTally
from .limits import CLIENT_LANES_MAX, SERVER_LANES_MAX, SPELLS_MAX
from .spans import Span
from .tally import ClientTally, ServerTally

_DIGITS = re.compile(r"(\d+)")


def clients_of(tally: HistoryTally) -> tuple[Client, ...]:
    """Give the clients, sorted so that p2 comes before p10."""
    for message in tally.unreached.values():
        message.client.row.unreached[tally.buckets.index(message.t)] += 1
    ordered = sorted(tally.clients, key=lambda client: natural(client.name))
    return tuple(_client(client, rank) for rank, client in enumerate(ordered))


def servers_of(tally: HistoryTally) -> tuple[Server, ...]:
    """Give the servers that clients were connected to, sorted likewise."""
    ordered = sorted(tally.servers, key=lambda server: natural(server.name))
    return tuple(_server(server, rank) for rank, server in enumerate(ordered))


def away_spans(tally: HistoryTally) -> list[Span] | None:
    """Give the times during which a client had lost its connection.

    None when that is not known of each client.
    """
    if tally.client_count() > len(tally.clients):
        return None
    if not all(client.connection.is_complete() for client in tally.clients):
        return None
    return [span for client in tally.clients for span in client.connection.away(tally.last_ns)]


def natural(name: str) -> list[tuple[int, str]]:
    """Give a sort key in which numbers count as numbers.

    >>> sorted(["p10", "p2", "p1"], key=natural)
    ['p1', 'p2', 'p10']
    """
    return [(int(part), "") if part.isdecimal() else (0, part) for part in _DIGITS.split(name)]


def _client(tally: ClientTally, rank: int) -> Client:
    ended = tally.requests_ok + tally.requests_failed + tally.requests_timed_out
    return Client(
        name=tally.name,
        publishes=tally.publishes,
        confirmed=tally.confirmation.total(),
        refused=tally.refused,
        deliveries=tally.deliveries,
        requests=Requests(
            ok=tally.requests_ok,
            failed=tally.requests_failed,
            timed_out=tally.requests_timed_out,
            unanswered=max(0, tally.requests - ended),
        ),
        reconnects=max(0, tally.connection.epochs - 1),
        errors=tally.errors,
        spells=tally.connection.spells(),
        spells_left_out=max(0, tally.connection.epochs - SPELLS_MAX),
        density=tally.row.density() if rank < CLIENT_LANES_MAX else None,
    )


def _server(tally: ServerTally, rank: int) -> Server:
    return Server(
        name=tally.name,
        published=tally.published,
        delivered=tally.delivered,
        connections=tally.connections,
        density=tally.row.density() if rank < SERVER_LANES_MAX else None,
    )
