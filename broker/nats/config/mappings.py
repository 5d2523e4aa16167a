"""The block `mappings` of the server or of an account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from natsim.broker.nats.options import Destination, Mapping
from natsim.broker.nats.quote import quoted
from natsim.broker.nats.transform import MappingError, check_publication, read_transform, tokenized

from .block import Panic, Wrong, fields, is_integer, text
from .source import bytes_of, text_of
from .subject import is_subject
from .wording import plain

if TYPE_CHECKING:
    from .block import Report
    from .node import Node

_WHOLE = 100
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


def read_mappings(node: Node, report: Report) -> tuple[Mapping, ...]:
    """Read mappings; wrong ones are noted and left out. Raises Broken."""
    found: list[Mapping] = []
    place = node.place
    for source, value in fields(node):
        if not is_subject(source):
            report.wrong(f"Subject {quoted(source)} is not a valid subject", place)
            continue
        try:
            found.append(_mapping(source, value, report))
        except Panic:
            raise
        except Wrong as error:
            report.mistakes.append(error.mistake)
    return tuple(found)


def _mapping(source: str, node: Node, report: Report) -> Mapping:
    match node.value:
        case str():
            before = f"Error adding mapping for {quoted(source)} to {quoted(node.value)}"
            destinations = [Destination(subject=bytes_of(node.value))]
        case list():
            before = f"Error adding mapping for {quoted(source)}"
            destinations = _destinations(node.value, report)
        case _:
            before = f"Error adding mapping for {quoted(source)}"
            destinations = [_destination(node)]
    try:
        _check(source, destinations)
    except MappingError as error:
        raise Wrong(f"{before} : {error}", node.place) from error
    return Mapping(source=bytes_of(source), destinations=tuple(destinations))


def _check(source: str, destinations: list[Destination]) -> None:
    raw = bytes_of(source)
    seen: list[bytes] = []
    total: dict[str, int] = {}
    for one in destinations:
        subject = text_of(one.subject)
        if one.subject in seen:
            raise MappingError(f"duplicate entry for {quoted(subject)}")
        seen.append(one.subject)
        total[one.cluster] = total.get(one.cluster, 0) + one.weight
        if total[one.cluster] > _WHOLE:
            raise MappingError("total weight needs to be <= 100")
        if subject:
            check_publication(one.subject)
            _check_transform(raw, one.subject)
    # What no destination takes stays where it is.
    if raw not in seen:
        for weight in (total.get("", 0), *total.values()):
            if weight != _WHOLE:
                _check_transform(raw, tokenized(raw))


def _check_transform(source: bytes, destination: bytes) -> None:
    # Nothing is rewritten here, so nothing is drawn.
    read_transform(source, destination, lambda _: 0)


def _destinations(nodes: list[Node], report: Report) -> list[Destination]:
    found: list[Destination] = []
    for node in nodes:
        try:
            found.append(_destination(node))
        except Panic:
            raise
        except Wrong as error:
            report.mistakes.append(error.mistake)
    return found


def _destination(node: Node) -> Destination:
    try:
        return _read_destination(node)
    except Panic as error:
        # nats-server looks no closer than at the whole destination here.
        raise Panic(error.mistake.text, node.place) from error


def _read_destination(node: Node) -> Destination:
    if not isinstance(node.value, dict):
        raise Wrong("Expected an entry for the mapping destination", node.place)
    subject, cluster, weight = "", "", None
    for key, value in fields(node):
        match key.lower():
            case "dest" | "destination":
                subject = text(value)
            case "weight":
                weight = _weight(value)
            case "cluster":
                cluster = text(value)
            case _:
                raise Wrong(f"Unknown field {quoted(key)} for mapping destination", value.place)
    if weight is None:
        raise Wrong(f"Missing weight for mapping destination {quoted(subject)}", node.place)
    return Destination(subject=bytes_of(subject), weight=weight, cluster=cluster)


def _weight(node: Node) -> int:
    match node.value:
        case str():
            written = node.value.removesuffix("%")
            if not _INTEGER.fullmatch(written):
                raise Wrong(f"Invalid weight {quoted(written)} for mapping destination", node.place)
            weight = int(written)
        case int() if is_integer(node.value):
            weight = node.value
        case _:
            raise Wrong(f"Unknown entry type for weight of {plain(node.value)}\n", node.place)
    if not 0 <= weight <= _WHOLE:
        raise Wrong(f"Invalid weight {weight} for mapping destination", node.place)
    return weight
