"""The block `tls` of any listener."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.nats.options import HandshakeFirst, TlsOptions
from natsim.broker.nats.quote import quoted
from natsim.broker.now import SECOND_NS

from .authorization import read_timeout
from .block import Broken, array, fields, fill, is_integer, text
from .node import go_type
from .parse import os_error_text
from .tls_names import CURVES, SAFE_CIPHERS, UNSAFE_CIPHERS
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .block import Report, Setter
    from .node import Node
    from .parse import Read

_AUTO_FALLBACK_NS = 50_000_000
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_VERSIONS = {"1.0": "1.0", "1.1": "1.1", "1.2": "1.2", "1.3": "1.3"}
_OLD_VERSIONS = ("1.0", "1.1")


@dataclass(slots=True)
class _Draft:
    node: Node
    is_for_clients: bool
    flags: dict[str, bool] = field(default_factory=dict[str, bool])
    files: dict[str, str] = field(default_factory=dict[str, str])
    timeout_s: float = 0
    ciphers: list[str] = field(default_factory=list[str])
    curves: list[str] = field(default_factory=list[str])
    min_version: str = ""
    pinned: list[str] = field(default_factory=list[str])
    rate_limit: int = 0
    handshake_first: HandshakeFirst | None = None
    certificates: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def read_tls(node: Node, report: Report) -> TlsOptions:
    """Read the block of a listener for clients.

    That its files can be read is checked, what is in them is not. Raises Broken.
    """
    return _read(_Draft(node, is_for_clients=True), report)


def read_server_tls(node: Node, report: Report) -> TlsOptions:
    """Read the block of a listener for other servers. Raises Broken."""
    return _read(_Draft(node, is_for_clients=False), report)


def _read(draft: _Draft, report: Report) -> TlsOptions:
    node = draft.node
    fill(draft, _FIELDS, node, report, _unknown)
    if draft.certificates and draft.files.get("cert_file"):
        raise Broken(
            "error parsing tls config, cannot combine 'cert_file' option with 'certs' option",
            node.place,
        )
    unsafe = [name for name in draft.ciphers if name in UNSAFE_CIPHERS]
    if unsafe and not draft.flags.get("allow_insecure_cipher_suites"):
        raise Broken(
            "insecure cipher suites configured without 'allow_insecure_cipher_suites' option "
            f"set: {', '.join(unsafe)}",
            node.place,
        )
    _check_files(draft, report.read)
    verify_and_map = draft.flags.get("verify_and_map", False)
    options = TlsOptions(
        cert_file=draft.files.get("cert_file", ""),
        key_file=draft.files.get("key_file", ""),
        ca_file=draft.files.get("ca_file", ""),
        verify=draft.flags.get("verify", False) or verify_and_map,
        verify_and_map=verify_and_map,
        timeout_ns=int(draft.timeout_s * SECOND_NS) or TlsOptions().timeout_ns,
        cipher_suites=tuple(draft.ciphers),
        curve_preferences=tuple(draft.curves),
        min_version=draft.min_version,
        pinned_certs=tuple(dict.fromkeys(draft.pinned)),
        connection_rate_limit=draft.rate_limit,
        handshake_first=draft.handshake_first,
        certificates=tuple(draft.certificates),
    )
    mistake = report.find_tls_mistake(options)
    if mistake:
        raise Broken(mistake, node.place)
    return options


def _check_files(draft: _Draft, read: Read) -> None:
    cert_file, key_file = draft.files.get("cert_file", ""), draft.files.get("key_file", "")
    if cert_file and not key_file:
        raise Broken("missing 'key_file' in TLS configuration", draft.node.place)
    if key_file and not cert_file:
        raise Broken("missing 'cert_file' in TLS configuration", draft.node.place)
    pair = "error parsing X509 certificate/key pair"
    if cert_file:
        _check_readable(draft, read, cert_file, f"{pair}: ")
        _check_readable(draft, read, key_file, f"{pair}: ")
    count = len(draft.certificates)
    for number, (one_cert, one_key) in enumerate(draft.certificates, 1):
        _check_readable(draft, read, one_cert, f"{pair} {number}/{count}: ")
        _check_readable(draft, read, one_key, f"{pair} {number}/{count}: ")
    if draft.files.get("ca_file"):
        _check_readable(draft, read, draft.files["ca_file"], "")


def _check_readable(draft: _Draft, read: Read, path: str, before: str) -> None:
    try:
        read(path)
    except OSError as error:
        raise Broken(before + os_error_text(path, error), draft.node.place) from error


def _unknown(key: str, node: Node, _: Report) -> None:
    raise Broken(f"error parsing tls config, unknown field {quoted(key)}", node.place)


def _file(name: str) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        if not isinstance(node.value, str):
            raise Broken(f"error parsing tls config, expected '{name}' to be filename", node.place)
        draft.files[name] = node.value

    return put


def _flag(name: str) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        if not isinstance(node.value, bool):
            raise Broken(f"error parsing tls config, expected '{name}' to be a boolean", node.place)
        draft.flags[name] = node.value
        if name == "verify_cert_and_check_known_urls" and node.value and draft.is_for_clients:
            raise Broken(f"{name} not supported in this context", node.place)

    return put


def _names(name: str, known: Callable[[str], str | None]) -> Callable[[Node], list[str]]:
    def get(node: Node) -> list[str]:
        found = array(node)
        if not found:
            raise Broken(f"error parsing tls config, '{name}' cannot be empty", node.place)
        names: list[str] = []
        for one in found:
            mistake = known(text(one))
            if mistake:
                raise Broken(mistake, one.place)
            names.append(text(one))
        return names

    return get


def _cipher_mistake(name: str) -> str | None:
    is_known = name in SAFE_CIPHERS or name in UNSAFE_CIPHERS
    return None if is_known else f"unrecognized cipher {name}"


def _curve_mistake(name: str) -> str | None:
    return None if name in CURVES else f"unrecognized curve preference {name}"


_ciphers = _names("cipher_suites", _cipher_mistake)
_curves = _names("curve_preferences", _curve_mistake)


def _set_ciphers(draft: _Draft, node: Node, _: Report) -> None:
    draft.ciphers = _ciphers(node)


def _set_curves(draft: _Draft, node: Node, _: Report) -> None:
    draft.curves = _curves(node)


def _set_timeout(draft: _Draft, node: Node, _: Report) -> None:
    draft.timeout_s = read_timeout(node, "tls")


def _set_rate_limit(draft: _Draft, node: Node, _: Report) -> None:
    if not isinstance(node.value, int) or not is_integer(node.value):
        raise Broken("error parsing tls config, 'connection_rate_limit' wrong type", node.place)
    draft.rate_limit = node.value


def _set_pinned(draft: _Draft, node: Node, _: Report) -> None:
    what = "hex-encoded sha256 of DER encoded SubjectPublicKeyInfo"
    if not isinstance(node.value, list):
        raise Broken(
            f"error parsing tls config, expected 'pinned_certs' to be a list of {what}",
            node.place,
        )
    for one in node.value:
        entry = text(one).lower()
        if not _FINGERPRINT.fullmatch(entry):
            raise Broken(
                f"error parsing tls config, 'pinned_certs' key {entry} does not look like {what}",
                one.place,
            )
        draft.pinned.append(entry)


def _first(name: str) -> Setter[_Draft]:
    def put(draft: _Draft, node: Node, _: Report) -> None:
        match node.value:
            case bool():
                draft.handshake_first = HandshakeFirst() if node.value else None
            case str():
                draft.handshake_first = _handshake_first(name, node.value, node)
            case _:
                raise Broken(
                    f"field {quoted(name)} should be a boolean or a string, "
                    f"got {go_type(node.value)}",
                    node.place,
                )

    return put


def _handshake_first(name: str, value: str, node: Node) -> HandshakeFirst | None:
    match value.lower():
        case "true" | "on":
            return HandshakeFirst()
        case "false" | "off":
            return None
        case "auto" | "auto_fallback":
            return HandshakeFirst(delay_ns=_AUTO_FALLBACK_NS)
        case _:
            try:
                return HandshakeFirst(delay_ns=parse_duration(value) or None)
            except DurationError as error:
                raise Broken(
                    f"field {quoted(name)}'s value {quoted(value)} is invalid", node.place
                ) from error


def _set_certificates(draft: _Draft, node: Node, _: Report) -> None:
    if not isinstance(node.value, list):
        # nats-server names the type of the block here, not that of the field.
        kind = go_type(draft.node.value)
        raise Broken(f"error parsing certificates config: unsupported type {kind}", node.place)
    draft.certificates = [_certificate(one) for one in node.value]


def _certificate(node: Node) -> tuple[str, str]:
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Broken(f"error parsing certificates config: unsupported type {kind}", node.place)
    files = {"cert_file": "", "key_file": ""}
    place = node.place
    for key, value in fields(node):
        place = value.place
        if not isinstance(value.value, str):
            kind = go_type(value.value)
            raise Broken(f"error parsing certificates config: unsupported type {kind}", place)
        if key not in files:
            raise Broken(f"error parsing tls certs config, unknown field {quoted(key)}", place)
        files[key] = value.value
    if not all(files.values()):
        raise Broken(
            "error parsing certificates config: both 'cert_file' and 'cert_key' options are "
            "required",
            place,
        )
    return files["cert_file"], files["key_file"]


def _set_min_version(draft: _Draft, node: Node, _: Report) -> None:
    before = "error parsing tls config: "
    if not isinstance(node.value, str):
        raise Broken(f"{before}'min_version' wrong type: {plain(node.value)}", node.place)
    version = _VERSIONS.get(node.value)
    if version is None:
        raise Broken(f"{before}unknown version: {node.value}", node.place)
    if version in _OLD_VERSIONS:
        raise Broken(f"{before}unsupported TLS version: TLS {version}", node.place)
    draft.min_version = version


def _set_ocsp_peer(draft: _Draft, node: Node, report: Report) -> None:
    match node.value:
        case False:
            pass
        case True | dict():
            report.wrong("natsim has no OCSP; use nats-server for ocsp_peer", node.place)
        case _:
            kind = go_type(draft.node.value)
            raise Broken(f"error parsing ocsp peer config: unsupported type {kind}", node.place)


def _only_on_windows(mistake: str) -> Setter[_Draft]:
    def refuse(_: _Draft, node: Node, __: Report) -> None:
        if not isinstance(node.value, str) or not node.value:
            raise Broken(mistake, node.place)
        raise Broken("cert store type not implemented", node.place)

    return refuse


def _ignore(_: _Draft, __: Node, ___: Report) -> None:
    """Read what means nothing without a certificate store."""


def _set_cert_match(_: _Draft, node: Node, __: Report) -> None:
    if not isinstance(node.value, str) or not node.value:
        raise Broken("expected 'cert_match' to be a valid non-empty string", node.place)


def _set_cert_match_skip(_: _Draft, node: Node, __: Report) -> None:
    if not isinstance(node.value, bool):
        raise Broken("expected 'cert_match_skip_invalid' to be a boolean", node.place)


_FIELDS: Mapping[str, Setter[_Draft]] = {
    **{name: _file(name) for name in ("cert_file", "key_file", "ca_file")},
    **{
        name: _flag(name)
        for name in (
            "insecure",
            "verify",
            "verify_and_map",
            "verify_cert_and_check_known_urls",
            "allow_insecure_cipher_suites",
        )
    },
    "cipher_suites": _set_ciphers,
    "curve_preferences": _set_curves,
    "timeout": _set_timeout,
    "connection_rate_limit": _set_rate_limit,
    "pinned_certs": _set_pinned,
    **{name: _first(name) for name in ("handshake_first", "first", "immediate")},
    **dict.fromkeys(("certs", "certificates"), _set_certificates),
    "min_version": _set_min_version,
    "ocsp_peer": _set_ocsp_peer,
    "cert_store": _only_on_windows("expected 'cert_store' to be a valid non-empty string"),
    "cert_match_by": _only_on_windows("expected 'cert_match_by' to be a valid non-empty string"),
    "cert_match": _set_cert_match,
    "cert_match_skip_invalid": _set_cert_match_skip,
    "ca_certs_match": _ignore,
}
