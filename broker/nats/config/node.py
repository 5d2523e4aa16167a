"""The tree that a configuration is read to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .limits import MAX_DEPTH, MAX_NODES
from .mistake import refuse

if TYPE_CHECKING:
    from .mistake import Place


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, as `2006-01-02T15:04:05Z`."""

    text: str


@dataclass(slots=True)
class Node:
    """A value and where it stands: at its key, or in an array behind its first byte.

    place: None inside the value of an environment variable. is_used: a variable was read from it,
    so its key need not be an option. depth, size: of the tree below, this node counted.
    """

    value: Value
    place: Place | None
    is_used: bool = False
    depth: int = 1
    size: int = 1


Value: TypeAlias = str | bool | int | float | Moment | list[Node] | dict[str, Node]


def branch(value: list[Node] | dict[str, Node], place: Place | None) -> Node:
    """Make the node of an array or a map. Raises ConfigError when the tree grows too large."""
    children = list(value.values()) if isinstance(value, dict) else value
    depth = 1 + max((child.depth for child in children), default=0)
    size = 1 + sum(child.size for child in children)
    if depth > MAX_DEPTH:
        raise refuse(f"maps and arrays stand more than {MAX_DEPTH} deep", place)
    if size > MAX_NODES:
        raise refuse(f"the configuration has more than {MAX_NODES} values", place)
    return Node(value, place, depth=depth, size=size)


_GO_TYPES: dict[type, str] = {
    str: "string",
    bool: "bool",
    int: "int64",
    float: "float64",
    Moment: "time.Time",
    list: "[]interface {}",
    dict: "map[string]interface {}",
}


def go_type(value: Value) -> str:
    """Name the type of a value as nats-server's messages do."""
    return _GO_TYPES[type(value)]


def token_type(node: Node) -> str:
    """Name what stands where some messages want a string with a place.

    Not even a string has one in the value of an environment variable.
    """
    return go_type(node.value) if node.place is None else "*conf.token where string is expected"
