"""The block `authorization` of a listener that has but one user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.now import SECOND_NS

from .block import fill, is_integer, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .node import Node


@dataclass(slots=True)
class SimpleAuth:
    """timeout_ns: 0 where none is given."""

    user: str = ""
    password: str = ""
    token: str = ""
    timeout_ns: int = 0


def read_simple_auth(node: Node, report: Report) -> SimpleAuth:
    """Read the block. Raises Broken."""
    auth = SimpleAuth()
    fill(auth, _FIELDS, node, report)
    return auth


def _set_user(auth: SimpleAuth, node: Node, _: Report) -> None:
    auth.user = text(node)


def _set_password(auth: SimpleAuth, node: Node, _: Report) -> None:
    auth.password = text(node)


def _set_token(auth: SimpleAuth, node: Node, _: Report) -> None:
    auth.token = text(node)


def _set_timeout(auth: SimpleAuth, node: Node, _: Report) -> None:
    value = node.value
    is_number = isinstance(value, float) or is_integer(value)
    # What is no number is one second to nats-server.
    seconds = value if isinstance(value, (int, float)) and is_number else 1
    auth.timeout_ns = int(seconds * SECOND_NS)


_FIELDS: Mapping[str, Setter[SimpleAuth]] = {
    **dict.fromkeys(("user", "username"), _set_user),
    **dict.fromkeys(("pass", "password"), _set_password),
    "token": _set_token,
    "timeout": _set_timeout,
}
