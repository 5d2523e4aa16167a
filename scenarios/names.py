"""Names of nodes, and ranges of them: `p1`, `w1..w3`."""

import re

from .limits import CLIENTS_MAX, NAME_LENGTH_MAX, TITLE_LENGTH_MAX
from .mistake import RuleError

_NAME = "[a-z][a-z0-9-]*"
NAME_PATTERN = f"^{_NAME}$"
NAMES_PATTERN = rf"^{_NAME}(?:\.\.{_NAME})?$"
LINK_PATTERN = rf"^{_NAME}(?:\.\.{_NAME})?-{_NAME}(?:\.\.{_NAME})?$"

NAME_RULE = "a name is lower-case letters, digits and hyphens, and begins with a letter: p1"

# `default` and `clients-default` are keys of links.
RESERVED = ("default",)

_NUMBERED = "([a-z][a-z0-9-]*?)(0|[1-9][0-9]{0,8})"
_RANGE = re.compile(rf"{_NUMBERED}\.\.{_NUMBERED}")


def check_name(text: str) -> str:
    """Return the name of a node, or raise RuleError."""
    if not re.fullmatch(_NAME, text):
        raise RuleError(text, _name_rule(text))
    if len(text) > NAME_LENGTH_MAX:
        raise RuleError(text, f"a name has at most {NAME_LENGTH_MAX} characters")
    if text in RESERVED:
        raise RuleError(text, f"{text} is a word of links; choose another name")
    return text


def check_title(text: str) -> str:
    """Return the name of a scenario, which also names directories, or raise RuleError."""
    if not re.fullmatch("[a-z0-9][a-z0-9-]*", text):
        raise RuleError(text, "write lower-case letters, digits and hyphens: partition-heals")
    if len(text) > TITLE_LENGTH_MAX:
        raise RuleError(text, f"it has at most {TITLE_LENGTH_MAX} characters")
    return text


def check_names(text: str) -> str:
    """Return a name or a range of names as it is written, or raise RuleError."""
    if ".." in text:
        _range(text)
    else:
        check_name(text)
    return text


def expand_names(text: str) -> tuple[str, ...]:
    """Return the names of a range in order, or the one name; raise RuleError.

    >>> expand_names("w9..w11"), expand_names("p1")
    (('w9', 'w10', 'w11'), ('p1',))
    """
    if ".." not in text:
        return (check_name(text),)
    name, first, last = _range(text)
    return tuple(f"{name}{number}" for number in range(first, last + 1))


def _range(text: str) -> tuple[str, int, int]:
    match = _RANGE.fullmatch(text)
    if match is None or match[1] != match[3]:
        raise RuleError(text, "a range is one name with two numbers, such as w1..w3")
    name, first, last = match[1], int(match[2]), int(match[4])
    if first > last:
        raise RuleError(text, f"the smaller number comes first: {name}{last}..{name}{first}")
    if last - first >= CLIENTS_MAX:
        raise RuleError(text, f"a range has at most {CLIENTS_MAX} names")
    check_name(f"{name}{last}")  # the longest
    return name, first, last


def _name_rule(text: str) -> str:
    lowered = text.lower().replace("_", "-").replace(".", "-")
    if re.fullmatch(_NAME, lowered):
        return f"{NAME_RULE.removesuffix(': p1')}: write {lowered}"
    return NAME_RULE
