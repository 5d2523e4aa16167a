"""Subjects and queue names as a scenario may hold them, and their placeholders.

Source: subject rules of nats-server: tokens between dots, none empty, no white space; `*` and `>`
are wildcards only where they are a whole token.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import product

from .limits import SUBJECT_LENGTH_MAX, SUBJECTS_MAX
from .mistake import RuleError

SUBJECT_PATTERN = r"^[^\s.]+(\.[^\s.]+)*$"
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9-]*)\}")

_VALUES_DEFAULT = 3


def check_published(text: str) -> str:
    """Return a subject to publish to, which may hold placeholders, or raise RuleError."""
    plain = PLACEHOLDER.sub("x", text)
    if "{" in plain or "}" in plain:
        raise RuleError(text, "a placeholder is a lower-case name in braces: {region}")
    check_literal(text, plain)
    return text


def check_literal(text: str, plain: str | None = None) -> str:
    """Return a subject without wildcards, or raise RuleError.

    plain: what to look at instead of the text itself.
    """
    tokens = _tokens(text, text if plain is None else plain)
    if "*" in tokens or ">" in tokens:
        raise RuleError(text, "wildcards are for subscriptions; write a full subject")
    return text


def check_subscribed(text: str) -> str:
    """Return a subject to subscribe to, which may hold wildcards, or raise RuleError."""
    if "{" in text or "}" in text:
        raise RuleError(text, "placeholders are for published subjects; write * instead")
    if ">" in _tokens(text, text)[:-1]:
        raise RuleError(text, "> stands for the rest; it must be the last token")
    return text


def has_wildcard(subject: str) -> bool:
    """Tell whether a subject to subscribe to may match more than itself."""
    tokens = subject.split(".")
    return "*" in tokens or tokens[-1] == ">"


def check_queue(text: str) -> str:
    """Return the name of a queue group, or raise RuleError."""
    if not text or not text.isprintable() or " " in text or len(text) > SUBJECT_LENGTH_MAX:
        raise RuleError(text, "a queue name is one word without spaces, such as workers")
    return text


def placeholders(subject: str) -> list[str]:
    """Return the names in braces, in order, each once.

    >>> placeholders("orders.{region}.{kind}.{region}")
    ['region', 'kind']
    """
    return list(dict.fromkeys(PLACEHOLDER.findall(subject)))


def fill(subject: str, values: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return every subject the placeholders stand for; the first placeholder turns slowest.

    A placeholder without values takes its name and a number, 1 to 3.
    Raises RuleError if there are more than SUBJECTS_MAX or one is too long.

    >>> fill("{kind}.{region}", {"kind": ["a", "b"]})
    ('a.region1', 'a.region2', 'a.region3', 'b.region1', 'b.region2', 'b.region3')
    """
    names = placeholders(subject)
    choices = [values.get(name) or _numbered(name) for name in names]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > SUBJECTS_MAX:
        raise RuleError(
            subject, f"it stands for {total} subjects; at most {SUBJECTS_MAX} are played"
        )
    filled = tuple(_put(subject, dict(zip(names, each, strict=True))) for each in product(*choices))
    for each in filled:
        check_literal(each)
    return filled


def _put(subject: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: values[match[1]], subject)


def _numbered(name: str) -> list[str]:
    return [f"{name}{number}" for number in range(1, _VALUES_DEFAULT + 1)]


def _tokens(text: str, plain: str) -> list[str]:
    if not plain:
        raise RuleError(
            text, 'write a subject, such as orders.new; a lone > or * goes in quotes: ">"'
        )
    if not plain.isprintable() or " " in plain:
        raise RuleError(text, "a subject has no spaces; write orders.new")
    if len(plain) > SUBJECT_LENGTH_MAX:
        raise RuleError(text, f"a subject has at most {SUBJECT_LENGTH_MAX} characters")
    tokens = plain.split(".")
    if "" in tokens:
        raise RuleError(
            text, "a subject has no empty token: one dot between two words, none outside"
        )
    return tokens
