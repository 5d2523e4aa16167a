"""The accounts of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .account import Account
from .options import AccountOptions
from .options.account import GLOBAL_ACCOUNT

if TYPE_CHECKING:
    from .options import Options


class Accounts:
    """All accounts by name, the global and the system account always among them."""

    __slots__ = ("_by_name", "global_account", "system_account")

    def __init__(self, options: Options) -> None:
        self._by_name = {each.name: Account(each) for each in options.accounts}
        self.global_account = self._grow(GLOBAL_ACCOUNT)
        self.system_account = self._grow(options.system_account)

    def get(self, name: str) -> Account | None:
        """Find an account, None if there is no such one."""
        return self._by_name.get(name)

    def all(self) -> list[Account]:
        """List the accounts, in the order of the configuration."""
        return list(self._by_name.values())

    def _grow(self, name: str) -> Account:
        if name not in self._by_name:
            self._by_name[name] = Account(AccountOptions(name=name))
        return self._by_name[name]
