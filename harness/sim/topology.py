"""The topology: which nodes there are, which links join them, who is cut from whom.

A networkx graph; faults are asked of it, the hot path asks the links themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import networkx as nx

from .link import Wire

NO_LATENCY = (0, 0)


class Topology:
    """Nodes and links of a world.

    unnamed: the wire of links that nobody named; it has no latency, for delay hides anomalies.
    """

    def __init__(self, unnamed: Wire | None = None) -> None:
        self._unnamed = unnamed or Wire()
        self._graph: Any = nx.Graph()
        self._cut: Any = nx.DiGraph()

    def add_node(self, name: str) -> None:
        """Add a node."""
        self._graph.add_node(name)
        self._cut.add_node(name)

    def add_link(
        self,
        one: str,
        other: str,
        latency_ns: tuple[int, int] = NO_LATENCY,
        wire: Wire | None = None,
    ) -> None:
        """Join two nodes by a wire, or by one that has only a latency."""
        if wire is None:
            wire = replace(self._unnamed, latency_ns=latency_ns)
        self._graph.add_edge(one, other, wire=wire)

    @property
    def nodes(self) -> Sequence[str]:
        """The nodes, in the order they were added."""
        return list(self._graph.nodes)

    @property
    def links(self) -> Sequence[tuple[str, str]]:
        """The links, in the order they were added."""
        return list(self._graph.edges)

    def wire(self, one: str, other: str) -> Wire:
        """Give a link's own wire."""
        if not self._graph.has_edge(one, other):
            return self._unnamed
        wire: Wire = self._graph.edges[one, other]["wire"]
        return wire

    def between(self, sides: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
        """List the pairs of nodes of different sides, each pair once, earlier side first.

        Raises ValueError for a node that does not exist or stands on two sides.
        """
        members = [node for side in sides for node in side]
        for node in members:
            if node not in self._graph:
                raise ValueError(f"there is no node {node}")
            if members.count(node) > 1:
                raise ValueError(f"the node {node} stands on two sides")
        return [
            (one, other)
            for left, right in combinations(sides, 2)
            for one in left
            for other in right
        ]

    def cut(self, sender: str, receiver: str) -> None:
        """Note that what sender sends to receiver is lost; nests."""
        depth: int = self._cut.get_edge_data(sender, receiver, {"depth": 0})["depth"]
        self._cut.add_edge(sender, receiver, depth=depth + 1)

    def heal(self, sender: str, receiver: str) -> None:
        """Undo one cut."""
        depth: int = self._cut.edges[sender, receiver]["depth"]
        if depth > 1:
            self._cut.edges[sender, receiver]["depth"] = depth - 1
        else:
            self._cut.remove_edge(sender, receiver)

    def cut_off(self) -> list[tuple[str, str]]:
        """List who cannot reach whom now, as (sender, receiver)."""
        return sorted(self._cut.edges)

    def islands(self) -> list[list[str]]:
        """Group the nodes that still reach each other both ways over their links."""
        whole = self._graph.copy()
        whole.remove_edges_from(list(self._cut.to_undirected().edges))
        parts: Iterable[set[str]] = nx.connected_components(whole)
        return sorted(sorted(part) for part in parts)
