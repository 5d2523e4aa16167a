"""The block `proxies`: those that may say who a client is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.nkey import kind_of
from natsim.broker.nats.quote import quoted

from .block import Broken, Wrong, fill, text
from .node import go_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .node import Node


def read_proxies(node: Node, report: Report) -> bool:
    """Tell if proxies are trusted. Raises Broken."""
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Broken(f"expected proxies to be a map/struct, got {kind}", node.place)
    trusted = [0]
    fill(trusted, {"trusted": _set_trusted}, node, report)
    return trusted[-1] > 0


def _set_trusted(count: list[int], node: Node, report: Report) -> None:
    if not isinstance(node.value, list):
        kind = go_type(node.value)
        raise Wrong(f"expected proxies' trusted field to be an array, got {kind}", node.place)
    for one in node.value:
        if isinstance(one.value, dict):
            count.append(count[-1] + 1)
            fill(object(), _TRUSTED, one, report)
        else:
            kind = go_type(one.value)
            report.wrong(
                f"expected proxies' trusted entry to be a map/struct, got {kind}", one.place
            )


def _check_proxy_key(_: object, node: Node, __: Report) -> None:
    if kind_of(text(node)) is None:
        raise Wrong(f"invalid proxy key {quoted(text(node))}", node.place)


_TRUSTED: Mapping[str, Setter[object]] = dict.fromkeys(("key", "public_key"), _check_proxy_key)
