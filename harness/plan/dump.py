"""Writing a plan: a YAML file people can read, edit and mail; many operations beside it."""

import re
import sys
from collections.abc import Iterable, Iterator
from json import dumps
from pathlib import Path
from typing import assert_never

import yaml

from natsim.scenarios.document import Value
from natsim.scenarios.quantity import format_duration, format_interval
from natsim.scenarios.yaml_file import FLOAT, HEXADECIMAL, INFINITE, INT, OCTAL

from .build import owner
from .plan import (
    SCHEMA,
    ClientPlan,
    Fault,
    Kill,
    Operation,
    Partition,
    Pause,
    Plan,
    Series,
    ServerPlan,
    SlowLink,
    SubscriptionPlan,
)

INLINE_MAX = 200  # operations; more go to a file of their own
SUFFIX = ".ops.jsonl"


def dump_plan(plan: Plan, path: Path) -> list[Path]:
    """Write a plan; return the files written, the plan first.

    path: of the plan, `plan.yaml`. More than INLINE_MAX operations are written to `plan.ops.jsonl`
    beside it, which the plan names.
    """
    if len(plan.operations) <= INLINE_MAX:
        path.write_text(plan_text(plan), encoding="utf-8", newline="\n")
        return [path]
    beside = path.with_name(path.name.removesuffix(path.suffix) + SUFFIX)
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(operation_lines(plan))
    head = _text({**_head(plan), "operations-file": beside.name, **_faults(plan)})
    path.write_text(head, encoding="utf-8", newline="\n")
    return [path, beside]


def plan_text(plan: Plan) -> str:
    """Return the YAML of a plan with all its operations, however many."""
    operations = [_OneLine(_operation(each)) for each in plan.operations]
    return _text({**_head(plan), **_some("operations", operations), **_faults(plan)})


def operation_lines(plan: Plan) -> Iterator[str]:
    """Yield the operations of a plan as lines of JSON."""
    for operation in plan.operations:
        yield f"{dumps(_operation(operation), ensure_ascii=False)}\n"


class _OneLine(dict[str, Value]):
    """A mapping to be written on one line."""


class _Dumper(yaml.SafeDumper):
    """Quotes every text that YAML 1.1 or YAML 1.2's core schema would take for something else."""


_Dumper.add_representer(
    _OneLine,
    lambda dumper, mapping: dumper.represent_mapping(
        "tag:yaml.org,2002:map", mapping, flow_style=True
    ),
)
for _core in (INT, OCTAL, HEXADECIMAL, FLOAT, INFINITE):
    # The tag is of no matter, so that it is not that of text. pyright loses the stubs here.
    _Dumper.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType]
        "tag:yaml.org,2002:float", re.compile(rf"(?:{_core.pattern})\Z"), list("-+.0123456789")
    )


def _text(document: dict[str, Value]) -> str:
    return yaml.dump(
        document,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=sys.maxsize,
    )


def _some(key: str, items: Iterable[Value]) -> dict[str, Value]:
    """Return a key with its list, nothing when the list is empty."""
    listed = list(items)
    return {key: listed} if listed else {}


def _head(plan: Plan) -> dict[str, Value]:
    return {
        "schema": SCHEMA,
        "scenario": plan.scenario,
        "seed": plan.seed,
        "duration": format_duration(plan.duration_ns),
        "settle": format_duration(plan.settle_ns),
        "barrier": format_duration(plan.barrier_ns),
        "expect": list(plan.expect),
        "servers": {server.name: _server(server) for server in plan.servers},
        **_some(
            "links",
            [
                _OneLine(ends=list(link.ends), latency=format_interval(link.latency_ns))
                for link in plan.links
            ],
        ),
        "clients": {client.name: _OneLine(_client(client)) for client in plan.clients},
        **_some("series", [_OneLine(_series(each)) for each in plan.series]),
    }


def _faults(plan: Plan) -> dict[str, Value]:
    return _some("faults", [_OneLine(_fault(fault)) for fault in plan.faults])


def _server(server: ServerPlan) -> _OneLine:
    written = _OneLine()
    if server.max_payload_bytes is not None:
        written["max-payload"] = server.max_payload_bytes
    if server.max_pending_bytes is not None:
        written["max-pending"] = server.max_pending_bytes
    if server.max_control_line_bytes is not None:
        written["max-control-line"] = server.max_control_line_bytes
    if server.ping_interval_ns is not None:
        written["ping-interval"] = format_duration(server.ping_interval_ns)
    if server.ping_max is not None:
        written["ping-max"] = server.ping_max
    return written


def _client(client: ClientPlan) -> dict[str, Value]:
    knobs: dict[str, Value] = {
        "at": client.at,
        "reconnect-wait": format_duration(client.reconnect_wait_ns),
        "ping-interval": format_duration(client.ping_interval_ns),
        "pings-outstanding": client.pings_outstanding_max,
    }
    subscriptions = [_OneLine(_subscription(each)) for each in client.subscriptions]
    return {**knobs, **_some("subscriptions", subscriptions)}


def _subscription(sub: SubscriptionPlan) -> dict[str, Value]:
    written: dict[str, Value] = {"id": sub.id, "subject": sub.subject}
    if sub.queue is not None:
        written["queue"] = sub.queue
    if sub.max_messages is not None:
        written["max"] = sub.max_messages
    if sub.answers:
        written["answers"] = True
    if sub.delay_ns:
        written["delay"] = format_duration(sub.delay_ns)
    return written


def _whose(name: str, client: str) -> dict[str, Value]:
    """Return the id, and the client where the id does not say it."""
    return {"id": name} if owner(name) == client else {"id": name, "client": client}


def _series(series: Series) -> dict[str, Value]:
    subjects: Value = series.subjects[0] if len(series.subjects) == 1 else list(series.subjects)
    written: dict[str, Value] = {
        **_whose(series.id, series.client),
        series.kind: subjects,
        "size": series.size,
        "from": format_duration(series.from_ns),
        "every": format_duration(series.every_ns),
        "count": series.count,
    }
    if series.kind == "request":
        written["timeout"] = format_duration(series.timeout_ns)
    if series.skip:
        written["except"] = list(series.skip)
    return written


def _operation(operation: Operation) -> dict[str, Value]:
    written: dict[str, Value] = {
        **_whose(operation.id, operation.client),
        "at": format_duration(operation.at_ns),
        "do": operation.kind,
    }
    match operation.kind:
        case "subscribe":
            written |= {"sub": operation.sub, "subject": operation.subject}
            if operation.queue is not None:
                written["queue"] = operation.queue
        case "unsubscribe":
            written["sub"] = operation.sub
            if operation.max_messages is not None:
                written["max"] = operation.max_messages
        case "publish":
            written |= {"subject": operation.subject, "size": operation.size}
        case "request":
            written |= {"subject": operation.subject, "size": operation.size}
            written["timeout"] = format_duration(operation.timeout_ns)
        case "connect" | "flush" | "drain" | "close":
            pass
        case _:
            assert_never(operation.kind)
    return written


def _fault(fault: Fault) -> dict[str, Value]:
    written: dict[str, Value] = {"id": fault.id, "at": format_duration(fault.at_ns)}
    match fault:
        case Partition():
            written["partition"] = [list(side) for side in fault.sides]
            written["for"] = format_duration(fault.for_ns)
            if fault.is_one_way:
                written["one-way"] = True
        case Kill():
            written["kill"] = fault.target
            if fault.restart_ns is not None:
                written["restart"] = format_duration(fault.restart_ns)
        case Pause():
            written["pause"] = fault.target
            written["for"] = format_duration(fault.for_ns)
        case SlowLink():
            written["slow-link"] = list(fault.ends)
            written["latency"] = format_interval(fault.latency_ns)
            written["for"] = format_duration(fault.for_ns)
        case _:
            assert_never(fault)
    return written
