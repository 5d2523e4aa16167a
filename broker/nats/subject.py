"""Subjects: their tokens, and which are valid where.

Subjects are bytes: every byte but space, tab, CR and LF may stand in one.
"""

STAR = b"*"
TAIL = b">"


def is_valid_pattern(subject: bytes) -> bool:
    """Tell whether a subscription may use this subject.

    No token is empty, and the token `>` stands last. `*` and `>` inside a longer token are literal.

    >>> is_valid_pattern(b"a.*.>"), is_valid_pattern(b"a..b"), is_valid_pattern(b"a.>.b")
    (True, False, False)
    """
    tokens = subject.split(b".")
    return b"" not in tokens and TAIL not in tokens[:-1]


def is_literal(subject: bytes) -> bool:
    """Tell whether a subject names one place: valid, and no token is a wildcard.

    >>> is_literal(b"a.b"), is_literal(b"a.*"), is_literal(b"a*"), is_literal(b"a.")
    (True, False, True, False)
    """
    tokens = subject.split(b".")
    return b"" not in tokens and STAR not in tokens and TAIL not in tokens


def has_wildcard(subject: bytes) -> bool:
    """Tell whether a valid pattern can match more than its own text."""
    return not is_literal(subject)
