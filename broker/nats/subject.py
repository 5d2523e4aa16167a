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
    """Tell whether a valid pattern can match more than its own text.

    >>> has_wildcard(b"a.*"), has_wildcard(b">"), has_wildcard(b"a.b"), has_wildcard(b"a*.b>")
    (True, True, False, False)
    """
    if STAR not in subject and TAIL not in subject:
        return False
    tokens = subject.split(b".")
    return STAR in tokens or tokens[-1] == TAIL


def literal_prefix(pattern: bytes) -> bytes:
    """Give what every subject that a valid pattern matches begins with.

    >>> literal_prefix(b"a.b.*.c"), literal_prefix(b"a*.>"), literal_prefix(b">")
    (b'a.b.', b'a*.', b'')
    """
    # Dots around, so that a wildcard is found as a whole token wherever it stands.
    dotted = b"." + pattern + b"."
    starts = [at for at in (dotted.find(b".*."), dotted.find(b".>.")) if at >= 0]
    return pattern[: min(starts, default=len(pattern))]


def pattern_matches(pattern: bytes, subject: bytes) -> bool:
    """Tell whether a valid pattern matches a subject that has no empty token.

    >>> pattern_matches(b"a.*", b"a.b"), pattern_matches(b"a.>", b"a"), pattern_matches(b"*", b"b")
    (True, False, True)
    """
    wanted, tokens = pattern.split(b"."), subject.split(b".")
    if wanted[-1] == TAIL:
        wanted.pop()
        if len(tokens) <= len(wanted):
            return False
    elif len(tokens) != len(wanted):
        return False
    return all(one in (STAR, other) for one, other in zip(wanted, tokens, strict=False))
