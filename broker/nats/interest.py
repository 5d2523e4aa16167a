"""Interest: SUB and UNSUB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .encode import OK
from .reserved import Refusal, is_reserved_queue, subscription_violation, tokens_violation
from .shadows import add_shadows
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
        permissions = client.permissions
        is_allowed = permissions is None or permissions.may_subscribe(subject, queue)
        if not is_allowed or is_reserved_queue(queue):
            return subscription_violation(subject, queue, sid)
        tokens_max = self._state.options.max_subscription_tokens
        if 0 < tokens_max <= subject.count(b"."):
            return tokens_violation(subject, sid)
        return None

    def _confirm(self, client: Client) -> None:
        if client.options.verbose:
            self._state.delivery.put(client, OK)
