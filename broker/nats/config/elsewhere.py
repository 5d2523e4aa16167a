"""Blocks of what natsim does not have: they are read for their mistakes, then refused.

A block that switches nothing on is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.nats.quote import quoted

from .address import listen
from .authorization import read_authorization
from .block import Broken, Wrong, array, duration, fields, fill, integer, text
from .node import go_type
from .simple_auth import read_simple_auth
from .tls import read_server_tls, read_tls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .block import Report, Setter
    from .node import Node


@dataclass(slots=True)
class Elsewhere:
    """What a block says of itself. name: of a cluster. is_on: it opens or dials connections."""

    name: str = ""
    port: int = 0
    has_peers: bool = False

    @property
    def is_on(self) -> bool:
        """Tell if the server would not be alone."""
        return self.port != 0 or self.has_peers


def read_block(
    what: str, setters: Mapping[str, Setter[Elsewhere]], node: Node, report: Report
) -> Elsewhere:
    """Read a block; what breaks it is noted, what came before counts. Raises Broken."""
    if not isinstance(node.value, dict):
        raise Broken(f"{what} {go_type(node.value)}", node.place)
    found = Elsewhere()
    try:
        fill(found, setters, node, report)
    except Broken as error:
        report.mistakes.append(error.mistake)
    return found


def checked(read: Callable[[Node], object]) -> Setter[object]:
    """Read a field that natsim has no use for."""

    def check(_: object, node: Node, __: Report) -> None:
        read(node)

    return check


def span(name: str) -> Setter[object]:
    """Read a time span that natsim has no use for. name: in the messages."""

    def check(_: object, node: Node, report: Report) -> None:
        duration(name, node, report)

    return check


def set_listen(found: Elsewhere, node: Node, _: Report) -> None:
    """Read where the block listens."""
    _host, found.port = listen(node)


def set_port(found: Elsewhere, node: Node, _: Report) -> None:
    """Read the port the block listens on."""
    found.port = integer(node)


def check_write_timeout_field(_: object, node: Node, __: Report) -> None:
    """Read what is done with a server that does not read."""
    check_write_timeout(node)


def check_write_timeout(node: Node) -> str:
    """Give what is done with a client that does not read. Raises Wrong."""
    if text(node) not in ("default", "close", "retry"):
        raise Wrong("write_timeout must be 'default', 'close' or 'retry'", node.place)
    return text(node)


def check_server_tls(_: object, node: Node, report: Report) -> None:
    """Read `tls` of a listener for servers."""
    report.attempt(read_server_tls, node)


def check_tls(_: object, node: Node, report: Report) -> None:
    """Read `tls` of a listener for clients."""
    report.attempt(read_tls, node)


def check_simple_auth(_: object, node: Node, report: Report) -> None:
    """Read `authorization` of a listener with one user."""
    report.demand(read_simple_auth, node)


def authorization(what: str) -> Setter[object]:
    """Read `authorization` of a listener for servers. what: its kind, in the messages."""

    def check(_: object, node: Node, report: Report) -> None:
        auth = report.demand(read_authorization, node)
        if auth.users is not None:
            raise Wrong(f"{what} authorization does not allow multiple users", node.place)
        if auth.token:
            raise Wrong(f"{what} authorization does not support tokens", node.place)
        if auth.callout is not None:
            raise Wrong(f"{what} authorization does not support callouts", node.place)
        if what == "Cluster" and auth.default_permissions is not None:
            report.misused(
                "authorization",
                'setting "permissions" within cluster authorization block is deprecated',
                node.place,
            )

    return check


def check_compression(_: object, node: Node, __: Report) -> None:
    """Read how much is compressed."""
    if isinstance(node.value, (str, bool)):
        return
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Wrong(
            f'field "compression" should be a boolean or a structure, got {kind}', node.place
        )
    for key, value in fields(node):
        match key.lower():
            case "mode":
                text(value)
            case "rtt_thresholds" | "thresholds" | "rtts" | "rtt":
                for one in array(value):
                    _parse_span(one, value)
            case _ if not value.is_used:
                raise Wrong(f"unknown field {quoted(key)}", value.place)
            case _:
                pass


def _parse_span(node: Node, at: Node) -> None:
    try:
        parse_duration(text(node))
    except DurationError as error:
        raise Wrong(str(error), at.place) from error
