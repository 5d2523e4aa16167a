"""Subscriptions as /connz and /subsz list them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING

from natsim.broker.nats.json_text import Fields, text_of

if TYPE_CHECKING:
    from natsim.broker.nats.account import Account
    from natsim.broker.nats.subscription import Subscription

    from .query import Query


class SubscriptionList(Enum):
    """How much of a connection's subscriptions is told."""

    NONE = "none"
    SUBJECTS = "subjects"
    DETAIL = "detail"

    @classmethod
    def of_query(cls, query: Query) -> SubscriptionList:
        """Read `subs`, a bool or `detail`. Raises BadRequest."""
        if query.text("subs").lower() == "detail":
            return cls.DETAIL
        return cls.SUBJECTS if query.flag("subs") else cls.NONE

    @classmethod
    def of_flags(cls, *, subscriptions: bool, subscriptions_detail: bool) -> SubscriptionList:
        """Read the two flags of the options in JSON."""
        if subscriptions_detail:
            return cls.DETAIL
        return cls.SUBJECTS if subscriptions else cls.NONE

    def fields(
        self, subscriptions: Iterable[Subscription], account: Account | None = None
    ) -> Fields:
        """Give the field that lists subscriptions, none for none. account: to be named in it."""
        each = list(subscriptions)
        if self is SubscriptionList.NONE or not each:
            return {}
        if self is SubscriptionList.SUBJECTS:
            return {"subscriptions_list": [text_of(one.subject) for one in each]}
        return {"subscriptions_list_detail": [detail(one, account) for one in each]}


def detail(subscription: Subscription, account: Account | None) -> Fields:
    """Give all that is told of a subscription. account: None to leave it unsaid."""
    fields: Fields = {}
    if account is not None:
        fields |= {"account": account.name, "account_tag": account.name_tag}
    fields["subject"] = text_of(subscription.subject)
    if subscription.queue:
        fields["qgroup"] = text_of(subscription.queue)
    fields["sid"] = text_of(subscription.sid)
    fields["msgs"] = subscription.delivered
    if subscription.limit:
        fields["max"] = subscription.limit
    fields["cid"] = subscription.client.cid
    return fields
