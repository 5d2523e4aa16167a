"""Which strings of a configuration are subjects; looser than the wire where nats-server is."""

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
    ones, others = one.split("."), other.split(".")
    for mine, theirs in zip(ones, others, strict=False):
        if ">" in (mine, theirs):
            return True
        if "*" not in (mine, theirs) and mine != theirs:
            return False
    return len(ones) == len(others)


def is_subset(narrow: str, wide: str) -> bool:
    """Tell if every subject of the first pattern is one of the second."""
    narrows, wides = narrow.split("."), wide.split(".")
    for at, token in enumerate(wides):
        if at >= len(narrows):
            return False
        if token == ">":
            return True
        if narrows[at] == ">" or (narrows[at] == "*" and token != "*"):
            return False
        if token != "*" and narrows[at] != token:
            return False
    return len(narrows) == len(wides)
