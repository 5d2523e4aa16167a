"""Interest: SUB and UNSUB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .encode import OK, error_line
from .reserved import subscribe_refusal
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
            self._state.delivery.put(client, error_line(refusal))
            return
        # A sid in use is confirmed and changes nothing, even with a subject that is not valid.
        if command.sid not in client.subscriptions:
            if not is_valid_pattern(command.subject):
                self._state.delivery.put(client, error_line("Invalid Subject"))
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

    def _refusal(self, client: Client, command: Subscribe) -> str | bytes | None:
        refusal = subscribe_refusal(command.subject, command.queue)
        if refusal is not None:
            sid = command.sid.decode(errors="replace")
            self._state.error(client, f"{refusal.log}, SID {sid}")
            return refusal.text
        limit = client.max_subscriptions
        if limit >= 0 and len(client.subscriptions) >= limit:
            return "maximum subscriptions exceeded"
        return None

    def _confirm(self, client: Client) -> None:
        if client.options.verbose:
            self._state.delivery.put(client, OK)
