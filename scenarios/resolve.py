"""From what the user wrote to a scenario: names looked up, defaults filled in, sums checked."""

from collections.abc import Iterator

from .inspection import Inspection
from .limits import CLIENTS_MAX, SERVERS_MAX
from .names import expand_names
from .resolve_clients import resolve_clients
from .resolve_faults import resolve_faults
from .resolve_links import resolve_links
from .scenario import Client, Publish, Reply, Request, Scenario, Server, Subscribe
from .schema import WrittenScenario
from .subject import has_wildcard
from .words import GUARANTEES


def resolve(written: WrittenScenario, look: Inspection) -> Scenario | None:
    """Make the scenario; it may be used only if look has no mistakes afterwards."""
    if not _are_names_sound(written, look):
        return None
    clients = tuple(resolve_clients(written, look))
    return Scenario(
        name=written.scenario,
        duration_ns=written.duration_ns,
        settle_ns=written.settle_ns,
        barrier_ns=written.barrier_ns,
        servers=tuple(_servers(written)),
        links=tuple(resolve_links(written, look)),
        clients=clients,
        faults=tuple(resolve_faults(written, look)),
        expect=tuple(_expected(written, look, clients)),
    )


def _servers(written: WrittenScenario) -> Iterator[Server]:
    for name, server in written.servers.items():
        yield Server(
            name=name,
            max_payload_bytes=server.max_payload_bytes,
            max_pending_bytes=server.max_pending_bytes,
            max_control_line_bytes=server.max_control_line_bytes,
            ping_interval_ns=server.ping_interval_ns,
            ping_max=server.ping_max,
        )


def _are_names_sound(written: WrittenScenario, look: Inspection) -> bool:
    """Tell whether there are names to work with; each name that is there twice is a mistake."""
    if look.is_whole and not written.servers:
        look.wrong_key(("servers",), "there is no server; write at least one: {n1: {}}")
    if look.is_whole and not written.clients:
        look.wrong_key(("clients",), "there is no client; write at least one, such as p1")
    if len(look.servers) > SERVERS_MAX:
        look.wrong_key(("servers",), f"there are more than {SERVERS_MAX} servers; write fewer")
        return False
    if len(look.clients) > CLIENTS_MAX:
        look.wrong_key(("clients",), f"there are more than {CLIENTS_MAX} clients; write fewer")
        return False
    seen = dict.fromkeys(look.servers, "a server")
    for key in written.clients:
        for name in expand_names(key):
            if name in seen:
                text = f"{name} is already the name of {seen[name]}; choose another"
                look.wrong_key(("clients", key), text)
            seen[name] = "a client"
    return True


def _expected(written: WrittenScenario, look: Inspection, clients: tuple[Client, ...]) -> list[str]:
    if written.expect is None:
        return _applicable(clients)
    look.no_repeats(written.expect, ("expect",))
    return written.expect


def _applicable(clients: tuple[Client, ...]) -> list[str]:
    """Return the guarantees that have something to look at in what the clients do."""
    doings = [doing for client in clients for doing in client.doings]
    publishes = any(isinstance(doing, Publish) for doing in doings)
    requests = any(isinstance(doing, Request) for doing in doings)
    sends = publishes or requests
    taken = [doing for doing in doings if isinstance(doing, Subscribe | Reply)]
    applies = {
        "at-most-once": sends and bool(taken),
        "publisher-order": publishes and bool(taken),
        "wildcard-routing": sends and any(has_wildcard(doing.subject) for doing in taken),
        "queue-group": sends and any(doing.queue for doing in taken),
        "completeness": publishes and not all(doing.queue for doing in taken),
        "request-reply": requests,
    }
    return [word for word in GUARANTEES if applies[word]]
