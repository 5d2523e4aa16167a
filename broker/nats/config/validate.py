"""What a server finds wrong with its options when it starts, after they were read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from natsim.broker.nats.duration import go_duration
from natsim.broker.nats.nkey import KeyKind, is_public_key
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT, SYSTEM_ACCOUNT
from natsim.broker.nats.quote import quoted

from .address import advertise_mistake
from .mistake import refuse

if TYPE_CHECKING:
    from natsim.broker.nats.options import (
        AuthorizationOptions,
        MonitorOptions,
        OperatorOptions,
        Options,
        WebsocketOptions,
    )

_ORIGIN = re.compile(
    r"https?://([^/?#\s]*@)?(\[[^\]/?#\s]*\]|[^:/?#@\s]+)(?P<port>:[^/?#\s]*)?([/?#]\S*)?",
    re.IGNORECASE,
)
_HEADERS_OF_OURS = ("host", "content-length", "connection", "upgrade", "nats-no-masking")


def validate(options: Options) -> None:
    """Check options as nats-server does when it starts.

    What operators' and accounts' JWTs say is not looked at.
    Raises ConfigError with the first mistake.
    """
    _check_limits(options)
    authorization = options.authorization
    if authorization.operator is not None:
        _check_operator(authorization.operator, options)
    _check_no_auth_user(authorization.no_auth_user, authorization)
    if options.websocket is not None:
        _check_websocket(options.websocket, authorization)
    _check_system_account(options)


def validate_monitor(options: Options) -> None:
    """Check what nats-server finds only when monitoring begins to listen, and logs as fatal.

    Raises ConfigError with the first mistake.
    """
    if options.monitor is not None:
        _check_monitor(options.monitor, options)


def validate_advertise(options: Options) -> None:
    """Check what nats-server finds only when it listens already, and logs as fatal.

    Raises ConfigError.
    """
    mistake = advertise_mistake(options.client_advertise)
    if mistake:
        raise refuse(
            "Error setting server INFO with ClientAdvertise value of "
            f"{options.client_advertise}, err={mistake}"
        )


def _check_limits(options: Options) -> None:
    if options.lame_duck_duration_ns > 0 and (
        options.lame_duck_grace_ns >= options.lame_duck_duration_ns
    ):
        raise refuse(
            f"lame duck grace period ({go_duration(options.lame_duck_grace_ns)}) should be "
            "strictly lower than lame duck duration "
            f"({go_duration(options.lame_duck_duration_ns)})"
        )
    if options.max_payload > options.max_pending:
        raise refuse(
            f"max_payload ({options.max_payload}) cannot be higher than "
            f"max_pending ({options.max_pending})"
        )
    if " " in options.server_name:
        raise refuse("server name cannot contain spaces")
    # nats-server starts with these, and then serves no one.
    for name, value in (
        ("max_control_line", options.max_control_line),
        ("max_pending", options.max_pending),
    ):
        if value < 1:
            raise refuse(f"{name} is {value}; it must be 1 or more")
    if options.ping_interval_ns < 1:
        raise refuse(f"ping_interval is {options.ping_interval_ns} ns; it must be 1 or more")
    if options.ping_max < 0 or options.max_subscriptions < 0:
        raise refuse("ping_max and max_subscriptions cannot be negative")


def _check_operator(operator: OperatorOptions, options: Options) -> None:
    authorization = options.authorization
    if not operator.operators:
        if operator.default_sentinel:
            raise refuse("default sentinel requires operators and accounts")
        return
    if not operator.has_resolver:
        raise refuse("operators require an account resolver to be configured")
    if options.accounts or options.mappings:
        raise refuse("operators do not allow Accounts to be configured directly")
    if authorization.users:
        raise refuse("operators do not allow users to be configured directly")
    if operator.trusted_keys:
        raise refuse("conflicting options for 'TrustedKeys' and 'TrustedOperators'")
    for key in operator.pinned_accounts:
        if not is_public_key(key, KeyKind.ACCOUNT):
            raise refuse(f"pinned account key {quoted(key)} is not a valid public account nkey")
    if authorization.callout is not None:
        raise refuse("operators do not allow authorization callouts to be configured directly")


def _check_no_auth_user(name: str, authorization: AuthorizationOptions) -> None:
    if not name:
        return
    if authorization.operator is not None and authorization.operator.operators:
        raise refuse("no_auth_user not compatible with Trusted Operator")
    if not authorization.users:
        raise refuse(f'no_auth_user: "{name}" present, but users/nkeys are not defined')
    if not any(name in (user.name, user.nkey) for user in authorization.users):
        raise refuse(
            f'no_auth_user: "{name}" not present as user or nkey in authorization block or '
            "account configuration"
        )


def _check_websocket(websocket: WebsocketOptions, authorization: AuthorizationOptions) -> None:
    if websocket.tls is None and not websocket.no_tls:
        raise refuse("websocket requires TLS configuration")
    for origin in websocket.allowed_origins:
        _check_origin(origin)
    _check_no_auth_user(websocket.no_auth_user, authorization)
    if authorization.users:
        for what, value in (("username", websocket.user), ("token", websocket.token)):
            if value:
                raise refuse(
                    f"websocket authentication {what} not compatible with presence of users/nkeys"
                )
    operator = authorization.operator
    is_trusting = operator is not None and (operator.operators or operator.trusted_keys)
    if websocket.jwt_cookie and not is_trusting:
        raise refuse(
            "trusted operators or trusted keys configuration is required for JWT authentication "
            f"via cookie {quoted(websocket.jwt_cookie)}"
        )
    for name, _ in websocket.headers:
        _check_header(name)


def _check_origin(origin: str) -> None:
    found = _ORIGIN.fullmatch(origin)
    if found is not None:
        _check_port(origin, found["port"])
        return
    if "://" not in origin and not origin.startswith("/"):
        raise refuse(
            f"unable to parse allowed origin: parse {quoted(origin)}: invalid URI for request"
        )
    scheme = origin.partition("://")[0].lower()
    if scheme not in ("http", "https"):
        raise refuse(
            f"unable to parse allowed origin {quoted(origin)}: allowed origins must be absolute "
            "URLs with http or https scheme"
        )
    raise refuse(f"unable to parse allowed origin {quoted(origin)}: host is required")


def _check_port(origin: str, port: str | None) -> None:
    if port and not (port.isascii() and port[1:].isdecimal()):
        raise refuse(
            f"unable to parse allowed origin: parse {quoted(origin)}: "
            f"invalid port {quoted(port)} after host"
        )


def _check_header(name: str) -> None:
    if name.lower() in _HEADERS_OF_OURS:
        raise refuse(f"websocket: invalid header {quoted(name)} not allowed")
    if name.lower().startswith("sec-websocket-"):
        raise refuse(
            f'websocket: invalid header {quoted(name)}, "Sec-WebSocket-" prefix not allowed'
        )


def _check_system_account(options: Options) -> None:
    name = options.system_account
    if name in ("", GLOBAL_ACCOUNT, SYSTEM_ACCOUNT, *(one.name for one in options.accounts)):
        return
    operator = options.authorization.operator
    if operator is not None and operator.has_resolver:
        if not is_public_key(name, KeyKind.ACCOUNT):
            raise refuse("error resolving system account: will only fetch valid account keys")
        if name in dict(operator.accounts):
            return
    raise refuse("error resolving system account: account missing")


def _check_monitor(monitor: MonitorOptions, options: Options) -> None:
    if monitor.other_port:
        raise refuse(
            f"Can't start monitoring: can't specify both HTTP ({monitor.port}) and HTTPs "
            f"({monitor.other_port}) ports"
        )
    if monitor.is_tls and options.tls is None:
        raise refuse("Can't start monitoring: TLS cert and key required for HTTPS")
