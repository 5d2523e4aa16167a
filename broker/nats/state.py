"""The state of a broker, and what every part of it does: note, send, refuse, cut, forget.

Laws of the file: a client that is closed is forgotten in the same event, and nothing follows its
Close or Abort.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from natsim.broker.effects import Abort, Close, CloseReason, Effect, Level, Note, Send

from .accounts import Accounts
from .alarms import Alarms, cancel_all
from .auth import Authenticator
from .closed import Closed
from .deliver import Delivery
from .encode import error_line
from .exchange import Exchange
from .shadows import remove_shadows
from .statistics import Statistics
from .system_account import SystemAccount
from .system_events import SystemEvents

if TYPE_CHECKING:
    from natsim.broker.now import Draw, Now

    from .account import Account
    from .auth import ZoneOffset
    from .client import Client
    from .identity import Identity
    from .options import Options
    from .subscription import Subscription

_FIRST_CID = 5  # as nats-server 2.15.1, whose own internal clients take the numbers before


class State:
    """Everything a broker knows.

    clients: by the driver's number, in the order they came. closed: those that are gone, the
    latest last, at most max_closed_clients. effects: of the event in hand, without the Sends.
    start: when the broker was made. configured: when it got the options.
    """

    __slots__ = (
        "_zone_offset",
        "accounts",
        "alarms",
        "authenticator",
        "clients",
        "closed",
        "configured",
        "delivery",
        "draw",
        "effects",
        "events",
        "exchange",
        "identity",
        "is_lame_duck",
        "next_cid",
        "next_serial",
        "now",
        "options",
        "start",
        "statistics",
        "system",
    )

    def __init__(
        self,
        options: Options,
        identity: Identity,
        draw: Draw,
        now: Now,
        zone_offset: ZoneOffset,
    ) -> None:
        self.options = options
        self._zone_offset = zone_offset
        self.authenticator = Authenticator(options, zone_offset)
        self.identity = identity
        self.draw = draw
        self.start = self.configured = self.now = now
        self.is_lame_duck = False
        self.next_cid = _FIRST_CID
        self.next_serial = 0
        self.clients: dict[int, Client] = {}
        self.closed: deque[Closed] = deque(maxlen=max(options.max_closed_clients, 0))
        self.accounts = Accounts(self._with_accounts(options), draw)
        self.alarms = Alarms()
        self.statistics = Statistics()
        self.effects: list[Effect] = []
        self.delivery = Delivery(
            options,
            draw,
            clock=lambda: self.now.mono_ns,
            cut_slow=self.cut_slow,
            expire=self.remove,
        )
        self.exchange = Exchange(self)
        self.system = SystemAccount(self)
        self.events = SystemEvents(self, self.system)

    def change_options(self, options: Options) -> None:
        """Go by new options from now on; clients are not looked at here.

        Raises JwtError, with nothing changed.
        """
        self.authenticator = Authenticator(options, self._zone_offset)
        self.options = options
        self.configured = self.now
        self.delivery.change_options(options)
        self.accounts.change_options(self._with_accounts(options))
        self.exchange.open()

    def _with_accounts(self, options: Options) -> Options:
        """Put the accounts in that JWTs tell of."""
        return replace(
            options,
            accounts=self.authenticator.accounts(self.now.wall_ns),
            system_account=self.authenticator.system_account,
        )

    def take_effects(self) -> list[Effect]:
        """Give the effects of the event in hand: all Sends, one a client, then the rest."""
        effects: list[Effect] = []
        for client in self.delivery.touched:
            if client.out:
                effects.append(Send(client.conn, client.out))
                client.out = []
        self.delivery.touched.clear()
        if self.effects:
            effects += self.effects
            self.effects = []
        return effects

    def note(self, level: Level, client: Client, text: str) -> None:
        """Log a line about a client."""
        self.effects.append(Note(level, f"{client.label} - {text}"))

    def error(self, client: Client, text: str) -> None:
        """Log an error of a client."""
        self.note(Level.ERROR, client, text)

    def debug(self, client: Client, text: str) -> None:
        """Log what only who looks for it wants to read."""
        self.note(Level.DEBUG, client, text)

    def complain(self, client: Client, text: str | bytes) -> None:
        """Send an error that does not end the connection."""
        self.delivery.put(client, error_line(text))

    def refuse(self, client: Client, reply: str | None, reason: CloseReason) -> None:
        """Close a connection once it was sent what is queued, and the error, None for none."""
        if client.is_closed:
            return
        if reply is not None:
            self.delivery.put(client, error_line(reply))
        if not client.is_closed:
            if reason is CloseReason.AUTHENTICATION_FAILURE:
                self.events.refused(client, reason)
            self.effects.append(Close(client.conn, reason))
            self.forget(client, reason)

    def cut(self, client: Client, reason: CloseReason) -> None:
        """End a connection at once, in the middle of whatever it is being sent."""
        if client.is_closed:
            return
        client.out = []
        self.effects.append(Abort(client.conn, reason))
        self.forget(client, reason)

    def cut_slow(self, client: Client) -> None:
        """Cut a client that does not take what it is sent."""
        limit = self.options.max_pending
        self.note(Level.INFO, client, f"Slow Consumer Detected: MaxPending of {limit} Exceeded")
        self.count_slow(client)
        self.cut(client, CloseReason.SLOW_CONSUMER_PENDING_BYTES)

    def count_slow(self, client: Client) -> None:
        """Count a client that does not take what it is sent."""
        self.statistics.slow_consumers += 1
        client.account.statistics.slow_consumers += 1

    def forget(self, client: Client, reason: CloseReason) -> None:
        """Drop a client whose connection ended or is about to."""
        client.is_closed = True
        self.clients.pop(client.conn, None)
        cancel_all(client)
        self.statistics.add_traffic(client)
        self.closed.append(Closed(client, self.now, reason))
        self.remove_all(client)
        client.account.drop(client)
        self.events.connections_changed(client.account)
        self.events.disconnected(client, reason)
        self.delivery.forget_fanouts(client)
        self.note(Level.DEBUG, client, f"Client connection closed: {reason}")

    def bind(self, client: Client, account: Account) -> None:
        """Let a client see an account, and nothing of the one before. Raises ProtocolError."""
        before = client.account
        self.accounts.bind(client, account, self.options)
        self.events.connections_changed(before)
        self.events.connections_changed(account)
        self.events.connected(client)

    def remove_all(self, client: Client) -> None:
        """End all subscriptions of a client."""
        for subscription in list(client.subscriptions.values()):
            self.remove(subscription)

    def remove(self, subscription: Subscription) -> None:
        """End a subscription; once is enough."""
        if subscription.is_active:
            subscription.is_active = False
            client = subscription.client
            account = client.account
            del client.subscriptions[subscription.sid]
            account.sublist.remove(subscription)
            remove_shadows(subscription)
            if account.waiting:
                self.exchange.interest_ended(account, subscription.subject)
