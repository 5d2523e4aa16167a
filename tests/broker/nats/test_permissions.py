"""Permissions decide as a naive reading of the rules does."""

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.options import Permissions, ResponseRule, SubjectRules
from natsim.broker.nats.permissions import ClientPermissions


@st.composite
def _patterns(draw: st.DrawFn) -> str:
    tokens = draw(st.lists(st.sampled_from(["a", "b", "*"]), max_size=2))
    return ".".join([*tokens, ">"] if not tokens or draw(st.booleans()) else tokens)


_literal = st.lists(st.sampled_from(["a", "b", "*", ">"]), min_size=1, max_size=3).map(".".join)
_queue = st.sampled_from(["", "", "q", "q.a", "r"])
_rule = st.tuples(_patterns(), st.sampled_from(["", "", "q", "q.*", ">"]))
_rules = st.lists(_rule, max_size=3)


@given(_rules, _rules, st.lists(_literal, min_size=1, max_size=6))
def test_publish_rules(
    allow: list[tuple[str, str]], deny: list[tuple[str, str]], subjects: list[str]
) -> None:
    allowed, denied = [rule for rule, _ in allow], [rule for rule, _ in deny]
    permissions = ClientPermissions(
        Permissions(publish=SubjectRules(allow=_raw(allowed), deny=_raw(denied)))
    )

    found = [permissions.may_publish(subject.encode(), 0) for subject in subjects]

    assert found == [
        (not allowed or _is_reached(allowed, subject)) and not _is_reached(denied, subject)
        for subject in subjects
    ]


@given(_rules, _rules, _literal, _queue)
def test_subscribe_rules(
    allow: list[tuple[str, str]], deny: list[tuple[str, str]], subject: str, queue: str
) -> None:
    permissions = ClientPermissions(
        Permissions(subscribe=SubjectRules(allow=_joined(allow), deny=_joined(deny)))
    )

    found = permissions.may_subscribe(subject.encode(), queue.encode())

    assert found == (_is_allowed(allow, subject, queue) and not _is_denied(deny, subject, queue))


@given(_rules, st.lists(st.tuples(_literal, _queue), min_size=1, max_size=4))
def test_what_is_denied_is_hidden(
    deny: list[tuple[str, str]], messages: list[tuple[str, str]]
) -> None:
    permissions = ClientPermissions(Permissions(subscribe=SubjectRules(deny=_joined(deny))))

    found = [permissions.hides(subject.encode(), queue.encode()) for subject, queue in messages]

    assert found == [_is_denied(deny, subject, queue) for subject, queue in messages]


def test_requests_are_forgotten_when_there_are_too_many() -> None:
    rule = ResponseRule(max_messages=-1, expires_ns=-1)
    permissions = ClientPermissions(Permissions(responses=rule))
    for number in range(70_000):
        permissions.take_request(b"%d" % number, 0)

    found = [permissions.may_publish(b"%d" % number, 0) for number in (0, 4_463, 4_464, 69_999)]

    assert found == [False, False, True, True]


def _is_allowed(rules: list[tuple[str, str]], subject: str, queue: str) -> bool:
    if not rules:
        return True
    queues = _queues(rules, subject)
    if queue and any(queues):
        return _is_among(queues, queue)
    return "" in queues


def _is_denied(rules: list[tuple[str, str]], subject: str, queue: str) -> bool:
    queues = _queues(rules, subject)
    return "" in queues or (queue != "" and _is_among(queues, queue))


def _queues(rules: list[tuple[str, str]], subject: str) -> list[str]:
    return [queue for rule, queue in rules if _is_reached([rule], subject)]


def _is_among(queues: list[str], queue: str) -> bool:
    return any(_is_reached([each], queue) for each in queues if each)


def _is_reached(rules: list[str], subject: str) -> bool:
    """Compare with the rules as shell patterns, in which a letter cannot stand for a dot."""
    letters = subject.replace("*", "s").replace(">", "t")
    as_shell = [rule.replace("*", "[!.]").replace(">", "*") for rule in rules]
    return any(fnmatchcase(letters, each) for each in as_shell)


def _raw(texts: list[str]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _joined(rules: list[tuple[str, str]]) -> tuple[bytes, ...]:
    return tuple(f"{subject} {queue}".strip().encode() for subject, queue in rules)
