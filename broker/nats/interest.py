"""Interest: SUB and UNSUB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.effects import Level, Note

from .auth.outcome import identity_of
from .encode import OK
from .reserved import (
    Refusal,
    is_reserved_queue,
    removal,
    subscription_violation,
    tokens_violation,
)
from .shadows import add_shadows, remove_shadows
from .subject import is_valid_pattern
from .subscription import Subscription

if TYPE_CHECKING:
    from .client import Client
    from .commands import Subscribe, Unsubscribe
    from .state import State


class Interest:
    """Makes and ends subscriptions as clients ask for it."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state = state

    def subscribe(self, client: Client, command: Subscribe) -> None:
        """Take a SUB."""
        refusal = self._refusal(client, command)
        if refusal is not None:
            self._state.error(client, refusal.log)
            self._state.complain(client, refusal.text)
            return
        limit = client.max_subscriptions
        if 0 <= limit <= len(client.subscriptions):
            self._state.error(client, "maximum subscriptions exceeded")
            self._state.complain(client, "maximum subscriptions exceeded")
            return
        # A sid in use is confirmed and changes nothing, even with a subject that is not valid.
        if command.sid not in client.subscriptions:
            if not is_valid_pattern(command.subject):
                self._state.complain(client, "Invalid Subject")
                return
            self._add(client, command)
        self._confirm(client)

    def unsubscribe(self, client: Client, command: Unsubscribe) -> None:
        """Take an UNSUB."""
        subscription = client.subscriptions.get(command.sid)
        if subscription is not None:
            if command.limit > subscription.delivered:
                subscription.limit = command.limit
                # What was compiled does not count towards a limit.
                client.account.sublist.generation += 1
            else:
                self._state.remove(subscription)
        self._confirm(client)

    def check_again(self, client: Client) -> None:
        """After a reload, end what a client may not have any more; arrange anew what it imports."""
        for subscription in list(client.subscriptions.values()):
            if self._is_allowed(client, subscription.subject, subscription.queue):
                remove_shadows(subscription)
                add_shadows(self._state, subscription)
            else:
                self._take_away(client, subscription)

    def _take_away(self, client: Client, subscription: Subscription) -> None:
        state = self._state
        state.remove(subscription)
        user = identity_of(client.options, client.identity.subject if client.identity else "")
        refusal = removal(
            subscription.subject, subscription.queue, subscription.sid, user or 'User "N/A"'
        )
        state.complain(client, refusal.text)
        state.effects.append(Note(Level.INFO, refusal.log))

    def _is_allowed(self, client: Client, subject: bytes, queue: bytes) -> bool:
        permissions = client.permissions
        return permissions is None or permissions.may_subscribe(subject, queue)

    def _add(self, client: Client, command: Subscribe) -> None:
        state = self._state
        subscription = Subscription(
            client, command.sid, command.subject, command.queue, state.next_serial
        )
        state.next_serial += 1
        client.subscriptions[command.sid] = subscription
        client.account.sublist.insert(subscription)
        if client.account.streams:
            add_shadows(state, subscription)
        if state.accounts.system_account.sublist.count:
            state.events.watch()

    def _refusal(self, client: Client, command: Subscribe) -> Refusal | None:
        subject, queue, sid = command.subject, command.queue, command.sid
        if not self._is_allowed(client, subject, queue) or is_reserved_queue(queue):
            return subscription_violation(subject, queue, sid)
        tokens_max = self._state.options.max_subscription_tokens
        if 0 < tokens_max <= subject.count(b"."):
            return tokens_violation(subject, sid)
        return None

    def _confirm(self, client: Client) -> None:
        if client.options.verbose:
            self._state.delivery.put(client, OK)
