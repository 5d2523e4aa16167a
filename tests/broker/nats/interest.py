"""Subscriptions to put into a sublist, and what the naive model says of them."""

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from natsim.broker.nats.sublist import Match
from natsim.broker.nats.subscription import Subscription
from natsim.harness.model.matcher import is_valid_pattern, matches

from .clients import lone_client

_TOKENS = st.sampled_from(["a", "b", "c", "*", ">", "a*", ""])
subjects = st.lists(_TOKENS, min_size=1, max_size=4).map(".".join)
patterns = subjects.filter(is_valid_pattern)
queues = st.sampled_from(["", "", "q", "r"])

_CLIENT = lone_client()


def subscription(pattern: str, queue: str = "", serial: int = 0) -> Subscription:
    """Make a subscription of a client."""
    return Subscription(_CLIENT, b"%d" % serial, pattern.encode(), queue.encode(), serial)


def serials(match: Match) -> tuple[list[int], list[list[int]]]:
    """Give the serials of a match: of the plain ones, and of each group."""
    plain = [member.serial for member in match.plain]
    return plain, [[member.serial for member in group] for group in match.groups]


def expected_serials(
    held: Iterable[Subscription], subject: str
) -> tuple[list[int], list[list[int]]]:
    """Tell what a match must have, given all subscriptions in the order of SUB."""
    plain: list[int] = []
    groups: dict[bytes, list[int]] = {}
    for member in held:
        if matches(member.subject.decode(), subject):
            taken = groups.setdefault(member.queue, []) if member.queue else plain
            taken.append(member.serial)
    return plain, list(groups.values())


def match_of(plain: int, groups: Sequence[int] = ()) -> Match:
    """Make a match with so many plain subscriptions, and groups of so many members."""
    one = subscription("a")
    return Match((one,) * plain, tuple((one,) * size for size in groups))
