"""The block `websocket`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.nats.options import TlsOptions, WebsocketOptions
from natsim.broker.now import SECOND_NS

from .address import listen
from .block import Broken, Wrong, boolean, duration, fields, fill, integer, is_integer, text, texts
from .node import go_type
from .simple_auth import read_simple_auth
from .tls import read_tls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .block import Report, Setter
    from .node import Node


T = TypeVar("T")


@dataclass(slots=True)
class _Draft:
    options: WebsocketOptions = field(default_factory=WebsocketOptions)


def read_websocket(node: Node, report: Report) -> WebsocketOptions:
    """Read the block; its port is 0 where there is no listener. Raises Broken."""
    if not isinstance(node.value, dict):
        raise Broken(f"Expected websocket to be a map, got {go_type(node.value)}", node.place)
    draft = _Draft()
    try:
        fill(draft, _FIELDS, node, report)
    except Broken as error:
        report.mistakes.append(error.mistake)
    return draft.options


def _field(
    read: Callable[[Node], T], change: Callable[[WebsocketOptions, T], WebsocketOptions]
) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        draft.options = change(draft.options, read(node))

    return put


def _host(node: Node) -> str:
    return text(node) or WebsocketOptions().host


def _set_listen(draft: _Draft, node: Node, _: Report) -> None:
    host, port = listen(node)
    draft.options = replace(draft.options, host=host or WebsocketOptions().host, port=port)


def _set_tls(draft: _Draft, node: Node, report: Report) -> None:
    tls: TlsOptions | None = report.attempt(read_tls, node)
    draft.options = replace(draft.options, tls=tls)


def _set_origins(draft: _Draft, node: Node, report: Report) -> None:
    draft.options = replace(
        draft.options, allowed_origins=tuple(texts("allowed origins", node, report))
    )


def _set_handshake_timeout(draft: _Draft, node: Node, _: Report) -> None:
    match node.value:
        case str():
            try:
                timeout_ns = parse_duration(node.value)
            except DurationError as error:
                raise Wrong(str(error), node.place) from error
        case int() if is_integer(node.value):
            timeout_ns = node.value * SECOND_NS
        case _:
            kind = go_type(node.value)
            raise Wrong(f"error parsing handshake timeout: unsupported type {kind}", node.place)
    draft.options = replace(
        draft.options, handshake_timeout_ns=timeout_ns or WebsocketOptions().handshake_timeout_ns
    )


def _set_authorization(draft: _Draft, node: Node, report: Report) -> None:
    auth = report.demand(read_simple_auth, node)
    draft.options = replace(
        draft.options,
        user=auth.user,
        password=auth.password,
        token=auth.token,
        auth_timeout_ns=auth.timeout_ns or None,
    )


def _set_headers(draft: _Draft, node: Node, report: Report) -> None:
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Wrong(f"error parsing headers: unsupported type {kind}", node.place)
    headers: list[tuple[str, str]] = []
    for name, value in fields(node):
        if isinstance(value.value, str):
            headers.append((name, value.value))
        else:
            kind = go_type(value.value)
            report.wrong(f"error parsing header key {name}: unsupported type {kind}", value.place)
    draft.options = replace(draft.options, headers=tuple(headers))


def _set_ping_interval(draft: _Draft, node: Node, report: Report) -> None:
    draft.options = replace(draft.options, ping_interval_ns=duration("ping_interval", node, report))


_FIELDS: Mapping[str, Setter[_Draft]] = {
    "listen": _set_listen,
    "port": _field(integer, lambda o, v: replace(o, port=v)),
    **dict.fromkeys(("host", "net"), _field(_host, lambda o, v: replace(o, host=v))),
    "advertise": _field(text, lambda o, v: replace(o, advertise=v)),
    "no_tls": _field(boolean, lambda o, v: replace(o, no_tls=v)),
    "tls": _set_tls,
    "same_origin": _field(boolean, lambda o, v: replace(o, same_origin=v)),
    **dict.fromkeys(
        (
            "allowed_origins",
            "allowed_origin",
            "allow_origins",
            "allow_origin",
            "origins",
            "origin",
        ),
        _set_origins,
    ),
    "handshake_timeout": _set_handshake_timeout,
    **dict.fromkeys(
        ("compress", "compression"), _field(boolean, lambda o, v: replace(o, compression=v))
    ),
    **dict.fromkeys(("authorization", "authentication"), _set_authorization),
    "jwt_cookie": _field(text, lambda o, v: replace(o, jwt_cookie=v)),
    "user_cookie": _field(text, lambda o, v: replace(o, user_cookie=v)),
    "pass_cookie": _field(text, lambda o, v: replace(o, pass_cookie=v)),
    "token_cookie": _field(text, lambda o, v: replace(o, token_cookie=v)),
    "no_auth_user": _field(text, lambda o, v: replace(o, no_auth_user=v)),
    "headers": _set_headers,
    "ping_interval": _set_ping_interval,
}
