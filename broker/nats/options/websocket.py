"""The listener for browsers."""

from dataclasses import dataclass, field

from natsim.broker.now import SECOND_NS

from .tls import TlsOptions

HANDSHAKE_TIMEOUT_NS = 2 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsocketOptions:
    """The block `websocket`.

    tls: None only with `no_tls`. allowed_origins: `scheme://host[:port]`, empty for all.
    user, password, token, no_auth_user: in place of those of `authorization`, empty for none; where
    one is set, none of those holds here.
    *_cookie: names of cookies that stand in for what CONNECT leaves out, empty for none.
    headers: (name, value) added to the answer to the upgrade.
    auth_timeout_ns: to log in here, None for that of the client port. no_tls: it is meant so.
    """

    host: str = "0.0.0.0"
    port: int = 0
    advertise: str = ""
    tls: TlsOptions | None = None
    same_origin: bool = False
    allowed_origins: tuple[str, ...] = ()
    compression: bool = False
    handshake_timeout_ns: int = HANDSHAKE_TIMEOUT_NS
    ping_interval_ns: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    no_auth_user: str = ""
    jwt_cookie: str = ""
    user_cookie: str = ""
    pass_cookie: str = ""
    token_cookie: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    auth_timeout_ns: int | None = None
    no_tls: bool = False
