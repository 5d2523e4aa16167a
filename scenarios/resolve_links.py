"""The links of a scenario: which pairs of nodes are meant, and how slow they are.

Law of the file: in this version a link joins a client and the server it is at; there is no other
traffic, so a link between other nodes would say something that never happens.
"""

from collections.abc import Iterator

from .document import Place
from .inspection import Inspection
from .limits import NAME_LENGTH_MAX
from .mistake import RuleError, shortened
from .names import expand_names
from .scenario import Link
from .schema import LINKS_BETWEEN_SERVERS, LINKS_OF_CLIENTS, WrittenScenario

_KEY_LENGTH_MAX = 4 * NAME_LENGTH_MAX + 5


def resolve_links(written: WrittenScenario, look: Inspection) -> Iterator[Link]:
    """Yield the link of each client that has a latency, in the order of the clients."""
    named: dict[str, Link] = {}
    for key, link in written.links.items():
        if key in (LINKS_BETWEEN_SERVERS, LINKS_OF_CLIENTS):
            continue
        place = ("links", key)
        for client, ends in find_links(key, place, look):
            if client in named:
                look.wrong_key(place, f"{'-'.join(ends)} is named twice; keep one")
            named[client] = Link(ends=ends, latency_ns=link.latency_ns)
    default = written.links.get(LINKS_OF_CLIENTS)
    for client, server in look.clients.items():
        if client in named:
            yield named[client]
        elif default is not None and default.latency_ns != (0, 0):
            yield Link(ends=(client, server), latency_ns=default.latency_ns)


def find_links(text: str, place: Place, look: Inspection) -> list[tuple[str, tuple[str, str]]]:
    """Return the links a text names, each as its client and its ends as they are written.

    An end may be a range. Notes a mistake, and returns nothing, if a pair is not a client and its
    server.
    """
    readings = _readings(text, look)
    if not readings:
        pairs = [f"{client}-{server}" for client, server in look.clients.items() if server]
        advice = look.advice(text, pairs) if pairs else "write two nodes, such as p1-n1"
        look.wrong_key(place, f"there is no link {shortened(text)}; {advice}")
        return []
    if len(readings) > 1:
        ways = " or ".join(f"{left} and {right}" for left, right in readings)
        look.wrong_key(place, f"{text} may be {ways}; choose names that leave no doubt")
        return []
    left, right = readings[0]
    links: list[tuple[str, tuple[str, str]]] = []
    for first in expand_names(left):
        for second in expand_names(right):
            client = first if first in look.clients else second
            other = second if client == first else first
            if not _is_link(client, other, place, look):
                return []
            links.append((client, (first, second)))
    return links


def _readings(text: str, look: Inspection) -> list[tuple[str, str]]:
    """Return every way to read a text as two known nodes, or ranges of them.

    Names may hold hyphens, so `a-b-c` may be a and b-c, or a-b and c.
    """
    found: list[tuple[str, str]] = []
    for at, letter in enumerate(text[:_KEY_LENGTH_MAX]):
        if letter == "-" and _is_known(text[:at], look) and _is_known(text[at + 1 :], look):
            found.append((text[:at], text[at + 1 :]))
    return found


def _is_known(text: str, look: Inspection) -> bool:
    try:
        names = expand_names(text)
    except RuleError:
        return False
    return all(name in look.servers or name in look.clients for name in names)


def _is_link(client: str, other: str, place: Place, look: Inspection) -> bool:
    if client not in look.clients:
        text = f"{other}-{client} joins two servers; clusters are not in this version"
        look.wrong_key(place, f"{text}: name a client and its server")
        return False
    if other in look.clients:
        text = f"{client} and {other} are clients and do not talk to each other"
        look.wrong_key(place, f"{text}; name a client and its server")
        return False
    server = look.clients[client]
    if server not in (other, "") and server in look.servers:
        text = f"{client} is at {server} and does not talk to {other}; write {client}-{server}"
        look.wrong_key(place, text)
        return False
    return True
