"""/varz: the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.events import ConnectionKind
from natsim.broker.nats.identity import LIKE_VERSION
from natsim.broker.nats.info import announced_address
from natsim.broker.nats.json_text import Fields, number, present
from natsim.broker.nats.options.tls import TIMEOUT_NS
from natsim.broker.nats.options.websocket import HANDSHAKE_TIMEOUT_NS
from natsim.broker.nats.times import go_time, uptime
from natsim.broker.now import SECOND_NS

from .claims_json import claims_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from natsim.broker.nats.options import Options, WebsocketOptions
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

    from .query import Query

_NOTHING_WAITS: Mapping[str, int] = {"waiters": 0, "waits": 0, "wait_time": 0, "max_wait_time": 0}
"""Of the disk: JetStream alone writes to it."""


@dataclass(frozen=True, slots=True)
class Varz:
    """A question to /varz; there are no options."""

    @classmethod
    def of_query(cls, _: Query) -> Varz:
        """Take any query."""
        return cls()

    @classmethod
    def of_json(cls, _: bytes) -> Varz:
        """Take any request."""
        return cls()

    def answer(self, state: State, process: ProcessStatistics) -> Fields:
        """Give all of it."""
        return {
            **_who(state),
            **_settings(state),
            **_time(state),
            **_process(process),
            **_traffic(state),
            "http_req_stats": dict(sorted(state.statistics.http_requests.items())),
            **_configuration(state),
            **_kinds(state),
            **_expiry("tls_cert_not_after", process.tls_cert_not_after_ns),
        }


def _who(state: State) -> Fields:
    options, identity = state.options, state.identity
    host, port = announced_address(options.host, options.port, options.client_advertise)
    fields: Fields = {
        "server_id": identity.server_id,
        "server_name": identity.name,
        "version": LIKE_VERSION,
        "proto": 1,
        "go": identity.runtime,
        "host": host,
        "port": port,
    }
    tls = options.tls
    flags: Fields = {
        "auth_required": state.authenticator.is_required(ConnectionKind.CLIENT),
        "tls_required": tls is not None and not tls.allow_non_tls,
        "tls_verify": tls is not None and (tls.verify or tls.verify_and_map),
    }
    return {**fields, **present(flags)}


def _settings(state: State) -> Fields:
    options, monitor = state.options, state.options.monitor
    fields: Fields = {"max_connections": options.max_connections}
    if options.max_subscriptions:
        fields["max_subscriptions"] = options.max_subscriptions
    return {
        **fields,
        "ping_interval": options.ping_interval_ns,
        "ping_max": options.ping_max,
        "http_host": (monitor.host if monitor else "") or options.host,
        "http_port": monitor.port if monitor and not monitor.is_tls else 0,
        "http_base_path": monitor.base_path if monitor else "",
        "https_port": monitor.port if monitor and monitor.is_tls else 0,
        "auth_timeout": _seconds(state.authenticator.timeout_ns),
        "max_control_line": options.max_control_line,
        "max_payload": options.max_payload,
        "max_pending": options.max_pending,
        "cluster": {},
        "gateway": {},
        "leaf": {},
        "mqtt": {},
        "websocket": _websocket(options.websocket),
        "jetstream": {},
        "tls_timeout": _seconds(options.tls.timeout_ns if options.tls else TIMEOUT_NS),
        "write_deadline": options.write_deadline_ns,
    }


def _websocket(options: WebsocketOptions | None) -> Fields:
    if options is None:
        return {}
    tls = options.tls
    return present(
        {
            "host": options.host,
            "port": options.port,
            "advertise": options.advertise,
            "no_auth_user": options.no_auth_user,
            "jwt_cookie": options.jwt_cookie,
            "handshake_timeout": _unless_default(options),
            "no_tls": tls is None,
            "tls_map": tls is not None and tls.verify_and_map,
            "tls_pinned_certs": tls.pinned_certs if tls else (),
            "same_origin": options.same_origin,
            "allowed_origins": options.allowed_origins,
            "compression": options.compression,
        }
    )


def _unless_default(options: WebsocketOptions) -> int:
    # nats-server knows here what was configured, not what holds without.
    configured_ns = options.handshake_timeout_ns
    return 0 if configured_ns == HANDSHAKE_TIMEOUT_NS else configured_ns


def _time(state: State) -> Fields:
    return {
        "start": go_time(state.start.wall_ns),
        "now": go_time(state.now.wall_ns),
        "uptime": uptime(state.now.mono_ns - state.start.mono_ns),
    }


def _process(process: ProcessStatistics) -> Fields:
    return {
        "mem": process.memory_bytes,
        "cores": process.cores,
        # One thread runs the broker, however many processors there are.
        "gomaxprocs": 1,
        "cpu": number(process.cpu_percent),
    }


def _traffic(state: State) -> Fields:
    statistics, clients = state.statistics, state.clients.values()
    in_msgs = statistics.in_msgs + sum(client.in_msgs for client in clients)
    in_bytes = statistics.in_bytes + sum(client.in_bytes for client in clients)
    out_msgs = statistics.out_msgs + sum(client.out_msgs for client in clients)
    out_bytes = statistics.out_bytes + sum(client.out_bytes for client in clients)
    return {
        "connections": len(clients),
        "total_connections": statistics.total_connections,
        "routes": 0,
        "remotes": 0,
        "leafnodes": 0,
        "in_msgs": in_msgs,
        "in_bytes": in_bytes,
        "in_client_msgs": in_msgs,
        "in_client_bytes": in_bytes,
        "out_msgs": out_msgs,
        "out_bytes": out_bytes,
        "out_client_msgs": out_msgs,
        "out_client_bytes": out_bytes,
        "slow_consumers": statistics.slow_consumers,
        "stale_connections": statistics.stale_connections,
        "stalled_clients": statistics.stalled_clients,
        "subscriptions": sum(account.sublist.count for account in state.accounts.all()),
    }


def _configuration(state: State) -> Fields:
    options = state.options
    fields: Fields = {
        "config_load_time": go_time(state.configured.wall_ns),
        "config_digest": options.config_digest,
    }
    system_account = state.accounts.system_account.name
    return {**fields, **present(_labels(options)), "system_account": system_account}


def _labels(options: Options) -> Fields:
    operator = options.authorization.operator
    tokens = operator.operators if operator else ()
    return {
        "tags": options.server_tags,
        "metadata": dict(sorted(options.server_metadata.items())),
        "trusted_operators_jwt": tokens,
        "trusted_operators_claim": [claims_json(token) for token in tokens],
    }


def _kinds(state: State) -> Fields:
    statistics = state.statistics
    return {
        "slow_consumer_stats": _of_clients(statistics.slow_consumers),
        "stale_connection_stats": _of_clients(statistics.stale_connections),
        "disk_io_wait_stats": _NOTHING_WAITS,
    }


def _of_clients(count: int) -> Fields:
    return {"clients": count, "routes": 0, "gateways": 0, "leafs": 0}


def _expiry(name: str, wall_ns: int) -> Fields:
    return {name: go_time(wall_ns)} if wall_ns else {}


def _seconds(span_ns: int) -> int | float:
    return number(span_ns / SECOND_NS)
