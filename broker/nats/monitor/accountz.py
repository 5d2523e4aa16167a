"""/accountz: the accounts, or one in detail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.auth.claims import AccountClaims
from natsim.broker.nats.auth.jwt import decode_as
from natsim.broker.nats.go_json import is_text
from natsim.broker.nats.json_text import Fields, present
from natsim.broker.nats.times import go_time

from .claims_json import claims_json
from .errors import BadRequest
from .question import read_options
from .sharing import exports, imports, mappings
from .subsz import sublist_fields

if TYPE_CHECKING:
    from natsim.broker.nats.account import Account
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

    from .query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Accountz:
    """A question to /accountz. account: empty for the names of all."""

    account: str = ""

    @classmethod
    def of_query(cls, query: Query) -> Accountz:
        """Read the options of a URL."""
        return cls(account=query.text("acc"))

    @classmethod
    def of_json(cls, text: bytes) -> Accountz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        return cls(**read_options(text, {"account": ("account", is_text)}))

    def answer(self, state: State, _: ProcessStatistics) -> Fields:
        """Give the names, or the detail."""
        fields: Fields = {
            "server_id": state.identity.server_id,
            "now": go_time(state.now.wall_ns),
            "system_account": state.accounts.system_account.name,
        }
        if not self.account:
            return {**fields, "accounts": [account.name for account in state.accounts.all()]}
        account = state.accounts.get(self.account)
        if account is None:
            raise BadRequest(f"Account {self.account} does not exist")
        return {**fields, "account_detail": _detail(state, account)}


def _detail(state: State, account: Account) -> Fields:
    is_system = account is state.accounts.system_account
    clients = sum(client.account is account for client in state.clients.values())
    return {
        "account_name": account.name,
        "update_time": go_time(state.configured.wall_ns),
        **present({"is_system": is_system}),
        "expired": False,
        "complete": True,
        "jetstream_enabled": False,
        "leafnode_connections": 0,
        "client_connections": clients,
        "subscriptions": account.sublist.count,
        **present(
            {
                "mappings": mappings(account.options, state.options, account.name),
                "exports": exports(account.options),
                "imports": imports(account.options),
            }
        ),
        **_credentials(state, account),
        "sublist_stats": sublist_fields(account.sublist.statistics()),
    }


def _credentials(state: State, account: Account) -> Fields:
    """Give what the JWT of an account says; a configured one has just a name."""
    operator = state.options.authorization.operator
    token = dict(operator.accounts).get(account.name, "") if operator else ""
    if not token:
        return {"name_tag": account.name_tag}
    claims = decode_as(AccountClaims, token).registered
    return present(
        {
            "jwt": token,
            "issuer_key": claims.issuer,
            "name_tag": account.name_tag,
            "tags": claims.tags,
            "decoded_jwt": claims_json(token),
        }
    )
