"""The array `exports` of an account."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.nats.options import (
    Export,
    ResponseType,
    ServiceExport,
    StreamExport,
)
from natsim.broker.nats.quote import quoted

from .block import Broken, Wrong, array, boolean, fill, integer, is_integer, text
from .node import go_type
from .source import bytes_of
from .wording import quoted_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .mistake import Place
    from .node import Node

_RESPONSES = {
    "single": ResponseType.SINGLETON,
    "singleton": ResponseType.SINGLETON,
    "stream": ResponseType.STREAM,
    "chunk": ResponseType.CHUNKED,
    "chunked": ResponseType.CHUNKED,
}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_WHOLE = 100


@dataclass(slots=True)
class _Draft:
    """stream, service: the first of them counts. directives: of services, as yet without one."""

    stream: str | None = None
    service: str | None = None
    accounts: list[str] = field(default_factory=list[str])
    token_position: int = 0
    response_type: ResponseType | None = None
    has_response: bool = False
    threshold_ns: int | None = None
    has_threshold: bool = False
    latency: tuple[str, int] | None = None
    directives: dict[str, Place | None] = field(default_factory=dict[str, "Place | None"])


def read_exports(node: Node, report: Report) -> list[Export]:
    """Read exports; wrong ones are noted and left out. Raises Broken."""
    if not isinstance(node.value, list):
        raise Broken(f"Exports should be an array, got {go_type(node.value)}", node.place)
    read = (report.attempt(_export, one) for one in node.value)
    return [one for one in read if one is not None]


def _export(node: Node, report: Report) -> Export | None:
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Broken(f"Export Items should be a map with type entry, got {kind}", node.place)
    draft = _Draft()
    fill(draft, _FIELDS, node, report)
    accounts = tuple(draft.accounts)
    if draft.stream is not None:
        return StreamExport(
            subject=bytes_of(draft.stream),
            accounts=accounts,
            token_position=draft.token_position,
        )
    if draft.service is None:
        return None
    subject, sampling = draft.latency or ("", _WHOLE)
    return ServiceExport(
        subject=bytes_of(draft.service),
        accounts=accounts,
        token_position=draft.token_position,
        response_type=draft.response_type or ResponseType.SINGLETON,
        threshold_ns=draft.threshold_ns or 0,
        latency_subject=bytes_of(subject),
        latency_sampling=sampling,
    )


def _set_stream(draft: _Draft, node: Node, _: Report) -> None:
    if draft.service is not None:
        raise Wrong(
            f"Detected stream {quoted_value(node.value)} but already saw a service", node.place
        )
    for name, place in draft.directives.items():
        raise Wrong(f"Detected {name} directive on non-service", place)
    if not isinstance(node.value, str):
        kind = go_type(node.value)
        raise Wrong(f"Expected stream name to be string, got {kind}", node.place)
    draft.stream = node.value


def _set_service(draft: _Draft, node: Node, _: Report) -> None:
    if draft.stream is not None:
        raise Wrong(
            f"Detected service {quoted_value(node.value)} but already saw a stream", node.place
        )
    if not isinstance(node.value, str):
        kind = go_type(node.value)
        raise Wrong(f"Expected service name to be string, got {kind}", node.place)
    draft.service = node.value


def _set_response(draft: _Draft, node: Node, _: Report) -> None:
    if draft.has_response:
        raise Wrong("Duplicate response type definition", node.place)
    draft.has_response = True
    draft.directives["response"] = node.place
    if not isinstance(node.value, str):
        kind = go_type(node.value)
        raise Wrong(f"Expected response type to be string, got {kind}", node.place)
    draft.response_type = _RESPONSES.get(node.value.lower())
    if draft.response_type is None:
        raise Wrong(f"Unknown response type: {quoted(node.value)}", node.place)
    _refuse_on_stream(draft, "response", node)


def _set_threshold(draft: _Draft, node: Node, _: Report) -> None:
    if draft.has_threshold:
        raise Wrong("Duplicate response threshold detected", node.place)
    draft.has_threshold = True
    before = "Expected response threshold to be a parseable time duration, got"
    if not isinstance(node.value, str):
        raise Wrong(f"{before} {go_type(node.value)}", node.place)
    try:
        draft.threshold_ns = parse_duration(node.value)
    except DurationError as error:
        raise Wrong(f"{before} {quoted(node.value)}", node.place) from error
    _refuse_on_stream(draft, "response", node)


def _set_accounts(draft: _Draft, node: Node, _: Report) -> None:
    draft.accounts.extend(text(one) for one in array(node))


def _set_latency(draft: _Draft, node: Node, _: Report) -> None:
    draft.directives["latency"] = node.place
    try:
        draft.latency = _latency(node)
    except Broken as error:
        raise Wrong(error.mistake.text, error.mistake.place) from error
    _refuse_on_stream(draft, "latency", node)


def _latency(node: Node) -> tuple[str, int]:
    match node.value:
        case str():
            return node.value, _WHOLE
        case dict():
            sampling = _sampling(node.value["sampling"]) if "sampling" in node.value else _WHOLE
        case _:
            kind = go_type(node.value)
            raise Wrong(
                f"Expected latency entry to be a map/struct or string, got {kind}", node.place
            )
    subject = node.value.get("subject")
    if subject is None:
        raise Wrong("Latency subject required, but missing", node.place)
    if not isinstance(subject.value, str):
        # nats-server names the type that it wanted.
        raise Wrong("Expected latency subject to be a string, got string", subject.place)
    return subject.value, sampling


def _sampling(node: Node) -> int:
    """Give percents, or 0 for what the requests' headers say."""
    match node.value:
        case str():
            if node.value.strip().lower() == "headers":
                return 0
            written = node.value.removesuffix("%")
            if not _INTEGER.fullmatch(written):
                raise Wrong(
                    "Failed to parse latency sample: strconv.Atoi: parsing "
                    f"{quoted(written)}: invalid syntax",
                    node.place,
                )
            sampling = int(written)
        case int() if is_integer(node.value):
            sampling = node.value
        case _:
            kind = go_type(node.value)
            raise Wrong(
                f"Expected latency sample to be a string or map/struct, got {kind}", node.place
            )
    if not 1 <= sampling <= _WHOLE:
        raise Wrong("bad sampling percentage, should be 1-100", node.place)
    return sampling


def _set_token_position(draft: _Draft, node: Node, _: Report) -> None:
    draft.token_position = integer(node)


def _set_allow_trace(draft: _Draft, node: Node, report: Report) -> None:
    draft.directives["allow_trace"] = node.place
    allows = boolean(node)
    _refuse_on_stream(draft, "allow_trace", node)
    refuse_tracing(allows, node, report)


def refuse_tracing(is_wanted: bool, node: Node, report: Report) -> None:
    """Note that messages are to be traced, which is more than natsim does."""
    if is_wanted:
        report.wrong("natsim has no message tracing; use nats-server for it", node.place)


def _refuse_on_stream(draft: _Draft, directive: str, node: Node) -> None:
    if draft.stream is not None:
        raise Wrong(f"Detected {directive} directive on non-service", node.place)


_FIELDS: Mapping[str, Setter[_Draft]] = {
    "stream": _set_stream,
    "service": _set_service,
    **dict.fromkeys(("response", "response_type"), _set_response),
    **dict.fromkeys(
        ("threshold", "response_threshold", "response_max_time", "response_time"),
        _set_threshold,
    ),
    "accounts": _set_accounts,
    "latency": _set_latency,
    "account_token_position": _set_token_position,
    "allow_trace": _set_allow_trace,
}
