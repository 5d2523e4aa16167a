"""The subscriptions of one subject: most often one, which then takes no room but its own.

Law of the file: joining and leaving take the same time however many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .subscription import Subscription


class Crowd:
    """Two or more subscriptions of one subject, by serial."""

    __slots__ = ("members", "subject")

    def __init__(self, first: Subscription) -> None:
        self.subject = first.subject
        self.members = {first.serial: first}


if TYPE_CHECKING:
    Holders = Subscription | Crowd


def joined(holders: Holders | None, subscription: Subscription) -> Holders:
    """Give the holders of a subject, the subscription among them.

    All come to share one copy of the subject's bytes.
    """
    if holders is None:
        return subscription
    crowd = holders if isinstance(holders, Crowd) else Crowd(holders)
    subscription.subject = crowd.subject
    crowd.members[subscription.serial] = subscription
    return crowd


def parted(holders: Holders | None, subscription: Subscription) -> Holders | None:
    """Give who is left without a subscription. Raises KeyError if it is not there."""
    if isinstance(holders, Crowd):
        del holders.members[subscription.serial]
        if len(holders.members) > 1:
            return holders
        return next(iter(holders.members.values()))
    if holders is not subscription:
        raise KeyError(subscription.serial)
    return None


def gather(holders: Holders, found: list[Subscription]) -> None:
    """Add all holders to a list."""
    if isinstance(holders, Crowd):
        found.extend(holders.members.values())
    else:
        found.append(holders)
