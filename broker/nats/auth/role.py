"""The role of a scoped signing key: what its users may do, with templates filled in for each.

Source: nats-server server/auth.go, processUserPermissionsTemplate.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from natsim.broker.nats.subject import is_valid_pattern
from natsim.record import record

from .claims import Grant, Rules
from .jwt_error import JwtError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .claims import Registered

EXPANSIONS_MAX = 4096
_TEMPLATE = re.compile(r"\{\{([^}]+)\}\}")
_TAG = re.compile(r"(tag|account-tag)\((.*)\)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]")
_EVERYTHING = ">"
_UNKNOWN = " "
"""What stands for a tag nobody has: a subject with it is no subject and falls away."""


@record
class Names:
    """What templates speak of: a user and its account."""

    user: Registered
    account: str
    account_name: str
    account_tags: tuple[str, ...]


def fill_role(role: Grant, names: Names) -> Grant:
    """Give what a role means for one user. Raises JwtError if that makes no sense.

    A deny rule that cannot be filled in is an error, an allow rule just falls away; once all have,
    everything is denied.
    """
    rules = role.rules
    filled = Rules(
        publish_allow=_fill_all(rules.publish_allow, names, is_lenient=True),
        publish_deny=_fill_all(rules.publish_deny, names, is_lenient=False),
        subscribe_allow=_fill_all(rules.subscribe_allow, names, is_lenient=True),
        subscribe_deny=_fill_all(rules.subscribe_deny, names, is_lenient=False),
        response=rules.response,
    )
    if rules.publish_allow and not filled.publish_allow:
        filled = replace(filled, publish_deny=(*filled.publish_deny, _EVERYTHING))
    if rules.subscribe_allow and not filled.subscribe_allow:
        filled = replace(filled, subscribe_deny=(*filled.subscribe_deny, _EVERYTHING))
    return replace(role, rules=filled)


def _fill_all(subjects: Sequence[str], names: Names, *, is_lenient: bool) -> tuple[str, ...]:
    if not any(_TEMPLATE.search(subject) for subject in subjects):
        return tuple(subjects)
    filled: list[str] = []
    for subject in subjects:
        for made in _fill(subject, names, is_lenient=is_lenient):
            if is_valid_pattern(made.encode()) and not _SPACE.search(made):
                filled.append(made)
            elif not is_lenient:
                raise JwtError("generated invalid subject")
        if len(filled) > EXPANSIONS_MAX:
            raise JwtError(f"template expansion exceeds limit: {EXPANSIONS_MAX}")
    return tuple(filled)


def _fill(subject: str, names: Names, *, is_lenient: bool) -> list[str]:
    templates = [found[0] for found in _TEMPLATE.finditer(subject)]
    choices = [_values(template[2:-2].strip(), names) for template in templates]
    if not is_lenient and [] in choices:
        raise JwtError(f'generated invalid subject "{subject}": a tag is not defined')
    choices = [values or [_UNKNOWN] for values in choices]
    if prod(len(values) for values in choices) > EXPANSIONS_MAX:
        raise JwtError(f"template expansion exceeds limit: {EXPANSIONS_MAX}")
    made: list[str] = []
    for values in product(*choices):
        filled = subject
        for template, value in zip(templates, values, strict=True):
            filled = filled.replace(template, value)
        made.append(filled)
    return made


def _values(operation: str, names: Names) -> list[str]:
    known = {
        "name()": names.user.name,
        "subject()": names.user.subject,
        "account-name()": names.account_name,
        "account-subject()": names.account,
    }
    if operation.lower() in known:
        return [known[operation.lower()]]
    tag = _TAG.fullmatch(operation)
    if tag is None:
        raise JwtError(f'template operation "{operation}" is not defined')
    tags = names.user.tags if tag[1].lower() == "tag" else names.account_tags
    prefix = f"{tag[2].lower()}:"
    return [text.removeprefix(prefix) for text in tags if text.startswith(prefix)]
