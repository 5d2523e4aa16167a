"""The options of the server itself: the top of a configuration."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from natsim.broker.nats import limits
from natsim.broker.nats.duration import DurationError, go_duration, parse_duration
from natsim.broker.nats.options import (
    AuthorizationOptions,
    LogOptions,
    MonitorOptions,
    Options,
    WriteTimeout,
)
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT, SYSTEM_ACCOUNT, UNLIMITED
from natsim.broker.nats.quote import quoted

from .accounts import AccountEntry, read_accounts
from .address import any_free, listen
from .authorization import read_authorization
from .block import Wrong, boolean, duration, fields, integer, text
from .cluster import read_cluster
from .elsewhere import check_write_timeout
from .gateway import read_gateway
from .jetstream import read_jetstream
from .leafnodes import read_leafnodes
from .mappings import read_mappings
from .mistake import Mistake
from .mqtt import read_mqtt
from .node import go_type, token_type
from .ocsp import read_ocsp, read_ocsp_cache
from .operator import (
    OperatorDraft,
    set_default_sentinel,
    set_operators,
    set_pinned_accounts,
    set_preload,
    set_resolver,
    set_trusted_keys,
)
from .proxies import read_proxies
from .ties import Ties
from .tls import read_tls
from .websocket import read_websocket

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from natsim.broker.nats.options import (
        CalloutOptions,
        Permissions,
        TlsOptions,
        UserOptions,
        WebsocketOptions,
    )
    from natsim.broker.nats.options import Mapping as SubjectMapping

    from .block import Report, Setter
    from .elsewhere import Elsewhere
    from .node import Node

T = TypeVar("T")

_INT32_MAX = 2**31 - 1
_TOKENS_MAX = 255
_LAME_DUCK_MIN_NS = 30_000_000_000


@dataclass(slots=True)
class _Draft:
    """The options as far as they are read; 0 and empty stand for what is not given."""

    options: Options = field(default_factory=Options)
    port: int = 0
    log: LogOptions = field(default_factory=LogOptions)
    monitor_host: str = ""
    monitor_port: int = 0
    monitor_tls_port: int = 0
    monitor_base_path: str = ""
    operator: OperatorDraft = field(default_factory=OperatorDraft)
    tls: TlsOptions | None = None
    allow_non_tls: bool = False
    websocket: WebsocketOptions | None = None
    has_authorization: bool = False
    user: str = ""
    password: str = ""
    token: str = ""
    auth_timeout_ns: int = 0
    default_permissions: Permissions | None = None
    callout: CalloutOptions | None = None
    no_auth_user: str = ""
    users: list[UserOptions] = field(default_factory=list["UserOptions"])
    accounts: list[AccountEntry] = field(default_factory=list[AccountEntry])
    mappings: tuple[SubjectMapping, ...] = ()
    system_account: str = ""
    has_no_system_account: bool = False


def read_server(tree: Mapping[str, Node], report: Report) -> Options:
    """Make the options of a tree. What is wrong is in the report, and left out of them."""
    draft = _Draft()
    _set_system_account(draft, tree, report)
    for key, node in tree.items():
        setter = _FIELDS.get(key.lower())
        if setter is None:
            report.unknown(key, node)
            continue
        try:
            setter(draft, node, report)
        except Wrong as error:
            report.mistakes.append(error.mistake)
    _check_callout(draft, report)
    return _options(draft)


def _options(draft: _Draft) -> Options:
    authorization = AuthorizationOptions(
        user=draft.user,
        password=draft.password,
        token=draft.token,
        timeout_ns=draft.auth_timeout_ns or None,
        users=tuple(draft.users),
        default_permissions=draft.default_permissions,
        no_auth_user=draft.no_auth_user,
        callout=draft.callout,
        operator=draft.operator.options(),
        has_block=draft.has_authorization,
    )
    default_account = "" if draft.has_no_system_account else SYSTEM_ACCOUNT
    return replace(
        draft.options,
        port=any_free(draft.port) if draft.port else Options().port,
        authorization=authorization,
        accounts=tuple(entry.options for entry in draft.accounts),
        mappings=draft.mappings,
        system_account=draft.system_account or default_account,
        tls=draft.tls and replace(draft.tls, allow_non_tls=draft.allow_non_tls),
        websocket=draft.websocket,
        monitor=_monitor(draft),
        log=draft.log,
    )


def _monitor(draft: _Draft) -> MonitorOptions | None:
    port, tls_port = draft.monitor_port, draft.monitor_tls_port
    if not port and not tls_port:
        return None
    return MonitorOptions(
        host=draft.monitor_host,
        port=any_free(port or tls_port),
        is_tls=not port,
        other_port=any_free(tls_port) if port else 0,
        base_path=draft.monitor_base_path,
    )


def _set_system_account(draft: _Draft, tree: Mapping[str, Node], report: Report) -> None:
    node = tree.get("system_account") or tree.get("system")
    if node is None:
        return
    if isinstance(node.value, str):
        draft.system_account = node.value
    else:
        report.mistakes.append(Mistake("system account name must be a string", node.place))


def _check_callout(draft: _Draft, report: Report) -> None:
    if draft.callout is None:
        return
    names = [entry.options.name for entry in draft.accounts]
    names += [GLOBAL_ACCOUNT] if draft.mappings else []
    for name in draft.callout.allowed_accounts:
        if name not in names:
            report.wrong(
                f"auth_callout allowed account {quoted(name)} not found in configured accounts",
                None,
            )


# Plain fields


def _option(read: Callable[[Node], T], change: Callable[[Options, T], Options]) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        draft.options = change(draft.options, read(node))

    return put


def _log(
    read: Callable[[Node], T], change: Callable[[LogOptions, T], LogOptions]
) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        draft.log = change(draft.log, read(node))

    return put


def _or(default: int, read: Callable[[Node], int] = integer) -> Callable[[Node], int]:
    """Read a number for which 0 stands for the default, as it does in Go."""
    return lambda node: read(node) or default


def _int32(default: int, written: str) -> Callable[[Node], int]:
    def read(node: Node) -> int:
        if integer(node) > _INT32_MAX:
            raise Wrong(f"{written} value is too big", node.place)
        return integer(node) or default

    return read


def _tokens(written: str) -> Callable[[Node], int]:
    def read(node: Node) -> int:
        if integer(node) > _TOKENS_MAX:
            raise Wrong(f"{written} value is too big", node.place)
        if integer(node) <= 0:
            raise Wrong(f"{written} value can not be negative", node.place)
        return integer(node)

    return read


def _host(node: Node) -> str:
    return text(node) or Options().host


def _subscriptions(node: Node) -> int:
    return 0 if integer(node) == UNLIMITED else integer(node)


def _server_name(node: Node) -> str:
    if " " in text(node):
        raise Wrong("server name cannot contain spaces", node.place)
    return text(node)


def _write_timeout(node: Node) -> WriteTimeout:
    return WriteTimeout(check_write_timeout(node))


def _lame_duck_ns(written: str, node: Node) -> int:
    try:
        return parse_duration(text(node))
    except DurationError as error:
        raise Wrong(f"error parsing {written}: {error}", node.place) from error


def _lame_duck_duration(node: Node) -> int:
    ns = _lame_duck_ns("lame_duck_duration", node)
    if ns < _LAME_DUCK_MIN_NS:
        raise Wrong(
            f"invalid lame_duck_duration of {go_duration(ns)}, minimum is 30 seconds",
            node.place,
        )
    return ns


def _lame_duck_grace(node: Node) -> int:
    ns = _lame_duck_ns("lame_duck_grace_period", node)
    if ns < 0:
        raise Wrong("invalid lame_duck_grace_period, needs to be positive", node.place)
    return ns or limits.LAME_DUCK_GRACE_NS


def _tags(node: Node) -> tuple[str, ...]:
    before = "error parsing tags: unsupported type"
    tags: list[str] = []
    match node.value:
        case str():
            tags.append(node.value)
        case list():
            for one in node.value:
                if one.place is None or not isinstance(one.value, str):
                    raise Wrong(f"{before} {token_type(one)}", node.place)
                tags.append(one.value)
        case _:
            raise Wrong(f"{before} {go_type(node.value)}", node.place)
    # Tags are compared without regard to case, so they are kept in one.
    lower = (tag.strip().lower() for tag in tags)
    return tuple(dict.fromkeys(tag for tag in lower if tag))


def _metadata(node: Node) -> dict[str, str]:
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Wrong(f"error parsing metadata: unsupported type {kind}", node.place)
    return {key: text(value) for key, value in fields(node)}


def _feature_flags(node: Node) -> dict[str, bool]:
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Wrong(f"error parsing feature flags: unsupported type {kind}", node.place)
    flags: dict[str, bool] = {}
    for key, value in fields(node):
        if not isinstance(value.value, bool):
            raise Wrong(
                f"error parsing feature flag {quoted(key)}: expected bool, "
                f"got {go_type(value.value)}",
                value.place,
            )
        flags[key] = value.value
    return flags


def _checked(read: Callable[[Node], object]) -> Setter[_Draft]:
    """Read what means nothing to natsim."""

    def check(_: _Draft, node: Node, __: Report) -> None:
        read(node)

    return check


def _set_ping_interval(draft: _Draft, node: Node, report: Report) -> None:
    ns = duration("ping_interval", node, report) or limits.PING_INTERVAL_NS
    draft.options = replace(draft.options, ping_interval_ns=ns)


def _set_write_deadline(draft: _Draft, node: Node, report: Report) -> None:
    ns = duration("write_deadline", node, report) or limits.WRITE_DEADLINE_NS
    draft.options = replace(draft.options, write_deadline_ns=ns)


def _set_listen(draft: _Draft, node: Node, _: Report) -> None:
    host, draft.port = listen(node)
    draft.options = replace(draft.options, host=host or Options().host)


def _set_port(draft: _Draft, node: Node, _: Report) -> None:
    draft.port = integer(node)


def _set_http(draft: _Draft, node: Node, _: Report) -> None:
    draft.monitor_host, draft.monitor_port = listen(node)


def _set_https(draft: _Draft, node: Node, _: Report) -> None:
    draft.monitor_host, draft.monitor_tls_port = listen(node)


def _set_http_port(draft: _Draft, node: Node, _: Report) -> None:
    draft.monitor_port = integer(node)


def _set_https_port(draft: _Draft, node: Node, _: Report) -> None:
    draft.monitor_tls_port = integer(node)


def _set_base_path(draft: _Draft, node: Node, _: Report) -> None:
    path = posixpath.normpath("/" + text(node).lstrip("/"))
    draft.monitor_base_path = "" if path == "/" else path


# Blocks


def _set_tls(draft: _Draft, node: Node, report: Report) -> None:
    draft.tls = read_tls(node, report)


def _set_allow_non_tls(draft: _Draft, node: Node, _: Report) -> None:
    draft.allow_non_tls = boolean(node)


def _set_websocket(draft: _Draft, node: Node, report: Report) -> None:
    websocket = read_websocket(node, report)
    draft.websocket = replace(websocket, port=any_free(websocket.port)) if websocket.port else None


def _set_mappings(draft: _Draft, node: Node, report: Report) -> None:
    draft.mappings = read_mappings(node, report)


def _set_no_auth_user(draft: _Draft, node: Node, _: Report) -> None:
    draft.no_auth_user = text(node)


def _set_no_system_account(draft: _Draft, node: Node, _: Report) -> None:
    draft.has_no_system_account = boolean(node)


def _set_authorization(draft: _Draft, node: Node, report: Report) -> None:
    auth = report.demand(read_authorization, node)
    draft.has_authorization = True
    draft.user, draft.password, draft.token = auth.user, auth.password, auth.token
    draft.auth_timeout_ns = auth.timeout_ns
    draft.callout = auth.callout
    draft.default_permissions = auth.default_permissions
    if (auth.user or auth.password) and auth.token:
        raise Wrong("Cannot have a user/pass and token", node.place)
    if auth.users is not None or draft.users:
        if auth.user:
            raise Wrong("Can not have a single user/pass and a users array", node.place)
        if auth.token:
            raise Wrong("Can not have a token and a users array", node.place)
    for user in auth.users or ():
        _check_new(user, draft, node)
        draft.users.append(user)


def _check_new(user: UserOptions, draft: _Draft, node: Node) -> None:
    if any(_identity(other) == _identity(user) for other in draft.users):
        kind = "nkey" if user.nkey else "user"
        raise Wrong(f"Duplicate {kind} {quoted(_identity(user))} detected", node.place)


def _identity(user: UserOptions) -> str:
    return user.nkey or user.name


def _set_accounts(draft: _Draft, node: Node, report: Report) -> None:
    entries = read_accounts(node, report)
    known = {_identity(user) for user in draft.users}
    for entry in entries:
        draft.accounts.append(entry)
        if entry.users and draft.user:
            report.wrong("Can not have a single user/pass and accounts", entry.users_place)
            continue
        if entry.users and draft.token:
            report.wrong("Can not have a token and accounts", entry.users_place)
            continue
        # Users with an nkey come first, for nats-server has a list of its own for them.
        for user in sorted(entry.users, key=lambda user: not user.nkey):
            kind = "nkey" if user.nkey else "user"
            if _identity(user) in known:
                report.wrong(
                    f"Duplicate {kind} {quoted(_identity(user))} detected", entry.users_place
                )
            known.add(_identity(user))
        draft.users.extend(entry.users)
    if not report.mistakes:
        _tie(draft, node, report)


def _tie(draft: _Draft, node: Node, report: Report) -> None:
    options = [entry.options for entry in draft.accounts]
    names = [account.name for account in options]
    names += [GLOBAL_ACCOUNT] if draft.mappings else []
    ties = Ties(names, has_system_account=not draft.has_no_system_account)
    for mistake in ties.add_all(options):
        report.wrong(mistake, node.place)


# What natsim does not have


def _set_jetstream(_: _Draft, node: Node, report: Report) -> None:
    if read_jetstream(node, report):
        raise Wrong("natsim has no JetStream; use nats-server for it", node.place)


def _elsewhere(read: Callable[[Node, Report], Elsewhere], what: str) -> Setter[_Draft]:
    def refuse(_: _Draft, node: Node, report: Report) -> None:
        if read(node, report).is_on:
            raise Wrong(f"natsim has no {what}; use nats-server for them", node.place)

    return refuse


def _set_cluster(draft: _Draft, node: Node, report: Report) -> None:
    cluster = read_cluster(node, report)
    draft.options = replace(draft.options, cluster_name=cluster.name)
    if cluster.is_on:
        raise Wrong("natsim has no clusters; use nats-server for them", node.place)


def _set_mqtt(_: _Draft, node: Node, report: Report) -> None:
    if read_mqtt(node, report).is_on:
        raise Wrong("natsim has no MQTT; use nats-server for it", node.place)


def _set_proxies(_: _Draft, node: Node, report: Report) -> None:
    if read_proxies(node, report):
        raise Wrong("natsim has no trusted proxies; use nats-server for them", node.place)


def _set_proxy_protocol(_: _Draft, node: Node, __: Report) -> None:
    if boolean(node):
        raise Wrong("natsim has no PROXY protocol; use nats-server for it", node.place)


def _set_ocsp(_: _Draft, node: Node, report: Report) -> None:
    if read_ocsp(node, report):
        raise Wrong("natsim has no OCSP; use nats-server for it", node.place)


def _set_ocsp_cache(_: _Draft, node: Node, report: Report) -> None:
    read_ocsp_cache(node, report)


def _set_resolver_tls(_: _Draft, node: Node, report: Report) -> None:
    read_tls(node, report)


def _set_js_domain(_: _Draft, node: Node, __: Report) -> None:
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Wrong(f"error default_js_domain config: unsupported type {kind}", node.place)
    for _key, value in fields(node):
        text(value)


def _in_operator_mode(
    set_field: Callable[[OperatorDraft, Node, Report], None],
) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, report: Report) -> None:
        set_field(draft.operator, node, report)

    return put


def _already_read(_: _Draft, __: Node, ___: Report) -> None:
    """Pass over the system account, which comes before all else."""


_PLAIN: Mapping[str, Setter[_Draft]] = {
    **dict.fromkeys(("host", "net"), _option(_host, lambda o, v: replace(o, host=v))),
    "client_advertise": _option(text, lambda o, v: replace(o, client_advertise=v)),
    "server_name": _option(_server_name, lambda o, v: replace(o, server_name=v)),
    "server_tags": _option(_tags, lambda o, v: replace(o, server_tags=v)),
    "server_metadata": _option(_metadata, lambda o, v: replace(o, server_metadata=v)),
    "feature_flags": _option(_feature_flags, lambda o, v: replace(o, feature_flags=v)),
    **dict.fromkeys(("pidfile", "pid_file"), _option(text, lambda o, v: replace(o, pid_file=v))),
    "ports_file_dir": _option(text, lambda o, v: replace(o, ports_file_dir=v)),
    "prof_port": _option(integer, lambda o, v: replace(o, profile_port=v)),
    "prof_block_rate": _option(integer, lambda o, v: replace(o, profile_block_rate=v)),
    "max_control_line": _option(
        _int32(limits.MAX_CONTROL_LINE_BYTES, "max_control_line"),
        lambda o, v: replace(o, max_control_line=v),
    ),
    "max_payload": _option(
        _int32(limits.MAX_PAYLOAD_BYTES, "max_payload"), lambda o, v: replace(o, max_payload=v)
    ),
    "max_pending": _option(_or(limits.MAX_PENDING_BYTES), lambda o, v: replace(o, max_pending=v)),
    # Written out, 0 means no one, as it does for 2.15.1.
    **dict.fromkeys(
        ("max_connections", "max_conn"),
        _option(_or(UNLIMITED), lambda o, v: replace(o, max_connections=v)),
    ),
    **dict.fromkeys(
        ("max_subscriptions", "max_subs"),
        _option(_subscriptions, lambda o, v: replace(o, max_subscriptions=v)),
    ),
    **{
        name: _option(_tokens(name), lambda o, v: replace(o, max_subscription_tokens=v))
        for name in ("max_sub_tokens", "max_subscription_tokens")
    },
    "max_closed_clients": _option(
        _or(limits.MAX_CLOSED_CLIENTS), lambda o, v: replace(o, max_closed_clients=v)
    ),
    "ping_interval": _set_ping_interval,
    "ping_max": _option(_or(limits.PING_MAX), lambda o, v: replace(o, ping_max=v)),
    "write_deadline": _set_write_deadline,
    "write_timeout": _option(_write_timeout, lambda o, v: replace(o, write_timeout=v)),
    "lame_duck_duration": _option(
        _lame_duck_duration, lambda o, v: replace(o, lame_duck_duration_ns=v)
    ),
    "lame_duck_grace_period": _option(
        _lame_duck_grace, lambda o, v: replace(o, lame_duck_grace_ns=v)
    ),
    "no_header_support": _option(boolean, lambda o, v: replace(o, has_headers=not v)),
    "no_fast_producer_stall": _option(
        boolean, lambda o, v: replace(o, stalls_fast_producers=not v)
    ),
    **dict.fromkeys(
        ("disable_sublist_cache", "no_sublist_cache"),
        _option(boolean, lambda o, v: replace(o, caches_subjects=not v)),
    ),
    "connect_error_reports": _option(
        _or(limits.CONNECT_ERROR_REPORTS), lambda o, v: replace(o, connect_error_reports=v)
    ),
    "reconnect_error_reports": _option(
        _or(limits.RECONNECT_ERROR_REPORTS), lambda o, v: replace(o, reconnect_error_reports=v)
    ),
}

_LOG: Mapping[str, Setter[_Draft]] = {
    "debug": _log(boolean, lambda o, v: replace(o, debug=v)),
    "trace": _log(boolean, lambda o, v: replace(o, trace=v)),
    # These are kinds of trace, so they say whether there is one.
    "trace_verbose": _log(boolean, lambda o, v: replace(o, trace_verbose=v, trace=v)),
    "trace_headers": _log(boolean, lambda o, v: replace(o, trace_headers=v, trace=v)),
    "logtime": _log(boolean, lambda o, v: replace(o, logtime=v)),
    "logtime_utc": _log(boolean, lambda o, v: replace(o, logtime_utc=v)),
    **dict.fromkeys(("logfile", "log_file"), _log(text, lambda o, v: replace(o, logfile=v))),
    **dict.fromkeys(
        ("logfile_size_limit", "log_size_limit"),
        _log(integer, lambda o, v: replace(o, size_limit=v)),
    ),
    **dict.fromkeys(
        ("logfile_max_num", "log_max_num"), _log(integer, lambda o, v: replace(o, max_files=v))
    ),
    "syslog": _log(boolean, lambda o, v: replace(o, syslog=v)),
    "remote_syslog": _log(text, lambda o, v: replace(o, remote_syslog=v)),
    "max_traced_msg_len": _log(integer, lambda o, v: replace(o, max_traced_message=v)),
}

_FIELDS: Mapping[str, Setter[_Draft]] = {
    **_PLAIN,
    **_LOG,
    "listen": _set_listen,
    "port": _set_port,
    "http": _set_http,
    "https": _set_https,
    **dict.fromkeys(("http_port", "monitor_port"), _set_http_port),
    "https_port": _set_https_port,
    "http_base_path": _set_base_path,
    "authorization": _set_authorization,
    "accounts": _set_accounts,
    **dict.fromkeys(("mappings", "maps"), _set_mappings),
    "no_auth_user": _set_no_auth_user,
    **dict.fromkeys(("system_account", "system"), _already_read),
    **dict.fromkeys(("no_system_account", "no_system", "no_sys_acc"), _set_no_system_account),
    **dict.fromkeys(
        ("operator", "operators", "roots", "root", "root_operators", "root_operator"),
        _in_operator_mode(set_operators),
    ),
    **dict.fromkeys(("trusted", "trusted_keys"), _in_operator_mode(set_trusted_keys)),
    **dict.fromkeys(
        ("resolver", "account_resolver", "accounts_resolver"), _in_operator_mode(set_resolver)
    ),
    "resolver_preload": _in_operator_mode(set_preload),
    "resolver_pinned_accounts": _in_operator_mode(set_pinned_accounts),
    "resolver_tls": _set_resolver_tls,
    "default_sentinel": _in_operator_mode(set_default_sentinel),
    "tls": _set_tls,
    "allow_non_tls": _set_allow_non_tls,
    **dict.fromkeys(("websocket", "ws"), _set_websocket),
    "cluster": _set_cluster,
    "gateway": _elsewhere(read_gateway, "gateways"),
    **dict.fromkeys(("leaf", "leafnodes"), _elsewhere(read_leafnodes, "leafnodes")),
    "mqtt": _set_mqtt,
    "jetstream": _set_jetstream,
    **dict.fromkeys(("store_dir", "storedir"), _checked(text)),
    "default_js_domain": _set_js_domain,
    "ocsp": _set_ocsp,
    "ocsp_cache": _set_ocsp_cache,
    "proxies": _set_proxies,
    "proxy_protocol": _set_proxy_protocol,
}
