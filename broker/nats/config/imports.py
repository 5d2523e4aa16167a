"""The array `imports` of an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from natsim.broker.nats.options import ServiceImport, StreamImport
from natsim.broker.nats.quote import quoted

from .block import Broken, Wrong, boolean, fill, text
from .exports import refuse_tracing
from .node import go_type
from .source import bytes_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .mistake import Place
    from .node import Node

Import: TypeAlias = StreamImport | ServiceImport


@dataclass(slots=True)
class _Source:
    account: str = ""
    subject: str = ""


@dataclass(slots=True)
class _Draft:
    """stream, service: the first of them counts. trace_place: of allow_trace."""

    stream: _Source | None = None
    service: _Source | None = None
    prefix: str = ""
    to: str = ""
    share: bool = False
    allow_trace: bool = False
    trace_place: Place | None = None


def read_imports(node: Node, report: Report) -> list[Import]:
    """Read imports; wrong ones are noted and left out. Raises Broken."""
    if not isinstance(node.value, list):
        raise Broken(f"Imports should be an array, got {go_type(node.value)}", node.place)
    found: list[Import] = []
    services: dict[bytes, list[ServiceImport]] = {}
    for entry in node.value:
        one = report.attempt(_import, entry)
        if isinstance(one, ServiceImport):
            same = services.setdefault(one.to or one.subject, [])
            before = next((other for other in same if other.account == one.account), None)
            if before is not None:
                report.wrong(_duplicate(one, before), entry.place)
                continue
            same.append(one)
        if one is not None:
            found.append(one)
    return found


def _duplicate(one: ServiceImport, before: ServiceImport) -> str:
    return (
        f"Duplicate service import subject {quoted(text_of(one.to or one.subject))}, previously "
        f"used in import for account {quoted(before.account)}, "
        f"subject {quoted(text_of(before.subject))}"
    )


def _import(node: Node, report: Report) -> Import | None:
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Broken(f"Import Items should be a map with type entry, got {kind}", node.place)
    draft = _Draft()
    fill(draft, _FIELDS, node, report)
    refuse_tracing(draft.allow_trace, node, report)
    if draft.stream is not None:
        # With both, nats-server looks at the prefix alone.
        return StreamImport(
            account=draft.stream.account,
            subject=bytes_of(draft.stream.subject),
            prefix=bytes_of(draft.prefix),
            to=b"" if draft.prefix else bytes_of(draft.to),
        )
    if draft.service is not None:
        return ServiceImport(
            account=draft.service.account,
            subject=bytes_of(draft.service.subject),
            to=b"" if draft.to == draft.service.subject else bytes_of(draft.to),
            share=draft.share,
        )
    return None


def _set_stream(draft: _Draft, node: Node, report: Report) -> None:
    if draft.service is not None:
        raise Wrong("Detected stream but already saw a service", node.place)
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Wrong(f"Stream entry should be an account map, got {kind}", node.place)
    draft.stream = _source(node, report)


def _set_service(draft: _Draft, node: Node, report: Report) -> None:
    if draft.stream is not None:
        raise Wrong("Detected service but already saw a stream", node.place)
    if draft.trace_place is not None:
        raise Wrong("Detected allow_trace directive on a non-stream", draft.trace_place)
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Wrong(f"Service entry should be an account map, got {kind}", node.place)
    draft.service = _source(node, report)


def _source(node: Node, report: Report) -> _Source:
    source = _Source()
    try:
        fill(source, _SOURCE_FIELDS, node, report)
    except Broken as error:
        report.mistakes.append(error.mistake)
        source = _Source()
    if not source.account or not source.subject:
        raise Wrong("Expect an account name and a subject", node.place)
    return source


def _set_account(source: _Source, node: Node, _: Report) -> None:
    source.account = text(node)


def _set_subject(source: _Source, node: Node, _: Report) -> None:
    source.subject = text(node)


_SOURCE_FIELDS: Mapping[str, Setter[_Source]] = {
    "account": _set_account,
    "subject": _set_subject,
}


def _set_prefix(draft: _Draft, node: Node, _: Report) -> None:
    draft.prefix = text(node)


def _set_to(draft: _Draft, node: Node, _: Report) -> None:
    draft.to = text(node)
    if draft.stream is not None and draft.prefix:
        raise Wrong("Stream import can not have a 'prefix' and a 'to' property", node.place)


def _set_share(draft: _Draft, node: Node, _: Report) -> None:
    draft.share = boolean(node)


def _set_allow_trace(draft: _Draft, node: Node, _: Report) -> None:
    if draft.service is not None:
        raise Wrong("Detected allow_trace directive on a non-stream", node.place)
    draft.allow_trace = boolean(node)
    draft.trace_place = node.place


_FIELDS: Mapping[str, Setter[_Draft]] = {
    "stream": _set_stream,
    "service": _set_service,
    "prefix": _set_prefix,
    "to": _set_to,
    "share": _set_share,
    "allow_trace": _set_allow_trace,
}
