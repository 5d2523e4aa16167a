"""What an account gives, takes and renames, as /accountz tells of it."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from natsim.broker.nats.json_text import Fields, present, text_of
from natsim.broker.nats.options import ResponseType, ServiceExport
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT

if TYPE_CHECKING:
    from natsim.broker.nats.options import (
        AccountOptions,
        Export,
        Mapping,
        Options,
        ServiceImport,
        StreamImport,
    )

_WHOLE = 100
_RESPONSES = {
    ResponseType.SINGLETON: "Singleton",
    ResponseType.STREAM: "Streamed",
    ResponseType.CHUNKED: "Chunked",
}


def exports(account: AccountOptions) -> list[Fields]:
    """List what an account gives: services, then streams."""
    each = sorted(account.exports, key=lambda one: not isinstance(one, ServiceExport))
    return [_export(one) for one in each]


def imports(account: AccountOptions) -> list[Fields]:
    """List what an account takes: streams, then services."""
    streams = [_stream_import(each) for each in account.stream_imports]
    return [*streams, *(_service_import(each) for each in account.service_imports)]


def mappings(account: AccountOptions, options: Options, name: str) -> Fields:
    """Give where publications go instead, by the subject published to.

    Those of the global account stand in the options of the server.
    """
    each = (*account.mappings, *(options.mappings if name == GLOBAL_ACCOUNT else ()))
    return {text_of(one.source): _mapping(one) for one in sorted(each, key=lambda one: one.source)}


def _export(export: Export) -> Fields:
    fields: Fields = {"subject": text_of(export.subject)}
    if isinstance(export, ServiceExport):
        fields |= {"type": "service", "response_type": _RESPONSES[export.response_type]}
        if export.latency_subject:
            fields["service_latency"] = {
                "sampling": export.latency_sampling or "headers",
                "results": text_of(export.latency_subject),
            }
    else:
        fields["type"] = "stream"
    return {**fields, **present({"approved_accounts": export.accounts})}


def _stream_import(taken: StreamImport) -> Fields:
    prefixed = b".".join((taken.prefix, taken.subject)) if taken.prefix else taken.subject
    return {
        "subject": text_of(taken.subject),
        "account": taken.account,
        "local_subject": text_of(taken.to or prefixed),
        "type": "stream",
        **_state_of_import(is_shared=False),
    }


def _service_import(taken: ServiceImport) -> Fields:
    here = text_of(taken.to or taken.subject)
    return {
        "subject": text_of(taken.subject),
        "account": taken.account,
        "to": here,
        "local_subject": here,
        "type": "service",
        **_state_of_import(is_shared=taken.share),
    }


def _state_of_import(*, is_shared: bool) -> Fields:
    return {"invalid": False, "share": is_shared, "tracking": False}


def _mapping(mapping: Mapping) -> list[Fields]:
    """List the destinations: the lighter first, each with its weight and those before it."""
    weighted = [(one.weight, text_of(one.subject), one.cluster) for one in mapping.destinations]
    local = [each for each in weighted if not each[2]]
    rest = _WHOLE - sum(weight for weight, _, _ in local)
    if local and rest > 0:
        # What no destination gets goes where it was published to.
        local.append((rest, _itself(mapping.source), ""))
    fields: list[Fields] = []
    for cluster in dict.fromkeys(("", *(each[2] for each in weighted))):
        mine = local if not cluster else [each for each in weighted if each[2] == cluster]
        mine.sort(key=lambda each: each[0])
        sums = accumulate(weight for weight, _, _ in mine)
        for (_, subject, _), total in zip(mine, sums, strict=True):
            fields.append({"subject": subject, "weight": total, **present({"cluster": cluster})})
    return fields


def _itself(source: bytes) -> str:
    """Write a pattern as the destination that changes nothing."""
    tokens: list[str] = []
    count = 0
    for token in text_of(source).split("."):
        if token == "*":
            count += 1
            token = f"${count}"
        tokens.append(token)
    return ".".join(tokens)
