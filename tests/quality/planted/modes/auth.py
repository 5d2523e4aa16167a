"""Who is let in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import Session

if TYPE_CHECKING:
    from tests.quality.planted.command import Command


@planted("auth.closed", "Nobody is let in.", "auth", "accounts", "tls", has_special_house=True)
class Closed(Session):
    verbs = frozenset([b"CONNECT"])

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.refuse(b"Authorization Violation")
