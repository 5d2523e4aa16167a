"""NKeys: of users that are in the configuration, and of one that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.credentials.nkey import KeyPair, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_USERS = ("ann", "bob", "stranger")


def make(directory: Path, things: Mapping[str, str]) -> dict[str, str]:
    """Give public keys, `ann`, and seeds, `ann_seed`."""
    del directory, things
    made: dict[str, str] = {}
    for name in _USERS:
        key = KeyPair.named(Kind.USER, name)
        made |= {name: key.public, f"{name}_seed": key.seed}
    return made
