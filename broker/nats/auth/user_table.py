"""The users of a configuration, those of all its accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.options import UserOptions
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT

if TYPE_CHECKING:
    from natsim.broker.nats.options import Options, Permissions

NOBODY = UserOptions(name="nats-00000000", password="00000000", account=GLOBAL_ACCOUNT)
"""Who clients without credentials are, where only the system account has users.

nats-server draws the name at each start.
"""


class UserTable:
    """Users by name and by nkey. is_used: false on a server without a table.

    no_auth_user: the user of clients that bring no credentials, empty for none.
    """

    __slots__ = ("_default_permissions", "by_name", "by_nkey", "is_used", "no_auth_user")

    def __init__(self, options: Options) -> None:
        users = options.authorization.users
        self.no_auth_user = options.authorization.no_auth_user
        if _has_system_account_only(options):
            users = (*users, NOBODY)
            self.no_auth_user = NOBODY.name
        self.is_used = bool(users)
        self.by_name = {user.name: user for user in users if not user.nkey}
        self.by_nkey = {user.nkey: user for user in users if user.nkey}
        self._default_permissions = _default_permissions(options)

    def permissions_of(self, user: UserOptions) -> Permissions | None:
        """Give a user's permissions, None for everything."""
        if user.permissions is not None:
            return user.permissions
        return self._default_permissions.get(user.account)


def _default_permissions(options: Options) -> dict[str, Permissions]:
    by_account = {account.name: account.default_permissions for account in options.accounts}
    # Users of the block `authorization` have no account.
    by_account[""] = options.authorization.default_permissions
    return {name: defaults for name, defaults in by_account.items() if defaults is not None}


def _has_system_account_only(options: Options) -> bool:
    """Tell if all a configuration says of clients is who may use the system account.

    Then strangers still come to `$G`, as on a server without users.
    """
    said = options.authorization
    is_silent = (
        said.operator is None
        and said.callout is None
        and said.timeout_ns is None
        and said.default_permissions is None
        and not (said.user or said.token or said.no_auth_user)
    )
    accounts = [account.name for account in options.accounts if account.name != GLOBAL_ACCOUNT]
    return (
        is_silent
        and accounts == [options.system_account]
        and all(user.account in accounts for user in said.users)
    )
