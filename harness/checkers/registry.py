"""All checkers by name, in the order they are listed to people."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from natsim.record import record

from . import (
    at_most_once,
    completeness,
    publisher_order,
    queue_group,
    request_reply,
    wildcard_routing,
)
from .evidence import Evidence
from .verdict import Finding


@record
class Checker:
    """One guarantee and the function that examines it.

    promise: one line for people, without a full stop.
    """

    name: str
    promise: str
    examine: Callable[[Evidence], Finding]


CHECKERS: Mapping[str, Checker] = MappingProxyType(
    {
        checker.name: checker
        for checker in (
            Checker(
                at_most_once.NAME,
                "a message arrives unaltered, at most once, and only while it is wanted",
                at_most_once.examine,
            ),
            Checker(
                publisher_order.NAME,
                "a subscription sees the messages of one publisher in the order of publishing",
                publisher_order.examine,
            ),
            Checker(
                wildcard_routing.NAME,
                "a message goes to the subscriptions whose pattern its subject matches",
                wildcard_routing.examine,
            ),
            Checker(
                queue_group.NAME,
                "exactly one member of a queue group gets each message",
                queue_group.examine,
            ),
            Checker(
                completeness.NAME,
                "a plain subscription gets every message that barriers prove it must get",
                completeness.examine,
            ),
            Checker(
                request_reply.NAME,
                "an answer belongs to its request, and 503 means that nobody was there",
                request_reply.examine,
            ),
        )
    }
)
