"""Who may connect."""

from dataclasses import dataclass
from enum import StrEnum

from .permissions import Permissions


class ConnectionType(StrEnum):
    """Ways to connect that a user can be held to (`allowed_connection_types`)."""

    STANDARD = "STANDARD"
    WEBSOCKET = "WEBSOCKET"
    LEAFNODE = "LEAFNODE"
    LEAFNODE_WS = "LEAFNODE_WS"
    MQTT = "MQTT"
    MQTT_WS = "MQTT_WS"
    IN_PROCESS = "IN_PROCESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserOptions:
    """One user of the table: known by a name, or by an nkey (`U...`), never both.

    password: plain, or a bcrypt hash. permissions: None for the default ones.
    connection_types: empty for all. account: empty for the global account `$G`.
    """

    name: str = ""
    password: str = ""
    nkey: str = ""
    permissions: Permissions | None = None
    connection_types: tuple[ConnectionType, ...] = ()
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalloutOptions:
    """A service that decides who may connect.

    issuer: the account key (`A...`) that signs its answers. account: where it listens.
    auth_users: names or nkeys of the users that are not asked about. xkey: empty for no encryption.
    allowed_accounts: whose users are asked about, empty for all.
    """

    issuer: str
    account: str = ""
    auth_users: tuple[str, ...] = ()
    allowed_accounts: tuple[str, ...] = ()
    xkey: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorOptions:
    """Operator mode: accounts and users come as JWTs.

    operators: the operators' JWTs. trusted_keys: operator keys (`O...`) given without a JWT.
    accounts: (account key, account JWT), as `resolver_preload` has them.
    has_resolver: `resolver: MEMORY` is given. pinned_accounts: the only account keys (`A...`) let
    in, empty for all. default_sentinel: the JWT of clients that bring none, empty for none.
    """

    operators: tuple[str, ...] = ()
    trusted_keys: tuple[str, ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()
    has_resolver: bool = False
    pinned_accounts: tuple[str, ...] = ()
    default_sentinel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationOptions:
    """The block `authorization`, and the users of all accounts.

    user, password, token: the single user of a server without a table, empty for none.
    timeout_ns: None for the default (2 s; with TLS its own time-out and 1 s more).
    users: all of them, also those written inside `accounts`, with their account.
    no_auth_user: the user of clients that bring no credentials, empty for none.
    operator: None outside operator mode. has_block: the block is given, even if it is empty.
    """

    user: str = ""
    password: str = ""
    token: str = ""
    timeout_ns: int | None = None
    users: tuple[UserOptions, ...] = ()
    default_permissions: Permissions | None = None
    no_auth_user: str = ""
    callout: CalloutOptions | None = None
    operator: OperatorOptions | None = None
    has_block: bool = False
