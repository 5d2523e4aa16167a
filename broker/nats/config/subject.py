"""Which strings of a configuration are subjects; looser than the wire where nats-server is."""

from natsim.broker.nats import pattern

from .source import bytes_of

_WHITE = frozenset("\t\n\f\r ")


def is_subject(text: str) -> bool:
    """Tell if a pattern may be written in a configuration."""
    tokens = text.split(".")
    if ">" in tokens[:-1]:
        return False
    return all(token and not _WHITE.intersection(token) for token in tokens)


def is_literal(text: str) -> bool:
    """Tell if a subject has no wildcard among its tokens."""
    return "*" not in text.split(".") and ">" not in text.split(".")


def collides(one: str, other: str) -> bool:
    """Tell if some literal subject matches both patterns."""
    return pattern.do_overlap(_tokens(one), _tokens(other))


def is_subset(narrow: str, wide: str) -> bool:
    """Tell if every subject of the first pattern is one of the second."""
    return pattern.is_subset(_tokens(narrow), _tokens(wide))


def _tokens(text: str) -> list[bytes]:
    return bytes_of(text).split(b".")
