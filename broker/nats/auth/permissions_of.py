"""Permissions as a JWT claims them, as options have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.options import Permissions, ResponseRule, SubjectRules
from natsim.broker.nats.options.permissions import RESPONSE_EXPIRES_NS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .claims import Response, Rules


def permissions_of(rules: Rules) -> Permissions | None:
    """Give the permissions that rules mean; None where they say nothing."""
    publish = _subject_rules(rules.publish_allow, rules.publish_deny)
    subscribe = _subject_rules(rules.subscribe_allow, rules.subscribe_deny)
    permissions = Permissions(
        publish=publish, subscribe=subscribe, responses=_response_rule(rules.response)
    )
    return None if permissions == Permissions() else permissions


def _subject_rules(allow: Sequence[str], deny: Sequence[str]) -> SubjectRules:
    return SubjectRules(
        allow=tuple(subject.encode() for subject in allow),
        deny=tuple(subject.encode() for subject in deny),
    )


def _response_rule(response: Response | None) -> ResponseRule | None:
    if response is None:
        return None
    return ResponseRule(
        max_messages=response.max or 1, expires_ns=response.ttl_ns or RESPONSE_EXPIRES_NS
    )
