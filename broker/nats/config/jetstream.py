"""The block `jetstream`: read for its mistakes, since natsim has no JetStream."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.nats.quote import quoted

from .block import Broken, Panic, boolean, duration, fill, integer, is_integer, text
from .node import go_type
from .wording import plain, quoted_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .block import Report, Setter
    from .node import Node

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_SIZES = "KMGT"
_IO_MIN, _IO_MAX = 4, 8192


def read_jetstream(node: Node, report: Report) -> bool:
    """Tell if JetStream is switched on. Raises Broken."""
    match node.value:
        case bool():
            return node.value
        case str():
            return _is_enabled(node)
        case dict():
            is_on = [True]
            try:
                fill(is_on, _FIELDS, node, report)
            except Panic as error:
                # nats-server looks no closer than at the block here.
                raise Panic(error.mistake.text, node.place) from error
            return is_on[-1]
        case _:
            raise _no_jetstream(node)


def read_account_jetstream(node: Node, report: Report) -> None:
    """Read what an account may use of JetStream. Raises Broken."""
    match node.value:
        case bool():
            pass
        case str():
            _is_enabled(node)
        case dict():
            fill(None, _ACCOUNT_FIELDS, node, report)
        case _:
            raise _no_jetstream(node)


def _is_enabled(node: Node) -> bool:
    match text(node).lower():
        case "enabled" | "enable":
            return True
        case "disabled" | "disable":
            return False
        case _:
            raise Broken(
                f"Expected 'enabled' or 'disabled' for string value, got '{text(node)}'",
                node.place,
            )


def _no_jetstream(node: Node) -> Broken:
    kind = go_type(node.value)
    return Broken(f"Expected map, bool or string to define JetStream, got {kind}", node.place)


def _set_enabled(is_on: list[bool], node: Node, _: Report) -> None:
    is_on.append(boolean(node))


def _checked(read: Callable[[Node], object]) -> Setter[object]:
    def check(_: object, node: Node, __: Report) -> None:
        read(node)

    return check


def _check_sync(_: object, node: Node, report: Report) -> None:
    if not (isinstance(node.value, str) and node.value.lower() == "always"):
        duration("sync_interval", node, report)


def _check_strict(_: object, node: Node, __: Report) -> None:
    if not isinstance(node.value, bool):
        raise Broken(
            f"Expected 'true' or 'false' for bool value, got '{plain(node.value)}'", node.place
        )


def _storage(name: str) -> Setter[object]:
    def check(_: object, node: Node, __: Report) -> None:
        if is_integer(node.value) or node.value == "":
            return
        if not isinstance(node.value, str):
            raise Broken(f"{name} must be int64 or string", node.place)
        if not _INTEGER.fullmatch(node.value[:-1]):
            raise Broken(
                f"{name} strconv.ParseInt: parsing {quoted(node.value[:-1])}: invalid syntax",
                node.place,
            )
        if node.value[-1] not in _SIZES:
            raise Broken(f"{name} sizes defined as strings must end in K, M, G, T", node.place)

    return check


def _size(name: str) -> Setter[object]:
    def check(_: object, node: Node, __: Report) -> None:
        if not is_integer(node.value):
            raise Broken(
                f"Expected a parseable size for {quoted(name)}, got {plain(node.value)}",
                node.place,
            )

    return check


def _check_concurrent_io(_: object, node: Node, __: Report) -> None:
    value = node.value
    if not isinstance(value, int) or not is_integer(value) or not _IO_MIN <= value <= _IO_MAX:
        raise Broken(
            'Expected an absolute size for "max_concurrent_io" between 4 and 8192, '
            f"got {plain(value)}",
            node.place,
        )


def _check_meta_compact(_: object, node: Node, __: Report) -> None:
    value = node.value
    if not isinstance(value, int) or not is_integer(value) or value < 0:
        raise Broken(
            f'Expected an absolute size for "meta_compact", got {plain(value)}', node.place
        )


def _check_cipher(_: object, node: Node, __: Report) -> None:
    if text(node).lower() not in ("chacha", "chachapoly", "aes"):
        raise Broken(f"Unknown cipher type: {quoted_value(node.value)}", node.place)


def _check_limits(_: object, node: Node, report: Report) -> None:
    _check_inner(_LIMITS, "JetStreamLimits", node, report)


def _check_batch(_: object, node: Node, report: Report) -> None:
    _check_inner(_BATCH, "batch limits", node, report)


def _check_tpm(_: object, node: Node, report: Report) -> None:
    _check_inner(_TPM, "JetStreamLimits", node, report)


def _check_inner(
    setters: Mapping[str, Setter[object]], what: str, node: Node, report: Report
) -> None:
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Broken(f"Expected a map to define {what}, got {kind}", node.place)
    fill(object(), setters, node, report)


def _check_span(_: object, node: Node, report: Report) -> None:
    try:
        parse_duration(text(node))
    except DurationError as error:
        report.wrong(str(error), None)


_BATCH: Mapping[str, Setter[object]] = {
    **dict.fromkeys(
        ("max_inflight_per_stream", "max_inflight_total", "max_msgs"), _checked(integer)
    ),
    "timeout": _check_span,
}

_LIMITS: Mapping[str, Setter[object]] = {
    **dict.fromkeys(("max_ack_pending", "max_ha_assets", "max_request_batch"), _checked(integer)),
    "duplicate_window": _check_span,
    "batch": _check_batch,
}

_TPM: Mapping[str, Setter[object]] = {
    **dict.fromkeys(("keys_file", "encryption_password", "srk_password"), _checked(text)),
    "pcr": _checked(integer),
    "cipher": _check_cipher,
}

_FIELDS: Mapping[str, Setter[list[bool]]] = {
    **dict.fromkeys(("enable", "enabled"), _set_enabled),
    "strict": _check_strict,
    **dict.fromkeys(
        (
            "store",
            "store_dir",
            "storedir",
            "domain",
            "key",
            "ek",
            "encryption_key",
            "prev_key",
            "prev_ek",
            "prev_encryption_key",
            "extension_hint",
            "unique_tag",
        ),
        _checked(text),
    ),
    **dict.fromkeys(("sync", "sync_interval"), _check_sync),
    **dict.fromkeys(("max_memory_store", "max_mem_store", "max_mem"), _storage("max_mem_store")),
    **dict.fromkeys(("max_file_store", "max_file"), _storage("max_file_store")),
    **{
        name: _storage(name)
        for name in ("max_outstanding_catchup", "max_buffered_size", "meta_compact_size")
    },
    **{
        name: _size(name)
        for name in ("max_buffered_msgs", "request_queue_limit", "info_queue_limit")
    },
    "meta_compact": _check_meta_compact,
    "meta_compact_sync": _checked(boolean),
    "max_concurrent_io": _check_concurrent_io,
    "cipher": _check_cipher,
    "limits": _check_limits,
    "tpm": _check_tpm,
}


def _check_required(_: object, node: Node, __: Report) -> None:
    if not isinstance(node.value, bool):
        raise Broken(
            f'Expected a parseable bool for "max_bytes_required", got {plain(node.value)}',
            node.place,
        )


def _check_traffic(_: object, node: Node, __: Report) -> None:
    if not isinstance(node.value, str):
        raise Broken(
            "Expected either 'system' or 'owner' string value for \"cluster_traffic\", "
            f"got {plain(node.value)}",
            node.place,
        )
    if node.value not in ("system", "owner", ""):
        raise Broken(
            f"Expected 'system' or 'owner' string value for \"cluster_traffic\", got {node.value}",
            node.place,
        )


_ACCOUNT_SIZES = (
    "max_memory max_mem mem memory max_store max_file max_disk store disk max_streams streams "
    "max_consumers consumers mem_max_stream_bytes memory_max_stream_bytes disk_max_stream_bytes "
    "store_max_stream_bytes max_ack_pending"
)

_ACCOUNT_FIELDS: Mapping[str, Setter[object]] = {
    **{name: _size(name) for name in _ACCOUNT_SIZES.split()},
    **dict.fromkeys(("max_bytes_required", "max_stream_bytes", "max_bytes"), _check_required),
    "cluster_traffic": _check_traffic,
}
