"""The mappings of an account: what is published to one subject goes to another instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

from .pattern import is_subset
from .subject import has_wildcard
from .transform import read_transform, tokenized

if TYPE_CHECKING:
    from natsim.broker.now import Draw

    from .options import Mapping
    from .transform import Transform

_WHOLE = 100


@record
class _Destination:
    """below: it is taken when what is drawn from 0 to 99 is below this, and no earlier one was."""

    transform: Transform
    below: int


class Mappings:
    """Where publications go. Law of the class: the first mapping that matches decides.

    draw: chooses among weighted destinations.
    """

    __slots__ = ("_draw", "_mappings")

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._mappings: dict[bytes, list[_Destination]] = {}

    def add(self, mapping: Mapping) -> None:
        """Take a mapping in, in the place of an earlier one of the same source.

        Its weights come to 100 or less. Raises MappingError.
        """
        self._mappings[mapping.source] = _destinations(mapping, self._draw)

    def map(self, subject: bytes) -> bytes | None:
        """Give the subject that a publication goes to, None for its own, b"" for nowhere."""
        tokens = subject.split(b".")
        if b"" in tokens:
            return None
        for source, destinations in self._mappings.items():
            # A wildcard that is published is not ordinary text here.
            if source == subject or is_subset(tokens, source.split(b".")):
                return self._choose(destinations, subject)
        return None

    def _choose(self, destinations: list[_Destination], subject: bytes) -> bytes:
        only = destinations[0]
        if len(destinations) == 1 and only.below == _WHOLE:
            return only.transform.apply(subject)
        drawn = self._draw(_WHOLE)
        for destination in destinations:
            if drawn < destination.below:
                return destination.transform.apply(subject)
        return b""


def _destinations(mapping: Mapping, draw: Draw) -> list[_Destination]:
    source = mapping.source
    # Those of a cluster are not for a server without one.
    weighted = [
        (each.weight, read_transform(source, each.subject, draw))
        for each in mapping.destinations
        if not each.cluster
    ]
    total = sum(weight for weight, _ in weighted)
    if total < _WHOLE and all(each.subject != source for each in mapping.destinations):
        # What is left stays as it is, unless it is said to be lost.
        same = tokenized(source) if has_wildcard(source) else source
        weighted.append((_WHOLE - total, read_transform(source, same, draw)))
    weighted.sort(key=lambda each: each[0])
    below = 0
    destinations: list[_Destination] = []
    for weight, transform in weighted:
        below += weight
        destinations.append(_Destination(transform, below))
    return destinations
