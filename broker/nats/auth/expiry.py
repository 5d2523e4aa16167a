"""When an admission by JWT ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.now import SECOND_NS

from .hours import time_left_ns
from .outcome import Expiry

if TYPE_CHECKING:
    from .claims import Grant, Registered
    from .hours import ZoneOffset

_USER_EXPIRED = "User Authentication Expired"
_ACCOUNT_EXPIRED = "Account Authentication Expired"


def may_be_here(grant: Grant, wall_ns: int, zone_offset: ZoneOffset) -> bool:
    """Tell if now is an hour in which a user may be connected."""
    return (
        not grant.hours or time_left_ns(grant.hours, grant.zone, wall_ns, zone_offset) is not None
    )


def find_expiry(
    user: Registered,
    account: Registered | None,
    grant: Grant,
    wall_ns: int,
    zone_offset: ZoneOffset,
) -> Expiry | None:
    """Give the first of the ends of a user's JWT, its hours and its account's JWT, None for never.

    account: None for one of the configuration.
    """
    ends: list[tuple[int, str]] = []
    left_ns = time_left_ns(grant.hours, grant.zone, wall_ns, zone_offset) if grant.hours else None
    if left_ns is not None:
        ends.append((wall_ns + left_ns, _USER_EXPIRED))
    if user.expires_s:
        ends.append((_end_ns(user, wall_ns), _USER_EXPIRED))
    if account is not None and account.expires_s:
        ends.append((_end_ns(account, wall_ns), _ACCOUNT_EXPIRED))
    return Expiry(*min(ends)) if ends else None


def _end_ns(registered: Registered, wall_ns: int) -> int:
    # nats-server counts whole seconds from now, so it may be up to one late.
    return wall_ns + max(0, registered.expires_s - wall_ns // SECOND_NS) * SECOND_NS
