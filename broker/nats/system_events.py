"""Events: what the server tells its system account of clients, accounts and itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.now import SECOND_NS

from . import limits
from .account_statistics import account_statistics
from .alarms import NEVER, Alarm, cancel, no_alarms
from .client_info import event_info
from .json_text import number, present
from .process import ProcessStatistics
from .times import go_time

if TYPE_CHECKING:
    from natsim.broker.effects import CloseReason

    from .account import Account
    from .client import Client
    from .json_text import Fields
    from .state import State
    from .system_account import SystemAccount


class SystemEvents:
    """Tells of clients that come and go, of accounts, and of the server.

    process: as it was last told of.
    """

    __slots__ = ("_state", "_system", "due_ns", "process")

    def __init__(self, state: State, system: SystemAccount) -> None:
        self._state = state
        self._system = system
        self.process = ProcessStatistics()
        self.due_ns = no_alarms()

    def watch(self) -> None:
        """Begin to tell at intervals, now that somebody has subscribed."""
        if self.due_ns[Alarm.STATISTICS] != NEVER:
            return
        alarms, now_ns = self._state.alarms, self._state.now.mono_ns
        alarms.set(self, Alarm.STATISTICS, self._next_statistics_ns())
        for account in self._state.accounts.all():
            is_told_of = account is not self._state.accounts.global_account
            if is_told_of and account.clients:
                alarms.set(account, Alarm.CONNECTIONS, now_ns + limits.CONNECTIONS_EVENT_NS)

    def connected(self, client: Client) -> None:
        """Tell of a client that was let in."""
        name = client.account.name.encode()
        self._system.tell(
            b"$SYS.ACCOUNT.%b.CONNECT" % name,
            lambda: {
                **self._system.event("client_connect"),
                "client": event_info(client, None),
            },
        )

    def disconnected(self, client: Client, reason: CloseReason) -> None:
        """Tell of a client that is gone."""
        name = client.account.name.encode()
        subject = b"$SYS.ACCOUNT.%b.DISCONNECT" % name
        self._system.tell(subject, lambda: self._departure(client, reason))

    def refused(self, client: Client, reason: CloseReason) -> None:
        """Tell of a client that was not let in."""
        subject = b"$SYS.SERVER.%b.CLIENT.AUTH.ERR" % self._id
        self._system.tell(subject, lambda: self._departure(client, reason))

    def connections_changed(self, account: Account) -> None:
        """Tell how many clients an account has; that of strangers is not told of."""
        state, system = self._state, self._system
        cancel(account, Alarm.CONNECTIONS)
        if account is state.accounts.global_account or not system.is_heard:
            return
        name = account.name.encode()
        for subject in (b"$SYS.SERVER.ACCOUNT.%b.CONNS", b"$SYS.ACCOUNT.%b.SERVER.CONNS"):
            system.tell(subject % name, lambda: self.connections(account))
        if account.clients:
            due_ns = state.now.mono_ns + limits.CONNECTIONS_EVENT_NS
            state.alarms.set(account, Alarm.CONNECTIONS, due_ns)

    def connections(self, account: Account) -> Fields:
        """Make the event that tells of an account's clients."""
        return {
            **self._system.event("account_connections"),
            **account_statistics(account, list(account.clients.values())),
        }

    def statistics_are_due(self) -> None:
        """Tell how the server is, and again after the interval, as long as anybody listens."""
        self._system.tell(b"$SYS.SERVER.%b.STATSZ" % self._id, self.statistics)
        if self._system.is_heard:
            self._state.alarms.set(self, Alarm.STATISTICS, self._next_statistics_ns())

    def lame_duck(self) -> None:
        """Tell that the server sends its clients away."""
        self._system.tell(b"$SYS.SERVER.%b.LAMEDUCK" % self._id, self._system.server)

    def shutdown(self) -> None:
        """Tell that the server stops."""
        self._system.tell(b"$SYS.SERVER.%b.SHUTDOWN" % self._id, self._system.server)

    def statistics(self) -> Fields:
        """Tell how the server is."""
        state, past = self._state, self._state.statistics
        clients = state.clients.values()
        sent = {
            "msgs": past.out_msgs + sum(client.out_msgs for client in clients),
            "bytes": past.out_bytes + sum(client.out_bytes for client in clients),
        }
        received = {
            "msgs": past.in_msgs + sum(client.in_msgs for client in clients),
            "bytes": past.in_bytes + sum(client.in_bytes for client in clients),
        }
        accounts = state.accounts.all()
        slow, stale = past.slow_consumers, past.stale_connections
        return {
            "server": self._system.server(),
            "statsz": {
                "start": go_time(state.start.wall_ns),
                "mem": self.process.memory_bytes,
                "cores": self.process.cores,
                "cpu": number(self.process.cpu_percent),
                "connections": len(clients),
                "total_connections": past.total_connections,
                "active_accounts": sum(bool(account.clients) for account in accounts),
                "subscriptions": sum(account.num_subscriptions for account in accounts),
                "sent": sent,
                "sent_to_clients": sent,
                "received": received,
                "received_from_clients": received,
                "slow_consumers": slow,
                **present(
                    {
                        "slow_consumer_stats": _by_kind(slow),
                        "stale_connections": stale,
                        "stale_connection_stats": _by_kind(stale),
                        "stalled_clients": past.stalled_clients,
                    }
                ),
                "active_servers": 1,
                "gomaxprocs": self.process.cores,
            },
        }

    def _departure(self, client: Client, reason: CloseReason) -> Fields:
        return {
            **self._system.event("client_disconnect"),
            "client": event_info(client, self._state.now),
            "sent": {"msgs": client.in_msgs, "bytes": client.in_bytes},
            "received": {"msgs": client.out_msgs, "bytes": client.out_bytes},
            "reason": str(reason),
        }

    def _next_statistics_ns(self) -> int:
        """Tell when it is due: soon after the start, then less often, at last every ten seconds."""
        due_ns, interval_ns = self._state.start.mono_ns, SECOND_NS // 4
        while due_ns + interval_ns <= self._state.now.mono_ns:
            if interval_ns == limits.STATISTICS_EVENT_NS:
                passed_ns = self._state.now.mono_ns - due_ns
                return due_ns + (passed_ns // interval_ns + 1) * interval_ns
            due_ns += interval_ns
            interval_ns = min(2 * interval_ns, limits.STATISTICS_EVENT_NS)
        return due_ns + interval_ns

    @property
    def _id(self) -> bytes:
        return self._state.identity.server_id.encode()


def _by_kind(clients: int) -> Fields:
    return {"clients": clients, "routes": 0, "gateways": 0, "leafs": 0} if clients else {}
