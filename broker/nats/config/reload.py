"""What may change while a server runs, and what it says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from natsim.broker.nats import limits
from natsim.broker.nats.duration import go_duration
from natsim.broker.nats.options import OperatorOptions, TlsOptions, WebsocketOptions
from natsim.broker.nats.options.account import SYSTEM_ACCOUNT
from natsim.broker.now import SECOND_NS

from .address import advertise_mistake
from .mistake import refuse
from .validate import validate
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from natsim.broker.nats.options import MonitorOptions, Options, UserOptions

T = TypeVar("T")

_SECRET = "[REDACTED]"
_ADDRESS = "0xc000000000"
"""Go prints where its TLS configuration is in memory; natsim has no such place."""


@dataclass(frozen=True, slots=True)
class Change:
    """One option that changes. line: for the log, in the order of the changes."""

    line: str


_Rule: TypeAlias = "Callable[[Options, Options], list[str]]"


def changes(old: Options, new: Options) -> list[Change]:
    """Compare options as nats-server does when it reloads, and in its order.

    old: with the ports that are really listened on, but for that of monitoring. new: port 0 is
    taken for that of old.
    Raises ConfigError, and then nothing may change.
    """
    validate(new)
    return [Change(line) for rule in _RULES for line in rule(old, new)]


# Kinds of rules


def _fixed(name: str, show: Callable[[Options], str]) -> _Rule:
    """Refuse a change. name: of the field in Go."""

    def rule(old: Options, new: Options) -> list[str]:
        before, after = show(old), show(new)
        if before != after:
            raise _unsupported(name, before, after)
        return []

    return rule


def _told(name: str, show: Callable[[Options], str]) -> _Rule:
    """Say the new value."""
    return _said(show, lambda new: f"Reloaded: {name} = {show(new)}")


def _said(get: Callable[[Options], object], say: Callable[[Options], str]) -> _Rule:
    """Say something when a value changes."""

    def rule(old: Options, new: Options) -> list[str]:
        return [] if get(old) == get(new) else [say(new)]

    return rule


def _always(line: str) -> _Rule:
    """Say what nats-server says whether it changed or not."""
    return lambda _old, _new: [line]


def _unsupported(name: str, before: str, after: str) -> Exception:
    return refuse(f"config reload not supported for {name}: old={before}, new={after}")


# Options with rules of their own


def _port(old: Options, new: Options) -> list[str]:
    if new.port not in (0, old.port):
        raise _unsupported("Port", str(old.port), str(new.port))
    return []


def _client_advertise(old: Options, new: Options) -> list[str]:
    advertise = new.client_advertise
    if advertise == old.client_advertise:
        return []
    mistake = advertise_mistake(advertise)
    if mistake:
        raise refuse(f"invalid ClientAdvertise value of {advertise}, err={mistake}")
    return [f"Reload: client_advertise = {advertise}"]


def _nkey_users(old: Options, new: Options) -> list[str]:
    before, after = _with_nkeys(old), _with_nkeys(new)
    # nats-server compares what accounts hold as well, which is never the same twice.
    is_same = before == after and not any(user.account for user in before)
    return [] if is_same else ["Reloaded: authorization nkey users"]


def _with_nkeys(options: Options) -> list[UserOptions]:
    users = [user for user in options.authorization.users if user.nkey]
    return sorted(users, key=lambda user: user.nkey)


def _no_auth_user(old: Options, new: Options) -> list[str]:
    before, after = old.authorization.no_auth_user, new.authorization.no_auth_user
    is_taken_with_its_user = not after and not any(
        user.name == before for user in new.authorization.users
    )
    if before != after and not is_taken_with_its_user:
        raise _unsupported("NoAuthUser", before, after)
    return []


def _cluster(old: Options, new: Options) -> list[str]:
    if old.cluster_name == new.cluster_name:
        return []
    if not new.cluster_name:
        return ["Reloaded: cluster"]
    return [f"Cluster name updated to {new.cluster_name}", "Reloaded: cluster"]


def _websocket(old: Options, new: Options) -> list[str]:
    before, after = old.websocket, new.websocket
    if before is not None and after is not None and after.port == 0:
        after = replace(after, port=before.port)
    if _but_tls(before) != _but_tls(after) or _is_mapped(before) != _is_mapped(after):
        raise _unsupported("Websocket", _show_websocket(before), _show_websocket(after))
    return []


def _but_tls(websocket: WebsocketOptions | None) -> WebsocketOptions | None:
    return websocket and replace(
        websocket, tls=None, allowed_origins=tuple(sorted(websocket.allowed_origins))
    )


def _is_mapped(websocket: WebsocketOptions | None) -> bool:
    return bool(websocket and websocket.tls and websocket.tls.verify_and_map)


def _show_websocket(websocket: WebsocketOptions | None) -> str:
    one = websocket or WebsocketOptions(host="", handshake_timeout_ns=0)
    handshake_ns = one.handshake_timeout_ns
    is_default = handshake_ns == WebsocketOptions().handshake_timeout_ns
    tls = _ADDRESS if one.tls else "<nil>"
    shown = [
        one.host,
        str(one.port),
        one.advertise,
        one.no_auth_user,
        one.jwt_cookie,
        one.user_cookie,
        one.pass_cookie,
        one.token_cookie,
        one.user,
        _SECRET if one.password else "",
        _SECRET if one.token else "",
        plain((one.auth_timeout_ns or 0) / SECOND_NS),
        plain(one.no_tls),
        tls,
        plain(_is_mapped(one)),
        "map[]",
        plain(one.same_origin),
        f"[{' '.join(one.allowed_origins)}]",
        plain(one.compression),
        go_duration(0 if is_default else handshake_ns),
        go_duration(one.ping_interval_ns),
        _map(dict(one.headers)),
        tls,
    ]
    return "{" + " ".join(shown) + "}"


def _pid_file(old: Options, new: Options) -> list[str]:
    # A server that is to have no file any more leaves the old one and is silent.
    is_new = new.pid_file not in ("", old.pid_file)
    return [f"Reloaded: pid_file = {new.pid_file}"] if is_new else []


def _resolver(old: Options, new: Options) -> list[str]:
    before, after = _operator(old), _operator(new)
    if before.has_resolver != after.has_resolver:
        raise refuse("config reload does not support moving to or from an account resolver")
    return ["Reloaded: accounts"] if before.accounts != after.accounts else []


# Values as Go shows them


def _monitor_host(options: Options) -> str:
    return (options.monitor.host if options.monitor else "") or options.host


def _monitor_port(options: Options, *, is_tls: bool) -> str:
    monitor: MonitorOptions | None = options.monitor
    if monitor is None or monitor.is_tls is not is_tls:
        return "0"
    # As it is written, whatever is listened on.
    return str(monitor.port or -1)


def _tls(options: Options) -> TlsOptions:
    return options.tls or TlsOptions()


def _tls_context(options: Options) -> TlsOptions | None:
    """Give what new connections are secured with; the rest has lines of its own."""
    return options.tls and replace(
        options.tls,
        timeout_ns=0,
        verify_and_map=False,
        pinned_certs=(),
        connection_rate_limit=0,
        handshake_first=None,
        allow_non_tls=False,
    )


def _first_delay_ns(options: Options) -> int:
    first = _tls(options).handshake_first
    return (first.delay_ns if first else None) or 0


def _auth_timeout(options: Options) -> str:
    timeout_ns = options.authorization.timeout_ns
    if timeout_ns is None:
        timeout_ns = (
            limits.AUTH_TIMEOUT_NS if options.tls is None else options.tls.timeout_ns + SECOND_NS
        )
    return _seconds(timeout_ns)


def _seconds(ns: int) -> str:
    return plain(ns / SECOND_NS)


def _system_account(options: Options) -> str:
    # The usual one is not written anywhere.
    return "" if options.system_account == SYSTEM_ACCOUNT else options.system_account


def _callout(options: Options) -> str:
    callout = options.authorization.callout
    if callout is None:
        return "<nil>"
    users, accounts = " ".join(callout.auth_users), " ".join(callout.allowed_accounts)
    return f"&{{{callout.issuer} {callout.account} [{users}] {callout.xkey} [{accounts}]}}"


def _operator(options: Options) -> OperatorOptions:
    return options.authorization.operator or OperatorOptions()


def _map(values: dict[str, str]) -> str:
    return f"map[{' '.join(f'{key}:{values[key]}' for key in sorted(values))}]"


def _feature_flags(options: Options) -> str:
    return _map({name: plain(is_on) for name, is_on in options.feature_flags.items()})


def _write_timeout(options: Options) -> str:
    return options.write_timeout.value.removeprefix("default")


def _stalling(new: Options) -> str:
    return f"Reloaded: fast producers will {'' if new.stalls_fast_producers else 'not '}be stalled"


_RULES: Sequence[_Rule] = (
    _fixed("ServerName", lambda o: o.server_name),
    _fixed("Host", lambda o: o.host),
    _port,
    _client_advertise,
    _told("trace", lambda o: plain(o.log.trace)),
    _told("debug", lambda o: plain(o.log.debug)),
    _told("trace_verbose", lambda o: plain(o.log.trace_verbose)),
    _told("trace_headers", lambda o: plain(o.log.trace_headers)),
    _fixed("NoSublistCache", lambda o: plain(not o.caches_subjects)),
    _fixed("NoHeaderSupport", lambda o: plain(not o.has_headers)),
    _told("logtime", lambda o: plain(o.log.logtime)),
    _told("logtime_utc", lambda o: plain(o.log.logtime_utc)),
    _told("max_connections", lambda o: str(o.max_connections)),
    _fixed("MaxSubs", lambda o: str(o.max_subscriptions)),
    _fixed("MaxSubTokens", lambda o: str(o.max_subscription_tokens)),
    _nkey_users,
    _always("Reloaded: authorization users"),
    _always("Reloaded: accounts"),
    _no_auth_user,
    _told("default_sentinel", lambda o: _operator(o).default_sentinel),
    _fixed("SystemAccount", _system_account),
    _fixed("NoSystemAccount", lambda o: plain(o.system_account == "")),
    _said(lambda o: o.authorization.user, lambda _: "Reloaded: authorization username"),
    _said(lambda o: o.authorization.password, lambda _: "Reloaded: authorization password"),
    _said(lambda o: o.authorization.token, lambda _: "Reloaded: authorization token"),
    _fixed("AuthCallout", _callout),
    _told("ping_interval", lambda o: go_duration(o.ping_interval_ns)),
    _told("ping_max", lambda o: str(o.ping_max)),
    _fixed("HTTPHost", _monitor_host),
    _fixed("HTTPPort", lambda o: _monitor_port(o, is_tls=False)),
    _fixed("HTTPBasePath", lambda o: o.monitor.base_path if o.monitor else ""),
    _fixed("HTTPSPort", lambda o: _monitor_port(o, is_tls=True)),
    _told("authorization timeout", _auth_timeout),
    _told("max_control_line", lambda o: str(o.max_control_line)),
    _told("max_payload", lambda o: str(o.max_payload)),
    _fixed("MaxPending", lambda o: str(o.max_pending)),
    _said(lambda o: o.stalls_fast_producers, _stalling),
    _cluster,
    _websocket,
    _fixed("ProfPort", lambda o: str(o.profile_port)),
    _told("prof_block_rate", lambda o: str(o.profile_block_rate)),
    _pid_file,
    _told("ports_file_dir", lambda o: o.ports_file_dir),
    _told("log_file", lambda o: o.log.logfile),
    _fixed("LogSizeLimit", lambda o: str(o.log.size_limit)),
    _fixed("LogMaxFiles", lambda o: str(o.log.max_files)),
    _told("syslog", lambda o: plain(o.log.syslog)),
    _told("remote_syslog", lambda o: o.log.remote_syslog),
    _told("tls timeout", lambda o: _seconds(_tls(o).timeout_ns)),
    _fixed("TLSMap", lambda o: plain(_tls(o).verify_and_map)),
    _said(_tls_context, lambda new: f"Reloaded: tls = {'enabled' if new.tls else 'disabled'}"),
    _said(
        lambda o: sorted(_tls(o).pinned_certs),
        lambda new: f"Reloaded: {len(_tls(new).pinned_certs)} pinned_certs",
    ),
    _fixed("TLSRateLimit", lambda o: str(_tls(o).connection_rate_limit)),
    _said(
        lambda o: _tls(o).handshake_first is None,
        lambda new: (
            "Reloaded: Client TLS handshake first: " + plain(_tls(new).handshake_first is not None)
        ),
    ),
    _said(
        _first_delay_ns,
        lambda new: (
            "Reloaded: Client TLS handshake first fallback delay: "
            + go_duration(_first_delay_ns(new))
        ),
    ),
    _fixed("AllowNonTLS", lambda o: plain(_tls(o).allow_non_tls)),
    _told("write_deadline", lambda o: go_duration(o.write_deadline_ns)),
    _fixed("WriteTimeout", _write_timeout),
    _fixed("MaxClosedClients", lambda o: str(o.max_closed_clients)),
    _fixed("LameDuckDuration", lambda o: go_duration(o.lame_duck_duration_ns)),
    _fixed("LameDuckGracePeriod", lambda o: go_duration(o.lame_duck_grace_ns)),
    _told("max_traced_msg_len", lambda o: str(o.log.max_traced_message)),
    _fixed("TrustedKeys", lambda o: f"[{' '.join(sorted(_operator(o).trusted_keys))}]"),
    _fixed("TrustedOperators", lambda o: f"[{' '.join(_operator(o).operators)}]"),
    _resolver,
    _told("connect_error_reports", lambda o: str(o.connect_error_reports)),
    _told("reconnect_error_reports", lambda o: str(o.reconnect_error_reports)),
    _said(lambda o: o.server_tags, lambda _: "Reloaded: tags"),
    _said(lambda o: o.server_metadata, lambda _: "Reloaded: metadata"),
    _fixed("FeatureFlags", _feature_flags),
)
