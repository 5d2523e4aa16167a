"""Which subjects a subscription's pattern matches, straight from the rules.

Source: docs.nats.io, "Subject-Based Messaging"; the edge cases as measured on nats-server 2.9.10
and 2.15.1.
"""

from collections.abc import Sequence

ONE = "*"
TAIL = ">"


def is_valid_pattern(pattern: str) -> bool:
    """Tell whether a server takes a SUB of this subject.

    No token is empty, and a token `>` stands last.

    >>> [is_valid_pattern(pattern) for pattern in ("a.*.>", "a*.b>", "a..b", "a.>.b", "")]
    [True, True, False, False, False]
    """
    tokens = pattern.split(".")
    return "" not in tokens and TAIL not in tokens[:-1]


def has_wildcard(pattern: str) -> bool:
    """Tell whether a pattern can match more than its own text.

    Only a whole token is a wildcard.

    >>> [has_wildcard(pattern) for pattern in ("a.*", "a.>", "a.b*", "a.b")]
    [True, True, False, False]
    """
    tokens = pattern.split(".")
    return ONE in tokens or TAIL in tokens


def matches(pattern: str, subject: str) -> bool:
    """Tell whether a message published to a subject goes to a subscription of a pattern.

    `*` stands for one token, `>` for one or more; all else is compared as it is, and so are `*`
    and `>` inside a longer token and any wildcard in the subject published to. A subject with an
    empty token goes to nobody.

    >>> matches("orders.*", "orders.new"), matches("orders.*", "orders"), matches(">", "a.b")
    (True, False, True)
    >>> matches("a.>", "a"), matches("a.>", "a.b.c"), matches("a*", "ab"), matches(">", "a..b")
    (False, True, False, False)
    >>> matches("a.*", "a.>"), matches("a.b", "a.*")
    (True, False)
    """
    return is_valid_pattern(pattern) and tokens_match(pattern.split("."), subject.split("."))


def tokens_match(pattern: Sequence[str], subject: Sequence[str]) -> bool:
    """Tell the same as `matches`, given the tokens of a valid pattern and of a subject."""
    if "" in subject:
        return False
    if pattern[-1] == TAIL:
        fixed = pattern[:-1]
        if len(subject) <= len(fixed):
            return False
    else:
        fixed = pattern
        if len(subject) != len(fixed):
            return False
    return all(wanted in (ONE, token) for wanted, token in zip(fixed, subject, strict=False))
