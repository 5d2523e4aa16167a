"""The block `authorization`, of the server, a cluster or a gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.now import SECOND_NS

from .block import Broken, fill, text
from .callout import read_callout
from .permissions import read_permissions
from .users import read_users, set_proxy_required, with_default
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from natsim.broker.nats.options import CalloutOptions, Permissions, UserOptions

    from .block import Report, Setter
    from .node import Node

_HIGH_TIMEOUT_S = 60


@dataclass(slots=True)
class Authorization:
    """What the block says. users: None where there is no array of them."""

    user: str = ""
    password: str = ""
    token: str = ""
    timeout_ns: int = 0
    users: list[UserOptions] | None = None
    default_permissions: Permissions | None = None
    callout: CalloutOptions | None = None


def read_authorization(node: Node, report: Report) -> Authorization:
    """Read the block; users have got the default permissions. Raises Broken."""
    draft = Authorization()
    fill(draft, _FIELDS, node, report)
    if draft.users is not None:
        draft.users = with_default(draft.users, draft.default_permissions)
    return draft


def read_timeout(node: Node, where: str) -> float:
    """Give a time-out in seconds, from a number of them or a time span. Raises Broken."""
    match node.value:
        case bool():
            raise Broken(f"error parsing {where} config, 'timeout' wrong type", node.place)
        case int() | float():
            return float(node.value)
        case str():
            try:
                return parse_duration(node.value) / SECOND_NS
            except DurationError as error:
                raise Broken(
                    f"error parsing {where} config, 'timeout' {error}", node.place
                ) from error
        case _:
            raise Broken(f"error parsing {where} config, 'timeout' wrong type", node.place)


def set_authorization_timeout(node: Node, report: Report, where: str = "authorization") -> int:
    """Give the nanoseconds to log in, and warn when they are many."""
    seconds = read_timeout(node, where)
    if seconds > _HIGH_TIMEOUT_S:
        report.misused(
            "timeout",
            f"timeout of {plain(node.value)} ({seconds:f} seconds) is high, consider keeping it "
            "under 60 seconds. possibly caused by unquoted duration; use '1m' instead of 1m, "
            "for example",
            node.place,
        )
    return int(seconds * SECOND_NS)


def _set_user(draft: Authorization, node: Node, _: Report) -> None:
    draft.user = text(node)


def _set_password(draft: Authorization, node: Node, _: Report) -> None:
    draft.password = text(node)


def _set_token(draft: Authorization, node: Node, _: Report) -> None:
    draft.token = text(node)


def _set_timeout(draft: Authorization, node: Node, report: Report) -> None:
    draft.timeout_ns = set_authorization_timeout(node, report)


def _set_users(draft: Authorization, node: Node, report: Report) -> None:
    draft.users = report.attempt(read_users, node)


def _set_default_permissions(draft: Authorization, node: Node, report: Report) -> None:
    draft.default_permissions = report.attempt(read_permissions, node)


def _set_callout(draft: Authorization, node: Node, report: Report) -> None:
    draft.callout = report.attempt(read_callout, node)


_FIELDS: Mapping[str, Setter[Authorization]] = {
    **dict.fromkeys(("user", "username"), _set_user),
    **dict.fromkeys(("pass", "password"), _set_password),
    "token": _set_token,
    "timeout": _set_timeout,
    "users": _set_users,
    **dict.fromkeys(
        ("default_permission", "default_permissions", "permissions"), _set_default_permissions
    ),
    **dict.fromkeys(("auth_callout", "auth_hook"), _set_callout),
    "proxy_required": set_proxy_required,
}
