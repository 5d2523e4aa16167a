"""Shadows: a subscription to names of imported streams, among the exporters' subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .subscription import Subscription

if TYPE_CHECKING:
    from .state import State


def add_shadows(state: State, subscription: Subscription) -> None:
    """Let a subscription get what its account imports under the names it matches."""
    for stream in subscription.client.account.streams:
        pattern = stream.shadow(subscription.subject)
        if pattern is None:
            continue
        shadow = Subscription(
            subscription.client,
            subscription.sid,
            pattern,
            subscription.queue,
            state.next_serial,
        )
        state.next_serial += 1
        shadow.stream = stream
        stream.exporter.sublist.insert(shadow)
        subscription.shadows = (*subscription.shadows, shadow)


def remove_shadows(subscription: Subscription) -> None:
    """Let a subscription get nothing of other accounts any more."""
    for shadow in subscription.shadows:
        shadow.is_active = False
        assert shadow.stream is not None, "that is what makes it a shadow"
        shadow.stream.exporter.sublist.remove(shadow)
    subscription.shadows = ()
