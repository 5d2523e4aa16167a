"""An imported service: requests that are answered in another account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .subject import has_wildcard
from .transform import read_import_transform, tokenized, untokenized

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.now import Draw

    from .account import Account
    from .options import ResponseType, ServiceExport, ServiceImport


class ImportedService:
    """pattern: the requests here. subject: what they are called there.

    export: by which the exporter gives it. is_shared: whether the responder is told who asks.
    """

    __slots__ = ("_forth", "export", "exporter", "is_shared", "pattern", "subject")

    def __init__(
        self, options: ServiceImport, exporter: Account, export: ServiceExport, draw: Draw
    ) -> None:
        """Take an import that export allows. Raises MappingError."""
        self.exporter = exporter
        self.export = export
        self.is_shared = options.share
        here, there = options.to or options.subject, options.subject
        self._forth: Callable[[bytes], bytes] = lambda _: self.subject
        if has_wildcard(there):
            if here == there:
                self._forth = _same
            else:
                there, _ = untokenized(there)
                # Read the other way round: numbers of wildcards stand in the name here alone.
                back = read_import_transform(there, tokenized(here), draw)
                self._forth = back.reverse().apply
                here, _ = untokenized(here)
        self.pattern = here
        self.subject = there

    @property
    def response_type(self) -> ResponseType:
        """How many answers a request gets."""
        return self.export.response_type

    def target(self, subject: bytes) -> bytes:
        """Give what a request's subject here is called there."""
        return self._forth(subject)


def _same(subject: bytes) -> bytes:
    return subject
