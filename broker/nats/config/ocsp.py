"""The blocks `ocsp` and `ocsp_cache`: whether certificates were revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.nats.quote import quoted

from .block import Broken, Panic, fields, table, text
from .node import go_type

if TYPE_CHECKING:
    from .block import Report
    from .node import Node

_MODES = ("always", "must", "never", "auto")
_CACHE_TYPES = ("none", "local")


def read_ocsp(node: Node, report: Report) -> bool:
    """Tell if revocation is asked about. Raises Broken."""
    match node.value:
        case bool():
            return node.value
        case dict():
            try:
                return _mode(node, report) != "never"
            except Panic as error:
                # nats-server looks no closer than at the block here.
                raise Panic(error.mistake.text, node.place) from error
        case _:
            kind = go_type(node.value)
            raise Broken(f"error parsing ocsp config: unsupported type {kind}", node.place)


def read_ocsp_cache(node: Node, _: Report) -> None:
    """Read where answers about revocation are kept. Raises Broken."""
    match node.value:
        case bool():
            pass
        case dict():
            for key, value in fields(node):
                _check_cache_field(key, value)
        case _:
            kind = go_type(node.value)
            raise Broken(f"error parsing tags: unsupported type {kind}", node.place)


def _mode(node: Node, report: Report) -> str:
    mode = "auto"
    for key, value in table(node).items():
        match key:
            case "mode":
                mode = text(value).lower()
                if mode not in _MODES:
                    report.wrong(
                        "error parsing ocsp config: unsupported ocsp mode string", value.place
                    )
            case "url":
                text(value)
            case "urls":
                # Go wants a type here that the language cannot give.
                kind = go_type(value.value)
                raise Panic(
                    f"interface conversion: interface {{}} is {kind}, not []string", value.place
                )
            case _:
                raise Broken("error parsing ocsp config: unsupported field string", value.place)
    return mode


def _check_cache_field(key: str, node: Node) -> None:
    before = "error parsing OCSP peer cache config,"
    match key.lower(), node.value:
        case ("type", str(kind)):
            if kind.lower() not in _CACHE_TYPES:
                raise Broken(f"{before} unknown type [{kind}]", node.place)
        case ("local_store", str()) | ("preserve_revoked", bool()):
            pass
        case ("save_interval", _):
            _check_interval(before, node)
        case _:
            raise Broken(f"{before} unknown field [{quoted(key)}]", node.place)


def _check_interval(before: str, node: Node) -> None:
    match node.value:
        case bool():
            raise Broken(f"{before} conversion error: unexpected type", node.place)
        case int() | float():
            pass
        case str(span):
            try:
                parse_duration(span)
            except DurationError as error:
                raise Broken(
                    f"error parsing tls peer config, conversion error: {error}", node.place
                ) from error
        case _:
            raise Broken(f"{before} conversion error: unexpected type", node.place)
