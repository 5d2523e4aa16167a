"""The block `permissions`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.nats.options import Permissions, ResponseRule, SubjectRules
from natsim.broker.nats.options.permissions import RESPONSE_EXPIRES_NS
from natsim.broker.nats.quote import quoted

from .block import Broken, Wrong, fields, fill, integer
from .node import Node, go_type
from .source import bytes_of
from .subject import is_subject
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .mistake import Place


@dataclass(slots=True)
class _Draft:
    publish: SubjectRules = field(default_factory=SubjectRules)
    subscribe: SubjectRules = field(default_factory=SubjectRules)
    responses: ResponseRule | None = None


def read_permissions(node: Node, report: Report) -> Permissions:
    """Read the permissions of a user. Raises Broken."""
    if not isinstance(node.value, dict):
        raise Broken(
            f"Expected permissions to be a map/struct, got {plain(node.value)}", node.place
        )
    draft = _Draft()
    fill(draft, _FIELDS, node, report, _unknown)
    return Permissions(publish=draft.publish, subscribe=draft.subscribe, responses=draft.responses)


def check_subjects(subjects: list[str], *, with_queues: bool, place: Place | None) -> None:
    """Check the subjects of a rule. Raises Wrong at the first that is none.

    with_queues: each may be followed by a queue group.
    """
    for subject in subjects:
        if is_subject(subject):
            continue
        words = subject.split()
        if not with_queues or len(words) != len(("subject", "queue")):
            raise Wrong(f"subject {quoted(subject)} is not a valid subject", place)
        if not is_subject(words[0]):
            raise Wrong(f"subject {quoted(words[0])} is not a valid subject", place)
        if not is_subject(words[1]):
            raise Wrong(f"queue {quoted(words[1])} is not a valid queue", place)


def _unknown(key: str, node: Node, report: Report) -> None:
    if not node.is_used:
        report.wrong(f"Unknown field {quoted(key)} parsing permissions", node.place)


def _set_publish(draft: _Draft, node: Node, report: Report) -> None:
    draft.publish = _rules(node, report, with_queues=False)


def _set_subscribe(draft: _Draft, node: Node, report: Report) -> None:
    draft.subscribe = _rules(node, report, with_queues=True)


def _set_responses(draft: _Draft, node: Node, report: Report) -> None:
    if isinstance(node.value, bool):
        draft.responses = ResponseRule() if node.value else None
    else:
        draft.responses = report.attempt(_response_rule, node)


_FIELDS: Mapping[str, Setter[_Draft]] = {
    **dict.fromkeys(("pub", "publish", "import"), _set_publish),
    **dict.fromkeys(("sub", "subscribe", "export"), _set_subscribe),
    **dict.fromkeys(("publish_allow_responses", "allow_responses"), _set_responses),
}


def _rules(node: Node, report: Report, *, with_queues: bool) -> SubjectRules:
    if not isinstance(node.value, dict):
        # nats-server has forgotten where it is when it reads the old form.
        lost = Node(node.value, None)
        return SubjectRules(allow=_subjects(lost, with_queues=with_queues))
    rules: dict[str, tuple[bytes, ...]] = {"allow": (), "deny": ()}
    for key, value in fields(node):
        if key.lower() not in rules:
            if not value.is_used:
                report.wrong(
                    f"Unknown field name {quoted(key)} parsing subject permissions, "
                    "only 'allow' or 'deny' are permitted",
                    value.place,
                )
            continue
        try:
            rules[key.lower()] = _subjects(value, with_queues=with_queues)
        except Wrong as error:
            report.mistakes.append(error.mistake)
    return SubjectRules(allow=rules["allow"], deny=rules["deny"])


def _subjects(node: Node, *, with_queues: bool) -> tuple[bytes, ...]:
    subjects: list[str] = []
    match node.value:
        case str():
            subjects.append(node.value)
        case list():
            for one in node.value:
                if not isinstance(one.value, str):
                    raise Wrong("Subject in permissions array cannot be cast to string", one.place)
                subjects.append(one.value)
        case _:
            raise Wrong(
                "Expected subject permissions to be a subject, or array of subjects, "
                f"got {go_type(node.value)}",
                node.place,
            )
    check_subjects(subjects, with_queues=with_queues, place=node.place)
    # A rule with a queue is kept with one space.
    return tuple(bytes_of(one if is_subject(one) else " ".join(one.split())) for one in subjects)


@dataclass(slots=True)
class _ResponseDraft:
    max_messages: int = 1
    expires_ns: int = RESPONSE_EXPIRES_NS


def _response_rule(node: Node, report: Report) -> ResponseRule:
    if not isinstance(node.value, dict):
        raise Broken("error parsing response permissions, expected a boolean or a map", node.place)
    draft = _ResponseDraft()
    fill(draft, _RESPONSE_FIELDS, node, report, _unknown)
    return ResponseRule(max_messages=draft.max_messages, expires_ns=draft.expires_ns)


def _set_max(draft: _ResponseDraft, node: Node, _: Report) -> None:
    draft.max_messages = integer(node) or draft.max_messages


def _set_expires(draft: _ResponseDraft, node: Node, _: Report) -> None:
    if not isinstance(node.value, str):
        raise Broken("error parsing expires, not a duration string", node.place)
    try:
        draft.expires_ns = parse_duration(node.value) or draft.expires_ns
    except DurationError as error:
        raise Broken(f"error parsing expires: {error}", node.place) from error


_RESPONSE_FIELDS: Mapping[str, Setter[_ResponseDraft]] = {
    **dict.fromkeys(("max", "max_msgs", "max_messages", "max_responses"), _set_max),
    **dict.fromkeys(("expires", "expiration", "ttl"), _set_expires),
}
