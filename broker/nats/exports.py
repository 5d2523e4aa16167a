"""What an account gives to others, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .options import ServiceExport, StreamExport
from .pattern import is_subset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .options import Export

E = TypeVar("E", StreamExport, ServiceExport)


class Exports:
    """The exports of one account; one of the same subject later takes the place of the earlier."""

    __slots__ = ("services", "streams")

    def __init__(self, exports: Sequence[Export]) -> None:
        self.streams = {each.subject: each for each in exports if isinstance(each, StreamExport)}
        self.services = {each.subject: each for each in exports if isinstance(each, ServiceExport)}

    def stream(self, subject: bytes) -> StreamExport | None:
        """Find the export that covers messages on a subject."""
        return _covering(self.streams, subject)

    def service(self, subject: bytes) -> ServiceExport | None:
        """Find the export that covers requests to a subject."""
        return _covering(self.services, subject)


def is_for(export: Export | None, importer: str, subject: bytes) -> bool:
    """Tell whether an account may import a subject that an export covers, None for no export."""
    if export is None:
        return False
    if export.token_position:
        tokens = [] if subject == export.subject else subject.split(b".")
        at = export.token_position - 1
        return at < len(tokens) and tokens[at] == importer.encode()
    return not export.accounts or importer in export.accounts


def _covering(exports: dict[bytes, E], subject: bytes) -> E | None:
    found = exports.get(subject)
    if found is not None:
        return found
    tokens = subject.split(b".")
    for pattern, export in exports.items():
        if is_subset(tokens, pattern.split(b".")):
            return export
    return None
