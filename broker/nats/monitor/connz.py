"""/connz: the connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from natsim.broker.nats.go_json import is_bool, is_int, is_text, whole
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT
from natsim.broker.nats.pattern import do_overlap
from natsim.broker.nats.times import go_time

from .connection import Connection, closed_connection, open_connection
from .errors import BadRequest
from .question import read_options
from .subscription_list import SubscriptionList

if TYPE_CHECKING:
    from natsim.broker.nats.account import Account
    from natsim.broker.nats.json_text import Fields
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

    from .query import Query

PAGE = 1024


class ConnectionState(Enum):
    """Which connections are meant; the numbers are those of the options in JSON."""

    OPEN = 0
    CLOSED = 1
    ALL = 2


_STATES = {
    "": ConnectionState.OPEN,
    "open": ConnectionState.OPEN,
    "closed": ConnectionState.CLOSED,
    "any": ConnectionState.ALL,
    "all": ConnectionState.ALL,
}

_Order: TypeAlias = "tuple[Callable[[Connection], int | str], bool]"
"""What to sort by, and whether the largest comes first."""

_ORDERS: Mapping[str, _Order] = {
    "cid": (lambda each: each.client.cid, False),
    "start": (lambda each: each.client.cid, False),
    "subs": (lambda each: len(each.subscriptions), True),
    "pending": (lambda each: each.client.pending_bytes, True),
    "msgs_to": (lambda each: each.client.out_msgs, True),
    "msgs_from": (lambda each: each.client.in_msgs, True),
    "bytes_to": (lambda each: each.client.out_bytes, True),
    "bytes_from": (lambda each: each.client.in_bytes, True),
    "last": (lambda each: each.client.last_activity.wall_ns, True),
    # Idle for longest, whether still there or not, is who was active least lately.
    "idle": (lambda each: each.client.last_activity.wall_ns, False),
    "uptime": (lambda each: each.uptime_ns, False),
    "stop": (lambda each: each.end.wall_ns, True),
    "reason": (lambda each: each.reason or "", False),
    "rtt": (lambda each: max(each.client.rtt_ns, 0), True),
}
_CLOSED_ONLY = ("stop", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connz:
    """A question to /connz.

    cid: 0 for every one. user, account: empty for all. filter_subject: connections with a
    subscription that may get what is published there, empty for all; HTTP does not ask for it.
    """

    sort: str = "cid"
    has_auth: bool = False
    subscriptions: SubscriptionList = SubscriptionList.NONE
    offset: int = 0
    limit: int = PAGE
    cid: int = 0
    state: ConnectionState = ConnectionState.OPEN
    user: str = ""
    account: str = ""
    mqtt_client: str = ""
    filter_subject: str = ""

    @classmethod
    def of_query(cls, query: Query) -> Connz:
        """Read the options of a URL. Raises BadRequest."""
        has_auth = query.flag("auth")
        subscriptions = SubscriptionList.of_query(query)
        offset, limit = query.integer("offset"), query.integer("limit")
        cid = query.natural("cid")
        state = _STATES.get(query.text("state").lower())
        if state is None:
            raise BadRequest(f"Error decoding state for {query.text('state')}")
        return cls(
            sort=query.text("sort") or "cid",
            has_auth=has_auth,
            subscriptions=subscriptions,
            offset=max(offset, 0),
            limit=limit if limit > 0 else PAGE,
            cid=cid,
            state=state,
            user=query.text("user"),
            account=query.text("acc"),
            mqtt_client=query.text("mqtt_client"),
        )

    @classmethod
    def of_json(cls, text: bytes) -> Connz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        given = read_options(text, _FIELDS)
        limit = given.pop("limit", 0)
        return cls(
            sort=given.pop("sort", "") or "cid",
            subscriptions=SubscriptionList.of_flags(
                subscriptions=given.pop("subscriptions", False),
                subscriptions_detail=given.pop("subscriptions_detail", False),
            ),
            offset=max(given.pop("offset", 0), 0),
            limit=limit if limit > 0 else PAGE,
            state=ConnectionState(given.pop("state", 0)),
            **given,
        )

    def answer(self, state: State, _: ProcessStatistics) -> Fields:
        """Give the page asked for."""
        self._check()
        account = state.accounts.get(self.account) if self.account else None
        if self.account and account is None:
            return self._frame(state, "", None, 0)
        opened, closed = self._open(state, account), self._closed(state)
        total = len(opened) + len(closed)
        found = self._chosen(state, opened, closed)
        key, is_reversed = _ORDERS[self.sort]
        found.sort(key=lambda each: each.client.cid)
        found.sort(key=key, reverse=is_reversed)
        page = found[self.offset : self.offset + (1 if self.cid else self.limit)]
        shown = [each.fields(self.subscriptions, with_auth=self.has_auth) for each in page]
        return self._frame(state, state.identity.server_id, shown, total)

    def _check(self) -> None:
        if self.sort not in _ORDERS:
            raise BadRequest(f"invalid sorting option: {self.sort}")
        if self.sort in _CLOSED_ONLY and self.state is not ConnectionState.CLOSED:
            raise BadRequest(f"sort by {self.sort} only valid on closed connections")
        if self.filter_subject not in ("", ">") and not self.account:
            raise BadRequest("filter by subject only valid with account filtering")

    def _open(self, state: State, account: Account | None) -> list[Connection]:
        if self.state is ConnectionState.CLOSED:
            return []
        return [
            open_connection(client, state.now)
            for client in state.clients.values()
            if account is None or client.account is account
        ]

    def _closed(self, state: State) -> list[Connection]:
        # nats-server forgets of a closed connection that it was of the global account.
        if self.state is ConnectionState.OPEN or self.account == GLOBAL_ACCOUNT:
            return []
        return [
            closed_connection(closed)
            for closed in state.closed
            if not self.account or closed.client.account.name == self.account
        ]

    def _chosen(
        self, state: State, opened: list[Connection], closed: list[Connection]
    ) -> list[Connection]:
        if self.cid:
            # Whether an open one is of the user or the account asked for is not looked at.
            if self.state is not ConnectionState.CLOSED:
                for client in state.clients.values():
                    if client.cid == self.cid:
                        return [open_connection(client, state.now)]
            opened, closed = [], [each for each in closed if each.client.cid == self.cid]
        if self.filter_subject not in ("", ">"):
            wanted = self.filter_subject.encode("utf-8", "surrogateescape").split(b".")
            opened = [
                each
                for each in opened
                if any(do_overlap(wanted, one.subject.split(b".")) for one in each.subscriptions)
            ]
        found = [*opened, *closed]
        if self.mqtt_client:
            return []
        return [each for each in found if not self.user or each.user == self.user]

    def _frame(
        self, state: State, server_id: str, shown: list[Fields] | None, total: int
    ) -> Fields:
        return {
            "server_id": server_id,
            "now": go_time(state.now.wall_ns),
            "num_connections": len(shown or ()),
            "total": total,
            "offset": self.offset,
            "limit": 1 if self.cid else self.limit,
            "connections": shown,
        }


_FIELDS = {
    "sort": ("sort", is_text),
    "auth": ("has_auth", is_bool),
    "subscriptions": ("subscriptions", is_bool),
    "subscriptions_detail": ("subscriptions_detail", is_bool),
    "offset": ("offset", is_int),
    "limit": ("limit", is_int),
    "cid": ("cid", whole(0, 2**64 - 1)),
    "mqtt_client": ("mqtt_client", is_text),
    "state": ("state", whole(0, 2)),
    "user": ("user", is_text),
    "acc": ("account", is_text),
    "filter_subject": ("filter_subject", is_text),
}
