"""The user that a client's certificate names (`verify_and_map`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .distinguished_name import is_same_name, parse_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from natsim.broker.events import PeerCertificate
    from natsim.broker.nats.options import UserOptions


def find_user(peer: PeerCertificate, users: Mapping[str, UserOptions]) -> UserOptions | None:
    """Find the first user that one of the names of a certificate is the name of.

    Its distinguished name also names the user who is called by the same parts in another order.
    users: by name, those that may connect this way.
    """
    for name in peer.names:
        if name in users:
            return users[name]
        found = _find_by_parts(name, users) if name == peer.distinguished_name else None
        if found is not None:
            return found
    return None


def _find_by_parts(name: str, users: Mapping[str, UserOptions]) -> UserOptions | None:
    parsed = parse_name(name)
    if parsed is None:
        return None
    for user in users.values():
        other = parse_name(user.name)
        if other is not None and is_same_name(parsed, other):
            return user
    return None
