"""/subsz: the subscriptions of all accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.go_json import is_bool, is_int, is_text
from natsim.broker.nats.json_text import Fields, number
from natsim.broker.nats.subject import is_literal, pattern_matches
from natsim.broker.nats.sublist_statistics import combined
from natsim.broker.nats.times import go_time

from .errors import BadRequest
from .question import read_options
from .subscription_list import detail

if TYPE_CHECKING:
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State
    from natsim.broker.nats.sublist_statistics import SublistStatistics
    from natsim.broker.nats.subscription import Subscription

    from .query import Query

PAGE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Subsz:
    """A question to /subsz.

    has_list: also the subscriptions. test: only those that get what is published there, empty for
    all. account: empty for all.
    """

    has_list: bool = False
    offset: int = 0
    limit: int = PAGE
    test: str = ""
    account: str = ""

    @classmethod
    def of_query(cls, query: Query) -> Subsz:
        """Read the options of a URL. Raises BadRequest."""
        has_list = query.flag("subs")
        offset, limit = query.integer("offset"), query.integer("limit")
        return cls(
            has_list=has_list,
            offset=max(offset, 0),
            limit=limit if limit > 0 else PAGE,
            test=query.text("test"),
            account=query.text("acc"),
        )

    @classmethod
    def of_json(cls, text: bytes) -> Subsz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        given = read_options(text, _FIELDS)
        limit = given.pop("limit", 0)
        return cls(
            offset=max(given.pop("offset", 0), 0), limit=limit if limit > 0 else PAGE, **given
        )

    def answer(self, state: State, _: ProcessStatistics) -> Fields:
        """Give the counts, and the page asked for."""
        test = self.test.encode("utf-8", "surrogateescape")
        if test and not is_literal(test):
            raise BadRequest(f"invalid test subject, must be valid publish subject: {self.test}")
        found = self._find(state, test) if self.has_list else []
        page = found[self.offset : self.offset + self.limit]
        fields: Fields = {
            "server_id": state.identity.server_id,
            "now": go_time(state.now.wall_ns),
            **sublist_fields(
                combined(
                    account.sublist.statistics()
                    for account in state.accounts.all()
                    if self.account in ("", account.name)
                )
            ),
            "total": len(found),
            "offset": self.offset,
            "limit": self.limit,
        }
        if page:
            fields["subscriptions_list"] = [detail(each, each.client.account) for each in page]
        return fields

    def _find(self, state: State, test: bytes) -> list[Subscription]:
        return [
            subscription
            for client in state.clients.values()
            if self.account in ("", client.account.name)
            for subscription in client.subscriptions.values()
            if not test or pattern_matches(subscription.subject, test)
        ]


def sublist_fields(statistics: SublistStatistics) -> Fields:
    """Give the counts of a sublist, or of several together."""
    return {
        "num_subscriptions": statistics.num_subscriptions,
        "num_cache": statistics.num_cache,
        "num_inserts": statistics.num_inserts,
        "num_removes": statistics.num_removes,
        "num_matches": statistics.num_matches,
        "cache_hit_rate": number(statistics.cache_hit_rate),
        "max_fanout": statistics.max_fanout,
        "avg_fanout": number(statistics.avg_fanout),
    }


_FIELDS = {
    "subscriptions": ("has_list", is_bool),
    "offset": ("offset", is_int),
    "limit": ("limit", is_int),
    "account": ("account", is_text),
    "test": ("test", is_text),
}
