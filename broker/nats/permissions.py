"""What one client may publish and subscribe to.

Laws of the file: a client without permissions has no ClientPermissions, and pays nothing; what is
decided is decided by the literal text of the subject; whatever is remembered is bounded in bytes.

Source: seen on nats-server 2.15.1, where allow-all, deny and `allow_responses` meet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

from . import limits
from .pattern import is_subset
from .subject import has_wildcard, pattern_matches

if TYPE_CHECKING:
    from .options import Permissions, ResponseRule

_PLAIN = b""
_ENTRY_BYTES = 120  # a dict entry and its key, roughly as CPython 3.11 counts them


class ClientPermissions:
    """The permissions of a user, ready to be asked, and the requests one client may answer.

    options: as they were written.
    """

    __slots__ = (
        "_hidden",
        "_may_publish",
        "_publish_allow",
        "_publish_deny",
        "_responses",
        "_subscribe_allow",
        "_subscribe_deny",
        "options",
    )

    def __init__(self, options: Permissions) -> None:
        self.options = options
        # Who may answer requests may publish nothing else, unless it says so.
        is_closed = options.responses is not None
        self._publish_allow = _rules(options.publish.allow, is_kept_empty=is_closed)
        self._publish_deny = _rules(options.publish.deny)
        self._subscribe_allow = _rules(options.subscribe.allow)
        self._subscribe_deny = _rules(options.subscribe.deny)
        self._responses = _Responses(options.responses) if options.responses is not None else None
        self._may_publish = _Verdicts()
        self._hidden = _Verdicts()

    def may_always_publish(self, subject: bytes) -> bool:
        """Tell whether the rules allow a subject, whatever was requested of the client."""
        known = self._may_publish.get(subject)
        if known is None:
            known = (
                self._publish_allow is None or bool(self._publish_allow.find(subject))
            ) and not (self._publish_deny is not None and self._publish_deny.find(subject))
            self._may_publish.put(subject, known)
        return known

    def may_publish(self, subject: bytes, now_ns: int) -> bool:
        """Tell whether the client may publish to a subject now; leave to answer is used up."""
        if self.may_always_publish(subject):
            return True
        return self._responses is not None and self._responses.use(subject, now_ns)

    def may_subscribe(self, subject: bytes, queue: bytes) -> bool:
        """Tell whether the client may subscribe. queue: empty for a plain subscription.

        Where a queue is allowed by name, no other is; where one is denied, the others are not.
        """
        if self._subscribe_allow is not None:
            allowed = self._subscribe_allow.find(subject)
            is_allowed = _PLAIN in allowed
            if queue and any(allowed):
                is_allowed = _has_queue(allowed, queue)
            if not is_allowed:
                return False
        return self._subscribe_deny is None or not _covers(
            self._subscribe_deny.find(subject), queue
        )

    def hides(self, subject: bytes, queue: bytes) -> bool:
        """Tell whether a message is kept from a subscription that is wider than what is denied."""
        if self._subscribe_deny is None:
            return False
        key = subject + b" " + queue
        known = self._hidden.get(key)
        if known is None:
            known = _covers(self._subscribe_deny.find(subject), queue)
            self._hidden.put(key, known)
        return known

    def take_request(self, reply: bytes, now_ns: int) -> None:
        """Let the client answer a request that it is being sent. reply: not empty."""
        if self._responses is not None and not self.may_publish(reply, now_ns):
            self._responses.grant(reply, now_ns)


class _Rules:
    """Patterns, each for plain subscriptions or for the members of some queue group."""

    __slots__ = ("_literals", "_patterns")

    def __init__(self, rules: tuple[bytes, ...]) -> None:
        self._literals: dict[bytes, list[bytes]] = {}
        self._patterns: list[tuple[bytes, bytes]] = []
        for rule in rules:
            subject, _, queue = rule.partition(b" ")
            if has_wildcard(subject):
                self._patterns.append((subject, queue))
            else:
                self._literals.setdefault(subject, []).append(queue)

    def find(self, subject: bytes) -> list[bytes]:
        """List the queues for which a rule speaks of a subject, b"" for no queue."""
        if b"" in subject.split(b"."):
            return []
        found = list(self._literals.get(subject, ()))
        found += [queue for pattern, queue in self._patterns if pattern_matches(pattern, subject)]
        return found


@record
class _Grant:
    """Leave to answer one request. count: answers given."""

    since_ns: int
    count: int


class _Responses:
    """The requests that may be answered: by reply subject, the oldest first."""

    __slots__ = ("_granted", "_grants", "_pruned_ns", "_rule")

    def __init__(self, rule: ResponseRule) -> None:
        self._rule = rule
        self._grants: dict[bytes, _Grant] = {}
        self._granted = 0
        self._pruned_ns: int | None = None

    def grant(self, reply: bytes, now_ns: int) -> None:
        self._grants.pop(reply, None)
        self._grants[reply] = _Grant(now_ns, 0)
        self._granted += 1
        is_long_ago = (
            self._pruned_ns is None or now_ns - self._pruned_ns > limits.RESPONSES_PRUNE_NS
        )
        if is_long_ago or self._granted > limits.RESPONSES_PRUNE_COUNT:
            self._prune(now_ns)
        if len(self._grants) > limits.RESPONSES_MAX:
            del self._grants[next(iter(self._grants))]

    def use(self, reply: bytes, now_ns: int) -> bool:
        grant = self._grants.get(reply)
        if grant is None:
            return False
        count = grant.count + 1
        if self._is_over(grant, now_ns, count - 1):
            del self._grants[reply]
            return False
        self._grants[reply] = _Grant(grant.since_ns, count)
        return True

    def _prune(self, now_ns: int) -> None:
        self._grants = {
            reply: grant
            for reply, grant in self._grants.items()
            if not self._is_over(grant, now_ns, grant.count)
        }
        self._granted = 0
        self._pruned_ns = now_ns

    def _is_over(self, grant: _Grant, now_ns: int, count: int) -> bool:
        rule = self._rule
        is_old = rule.expires_ns > 0 and now_ns - grant.since_ns > rule.expires_ns
        return is_old or 0 < rule.max_messages <= count


class _Verdicts:
    """Yes or no by subject, forgotten altogether when there are too many."""

    __slots__ = ("_bytes", "_known")

    def __init__(self) -> None:
        self._known: dict[bytes, bool] = {}
        self._bytes = 0

    def get(self, key: bytes) -> bool | None:
        return self._known.get(key)

    def put(self, key: bytes, verdict: bool) -> None:
        self._bytes += _ENTRY_BYTES + len(key)
        if self._bytes > limits.PERMISSION_CACHE_BYTES:
            self._known.clear()
            self._bytes = _ENTRY_BYTES + len(key)
        self._known[key] = verdict


def _rules(rules: tuple[bytes, ...], *, is_kept_empty: bool = False) -> _Rules | None:
    return _Rules(rules) if rules or is_kept_empty else None


def _covers(queues: list[bytes], queue: bytes) -> bool:
    return _PLAIN in queues or (bool(queue) and _has_queue(queues, queue))


def _has_queue(queues: list[bytes], queue: bytes) -> bool:
    # A queue of a rule may be a pattern, and still be meant literally.
    tokens = queue.split(b".")
    return any(
        each == queue or (has_wildcard(each) and is_subset(tokens, each.split(b".")))
        for each in queues
        if each
    )
