"""How a block of options is read: field by field, mistakes collected.

Where nats-server stops at a mistake and where it goes on is part of what it says. So there are two
errors: Wrong ends the reading of one field, Broken that of the block around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.nats.quote import quoted
from natsim.broker.now import SECOND_NS

from .mistake import Mistake
from .node import go_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from natsim.broker.nats.options import TlsOptions

    from .mistake import Place
    from .node import Node, Value
    from .parse import Read

    FindTlsMistake: TypeAlias = Callable[[TlsOptions], str]

T = TypeVar("T")
Draft = TypeVar("Draft")


class Wrong(Exception):
    """A field is wrong; the block around it is read on."""

    def __init__(self, text: str, place: Place | None) -> None:
        super().__init__(text, place)
        self.mistake = Mistake(text, place)


class Broken(Wrong):
    """A field is so wrong that its block is not read on."""


class Panic(Broken):
    """A field has a type that nats-server did not think of; it falls over a little later too."""


class Report:
    """The mistakes and warnings found so far, in order.

    read: gives a file that the configuration names, or raises OSError.
    find_tls_mistake: says what is wrong with the files of a block `tls`, empty for nothing.
    """

    def __init__(self, read: Read, find_tls_mistake: FindTlsMistake) -> None:
        self.read = read
        self.find_tls_mistake = find_tls_mistake
        self.mistakes: list[Mistake] = []
        self.warnings: list[Mistake] = []

    def wrong(self, text: str, place: Place | None) -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(text, place))

    def warn(self, text: str, place: Place | None) -> None:
        """Note what does not keep the server from starting."""
        self.warnings.append(Mistake(text, place))

    def misused(self, field: str, reason: str, place: Place | None) -> None:
        """Warn of a field that is used in a way that will not last."""
        self.warn(f"invalid use of field {quoted(field)}: {reason}", place)

    def unknown(self, key: str, node: Node) -> None:
        """Note a field that does not exist, unless it is there to be used as a variable."""
        if not node.is_used:
            self.wrong(f"unknown field {quoted(key)}", node.place)

    def attempt(self, read: Callable[[Node, Report], T], node: Node) -> T | None:
        """Read a block; None if it is broken, which is noted."""
        try:
            return read(node, self)
        except Wrong as error:
            self.mistakes.append(error.mistake)
            return None

    def demand(self, read: Callable[[Node, Report], T], node: Node) -> T:
        """Read a block that the block around it cannot do without. Raises Wrong and Broken."""
        try:
            return read(node, self)
        except Panic as error:
            self.mistakes.append(error.mistake)
            raise Broken(
                "runtime error: invalid memory address or nil pointer dereference", node.place
            ) from error
        except Broken as error:
            raise Wrong(error.mistake.text, error.mistake.place) from error


Setter: TypeAlias = "Callable[[Draft, Node, Report], None]"
"""Reads one field into a draft. Raises Wrong and Broken."""

Unknown: TypeAlias = "Callable[[str, Node, Report], None]"
"""Says that there is no such field."""


def unknown_field(key: str, node: Node, report: Report) -> None:
    """Say it as most blocks do."""
    report.unknown(key, node)


def fill(
    draft: Draft,
    setters: Mapping[str, Setter[Draft]],
    node: Node,
    report: Report,
    unknown: Unknown = unknown_field,
) -> None:
    """Read the fields of a block into its draft, in their order.

    setters: by name in lower case. Raises Broken where the block cannot be read on.
    """
    for key, value in fields(node):
        setter = setters.get(key.lower())
        if setter is None:
            unknown(key, value, report)
            continue
        try:
            setter(draft, value, report)
        except Broken:
            raise
        except Wrong as error:
            report.mistakes.append(error.mistake)


def fields(node: Node) -> Iterator[tuple[str, Node]]:
    """Give the fields of a map in their order. Raises Broken if it is none."""
    return iter(table(node).items())


def table(node: Node) -> dict[str, Node]:
    """Give a map. Raises Broken for anything else, like the readers below."""
    if not isinstance(node.value, dict):
        raise _not_a("map[string]interface {}", node)
    return node.value


def array(node: Node) -> list[Node]:
    """Give an array."""
    if not isinstance(node.value, list):
        raise _not_a("[]interface {}", node)
    return node.value


def text(node: Node) -> str:
    """Give a string."""
    if not isinstance(node.value, str):
        raise _not_a("string", node)
    return node.value


def boolean(node: Node) -> bool:
    """Give a truth value."""
    if not isinstance(node.value, bool):
        raise _not_a("bool", node)
    return node.value


def integer(node: Node) -> int:
    """Give an integer of 64 bits."""
    if isinstance(node.value, bool) or not isinstance(node.value, int):
        raise _not_a("int64", node)
    return node.value


def is_integer(value: Value) -> bool:
    """Tell an integer from a truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def duration(field: str, node: Node, report: Report) -> int:
    """Give the nanoseconds of a time span, or of a number of seconds, which draws a warning."""
    if isinstance(node.value, str):
        try:
            return parse_duration(node.value)
        except DurationError as error:
            raise Wrong(f"error parsing {field}: {error}", node.place) from error
    report.misused(field, f"{field} should be converted to a duration", node.place)
    return integer(node) * SECOND_NS


def texts(what: str, node: Node, report: Report) -> list[str]:
    """Give a string, or an array of them, as a list; others are noted and left out."""
    if isinstance(node.value, str):
        return [node.value]
    if not isinstance(node.value, list):
        report.wrong(f"error parsing {what}: unsupported type {go_type(node.value)}", node.place)
        return []
    found: list[str] = []
    for one in node.value:
        if isinstance(one.value, str):
            found.append(one.value)
        else:
            kind = go_type(one.value)
            report.wrong(f"error parsing {what}: unsupported type in array {kind}", one.place)
    return found


def _not_a(kind: str, node: Node) -> Panic:
    found = go_type(node.value)
    return Panic(f"interface conversion: interface {{}} is {found}, not {kind}", node.place)
