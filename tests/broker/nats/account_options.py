"""Options with accounts, each with a user of its name in small letters."""

from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    Options,
    Permissions,
    UserOptions,
)


def options_of(*accounts: AccountOptions, **permissions: Permissions) -> Options:
    """Give accounts their users, whose passwords are their names; permissions: by user."""
    users = tuple(
        UserOptions(
            name=_user(account),
            password=_user(account),
            account=account.name,
            permissions=permissions.get(_user(account)),
        )
        for account in accounts
    )
    return Options(
        host="127.0.0.1", accounts=accounts, authorization=AuthorizationOptions(users=users)
    )


def _user(account: AccountOptions) -> str:
    return account.name.lower().removeprefix("$")
