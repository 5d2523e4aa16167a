"""The options of the server itself: the top of a configuration."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from natsim.broker.nats.options import (
    AuthorizationOptions,
    LogOptions,
    MonitorOptions,
    Options,
    WriteTimeout,
)
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT, SYSTEM_ACCOUNT

from .accounts import AccountEntry, read_accounts
from .address import any_free, listen
from .authorization import read_authorization
from .block import Wrong, boolean, duration, fields, integer, text
from .duration import DurationError, parse_duration
from .elsewhere import (
    check_write_timeout,
    read_cluster,
    read_gateway,
    read_leafnodes,
    read_mqtt,
    read_ocsp,
    read_proxies,
)
from .jetstream import read_jetstream
from .mappings import read_mappings
from .mistake import Mistake
from .node import go_type
from .operator import (
    OperatorDraft,
    set_default_sentinel,
    set_operators,
    set_pinned_accounts,
    set_preload,
    set_resolver,
    set_trusted_keys,
)
from .ties import Ties
from .tls import read_tls
from .websocket import read_websocket
from .wording import duration_text, quoted

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

_INT32_MAX = 2**31 - 1
_TOKENS_MAX = 255
_LAME_DUCK_MIN_NS = 30_000_000_000


@dataclass(slots=True)
class _Draft:
    """The options as far as they are read; 0 and empty stand for what is not given."""

    options: dict[str, object] = field(default_factory=dict[str, object])
    port: int = 0
    log: dict[str, object] = field(default_factory=dict[str, object])
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
    # 0 and an empty text stand for the default, as they do in Go.
    given = {name: value for name, value in draft.options.items() if value not in (0, "")}
    given |= {name: value for name, value in draft.options.items() if isinstance(value, bool)}
    return replace(
        Options(),
        **given,
        port=any_free(draft.port) if draft.port else Options().port,
        authorization=authorization,
        accounts=tuple(entry.options for entry in draft.accounts),
        mappings=draft.mappings,
        system_account=draft.system_account or default_account,
        tls=draft.tls and replace(draft.tls, allow_non_tls=draft.allow_non_tls),
        websocket=draft.websocket,
        monitor=_monitor(draft),
        log=replace(LogOptions(), **draft.log),
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


def _option(name: str, read: Callable[[Node], object]) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        draft.options[name] = read(node)

    return put


def _log(name: str, read: Callable[[Node], object]) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        draft.log[name] = read(node)

    return put


def _traced(name: str) -> Setter[_Draft]:
    """Read a kind of trace, which is one only together with the trace."""

    def put(draft: _Draft, node: Node, _: Report) -> None:
        draft.log[name] = draft.log["trace"] = boolean(node)

    return put


def _negated(name: str) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        draft.options[name] = not boolean(node)

    return put


def _checked(read: Callable[[Node], object]) -> Setter[_Draft]:
    """Read what means nothing to natsim."""

    def check(_: _Draft, node: Node, __: Report) -> None:
        read(node)

    return check


def _span(name: str, written: str) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, report: Report) -> None:
        draft.options[name] = duration(written, node, report)

    return put


def _set_listen(draft: _Draft, node: Node, _: Report) -> None:
    draft.options["host"], draft.port = listen(node)


def _set_port(draft: _Draft, node: Node, _: Report) -> None:
    draft.port = integer(node)


def _set_server_name(draft: _Draft, node: Node, _: Report) -> None:
    if " " in text(node):
        raise Wrong("server name cannot contain spaces", node.place)
    draft.options["server_name"] = text(node)


def _int32(name: str, written: str) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        if integer(node) > _INT32_MAX:
            raise Wrong(f"{written} value is too big", node.place)
        draft.options[name] = integer(node)

    return put


def _set_max_connections(draft: _Draft, node: Node, _: Report) -> None:
    draft.options["max_connections"] = integer(node) or -1


def _tokens(written: str) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        if integer(node) > _TOKENS_MAX:
            raise Wrong(f"{written} value is too big", node.place)
        if integer(node) <= 0:
            raise Wrong(f"{written} value can not be negative", node.place)
        draft.options["max_subscription_tokens"] = integer(node)

    return put


def _lame_duck_ns(written: str, node: Node) -> int:
    try:
        return parse_duration(text(node))
    except DurationError as error:
        raise Wrong(f"error parsing {written}: {error}", node.place) from error


def _set_lame_duck_duration(draft: _Draft, node: Node, _: Report) -> None:
    ns = _lame_duck_ns("lame_duck_duration", node)
    if ns < _LAME_DUCK_MIN_NS:
        raise Wrong(
            f"invalid lame_duck_duration of {duration_text(ns)}, minimum is 30 seconds",
            node.place,
        )
    draft.options["lame_duck_duration_ns"] = ns


def _set_lame_duck_grace(draft: _Draft, node: Node, _: Report) -> None:
    ns = _lame_duck_ns("lame_duck_grace_period", node)
    if ns < 0:
        raise Wrong("invalid lame_duck_grace_period, needs to be positive", node.place)
    draft.options["lame_duck_grace_ns"] = ns


def _set_write_timeout(draft: _Draft, node: Node, _: Report) -> None:
    draft.options["write_timeout"] = WriteTimeout(check_write_timeout(node))


def _set_tags(draft: _Draft, node: Node, _: Report) -> None:
    before = "error parsing tags: unsupported type"
    match node.value:
        case str():
            tags = [node.value]
        case list():
            tags = []
            for one in node.value:
                if not isinstance(one.value, str):
                    raise Wrong(f"{before} *conf.token where string is expected", node.place)
                tags.append(one.value)
        case _:
            raise Wrong(f"{before} {go_type(node.value)}", node.place)
    # Tags are compared without regard to case, so they are kept in one.
    lower = (tag.strip().lower() for tag in tags)
    draft.options["server_tags"] = tuple(dict.fromkeys(tag for tag in lower if tag))


def _set_metadata(draft: _Draft, node: Node, _: Report) -> None:
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Wrong(f"error parsing metadata: unsupported type {kind}", node.place)
    draft.options["server_metadata"] = {key: text(value) for key, value in fields(node)}


def _set_feature_flags(draft: _Draft, node: Node, _: Report) -> None:
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
    draft.options["feature_flags"] = flags


def _set_http(draft: _Draft, node: Node, _: Report) -> None:
    draft.monitor_host, draft.monitor_port = listen(node)


def _set_https(draft: _Draft, node: Node, _: Report) -> None:
    draft.monitor_host, draft.monitor_tls_port = listen(node)


def _set_http_port(draft: _Draft, node: Node, _: Report) -> None:
    draft.monitor_port = integer(node)


def _set_https_port(draft: _Draft, node: Node, _: Report) -> None:
    draft.monitor_tls_port = integer(node)


def _set_base_path(draft: _Draft, node: Node, _: Report) -> None:
    draft.monitor_base_path = text(node)


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
    draft.options["cluster_name"] = cluster.name
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


def _set_ocsp_cache(_: _Draft, node: Node, __: Report) -> None:
    if not isinstance(node.value, (bool, dict)):
        kind = go_type(node.value)
        raise Wrong(f"error parsing tags: unsupported type {kind}", node.place)


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


_FIELDS: Mapping[str, Setter[_Draft]] = {
    "listen": _set_listen,
    **dict.fromkeys(("host", "net"), _option("host", text)),
    "port": _set_port,
    "client_advertise": _option("client_advertise", text),
    "server_name": _set_server_name,
    "server_tags": _set_tags,
    "server_metadata": _set_metadata,
    "feature_flags": _set_feature_flags,
    "debug": _log("debug", boolean),
    "trace": _log("trace", boolean),
    "trace_verbose": _traced("trace_verbose"),
    "trace_headers": _traced("trace_headers"),
    "logtime": _log("logtime", boolean),
    "logtime_utc": _log("logtime_utc", boolean),
    **dict.fromkeys(("logfile", "log_file"), _log("logfile", text)),
    **dict.fromkeys(("logfile_size_limit", "log_size_limit"), _log("size_limit", integer)),
    **dict.fromkeys(("logfile_max_num", "log_max_num"), _log("max_files", integer)),
    "syslog": _log("syslog", boolean),
    "remote_syslog": _log("remote_syslog", text),
    "max_traced_msg_len": _log("max_traced_message", integer),
    **dict.fromkeys(("pidfile", "pid_file"), _option("pid_file", text)),
    "ports_file_dir": _option("ports_file_dir", text),
    "prof_port": _option("profile_port", integer),
    "prof_block_rate": _option("profile_block_rate", integer),
    "http": _set_http,
    "https": _set_https,
    **dict.fromkeys(("http_port", "monitor_port"), _set_http_port),
    "https_port": _set_https_port,
    "http_base_path": _set_base_path,
    "max_control_line": _int32("max_control_line", "max_control_line"),
    "max_payload": _int32("max_payload", "max_payload"),
    "max_pending": _option("max_pending", integer),
    **dict.fromkeys(("max_connections", "max_conn"), _set_max_connections),
    **dict.fromkeys(("max_subscriptions", "max_subs"), _option("max_subscriptions", integer)),
    **{name: _tokens(name) for name in ("max_sub_tokens", "max_subscription_tokens")},
    "max_closed_clients": _option("max_closed_clients", integer),
    "ping_interval": _span("ping_interval_ns", "ping_interval"),
    "ping_max": _option("ping_max", integer),
    "write_deadline": _span("write_deadline_ns", "write_deadline"),
    "write_timeout": _set_write_timeout,
    "lame_duck_duration": _set_lame_duck_duration,
    "lame_duck_grace_period": _set_lame_duck_grace,
    "no_header_support": _negated("has_headers"),
    "no_fast_producer_stall": _negated("stalls_fast_producers"),
    **dict.fromkeys(("disable_sublist_cache", "no_sublist_cache"), _negated("caches_subjects")),
    "connect_error_reports": _option("connect_error_reports", integer),
    "reconnect_error_reports": _option("reconnect_error_reports", integer),
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
