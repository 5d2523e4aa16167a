"""What a user may publish and subscribe to."""

from dataclasses import dataclass

from natsim.broker.now import SECOND_NS

RESPONSE_EXPIRES_NS = 120 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRules:
    """Patterns allowed and denied.

    allow: empty for everything. A rule for subscriptions may be `subject queue`, with one space.
    """

    allow: tuple[bytes, ...] = ()
    deny: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRule:
    """Leave to answer requests (`allow_responses`).

    max_messages: answers to one request, negative for no limit. expires_ns: negative for never.
    """

    max_messages: int = 1
    expires_ns: int = RESPONSE_EXPIRES_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """The permissions of one user. responses: None where `allow_responses` is not set."""

    publish: SubjectRules = SubjectRules()
    subscribe: SubjectRules = SubjectRules()
    responses: ResponseRule | None = None
