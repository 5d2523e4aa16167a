"""Finds out, before anything is asked of it, whether a server can be talked to at all.

Law of the file: what is wrong is said in one line, with what to do.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from natsim.conformance.tree import parse_object

from .target import TargetUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from natsim.conformance.tree import Object
    from natsim.conformance.trial import Login
    from natsim.conformance.wire.connection import Address

LINE_BYTES_MAX = 2**20
_TLS_ALERT = 0x15
_TLS_HANDSHAKE = 0x16


async def check_greeting(address: Address, login: Login, wait_s: float) -> None:
    """Connect once, say CONNECT, and look what comes. Raises TargetUnavailable.

    A server that greets and then is silent passes: what it does not do is for the cases to find.
    """
    async with _greeted(address, wait_s) as (reader, writer, info):
        await _say_hello(reader, writer, login, info, address, wait_s)


async def check_port(address: Address, wait_s: float) -> None:
    """Connect once, say nothing, and look what comes. Raises TargetUnavailable."""
    async with _greeted(address, wait_s):
        pass


@asynccontextmanager
async def _greeted(
    address: Address, wait_s: float
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter, Object]]:
    """Connect, read INFO, and start TLS where the address has it."""
    try:
        async with asyncio.timeout(wait_s):
            reader, writer = await _connect(address)
    except TimeoutError:
        raise TargetUnavailable(
            f"{address} does not answer within {wait_s:.0f} s; check host, port and firewall"
        ) from None
    try:
        line = await _first_line(reader, writer, address, wait_s)
        info = _info(line, address)
        wants_tls = info.get("tls_required") is True
        if wants_tls and address.tls is None:
            raise TargetUnavailable(
                f"{address} requires TLS; write tls://, and --tls-ca FILE if its certificate is "
                "not signed by a known authority"
            )
        if address.tls is not None and not address.is_tls_first:
            if not wants_tls and info.get("tls_available") is not True:
                raise TargetUnavailable(f"{address} does not speak TLS; write nats://")
            await _start_tls(writer, address, wait_s)
        yield reader, writer, info
    finally:
        writer.transport.abort()


async def _connect(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = address.tls if address.is_tls_first else None
    name = (address.server_name or address.host) if context else None
    try:
        return await asyncio.open_connection(
            address.host, address.port, ssl=context, server_hostname=name, limit=LINE_BYTES_MAX
        )
    except ssl.SSLError as error:
        raise TargetUnavailable(_about_tls(address, error)) from error
    except ConnectionRefusedError:
        raise TargetUnavailable(
            f"nothing listens on {address}; start the server, or check host and port"
        ) from None
    except socket.gaierror as error:
        raise TargetUnavailable(f"there is no host {address.host}: {error.strerror}") from None
    except OSError as error:
        raise TargetUnavailable(f"{address} cannot be reached: {error}") from error


async def _first_line(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: Address, wait_s: float
) -> bytes:
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            return await _line(reader)
    # A NATS server speaks first. One that waits for the client speaks something else: provoke it.
    writer.write(b"PING\r\n\r\n")
    try:
        async with asyncio.timeout(wait_s):
            return await _line(reader)
    except TimeoutError:
        raise TargetUnavailable(
            f"{address} takes connections but says nothing; a NATS server greets with INFO"
        ) from None


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except (ValueError, OSError):
        return b""


def _info(line: bytes, address: Address) -> Object:
    if not line:
        raise TargetUnavailable(
            f"{address} closes the connection without INFO; check that it is a NATS client port"
        )
    if line.startswith(b"HTTP/") or b"<html" in line.lower():
        raise TargetUnavailable(
            f"{address} speaks HTTP; name the client port (4222 as a rule), not the monitoring port"
        )
    if line[0] in (_TLS_ALERT, _TLS_HANDSHAKE):
        raise TargetUnavailable(f"{address} wants TLS before INFO; add --tls-first")
    if line.startswith(b"-ERR"):
        said = line.decode("utf-8", "replace").strip()
        raise TargetUnavailable(f"{address} refuses connections: {said}")
    if line[:5].upper() != b"INFO ":
        shown = line[:40].decode("utf-8", "backslashreplace").strip()
        raise TargetUnavailable(f"{address} is no NATS server: it greets with {shown!r}")
    try:
        return parse_object(line[5:])
    except ValueError:
        return {}


async def _start_tls(writer: asyncio.StreamWriter, address: Address, wait_s: float) -> None:
    assert address.tls is not None, "the caller has looked"
    try:
        async with asyncio.timeout(wait_s):
            await writer.start_tls(address.tls, server_hostname=address.server_name or address.host)
    except (ssl.SSLError, ssl.CertificateError, ConnectionError) as error:
        raise TargetUnavailable(_about_tls(address, error)) from error
    except TimeoutError:
        raise TargetUnavailable(f"{address} does not answer the TLS handshake") from None


def _about_tls(address: Address, error: OSError) -> str:
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
    advice = "check --tls-ca, and --tls-cert and --tls-key if it asks for a certificate"
    if "WRONG_VERSION_NUMBER" in str(error):
        advice = "it does not speak TLS first; leave out --tls-first"
    return f"{address}: the TLS handshake failed: {reason}; {advice}"


async def _say_hello(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    login: Login,
    info: Object,
    address: Address,
    wait_s: float,
) -> None:
    members = {"verbose": False, "pedantic": False, "lang": "natsim", **login.members(info)}
    writer.write(b"CONNECT %b\r\nPING\r\n" % json.dumps(members).encode())
    heard, has_ended = b"", False
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            while line := await _line(reader):
                heard = line
                if line.startswith((b"PONG", b"-ERR")):
                    break
            has_ended = not line
    if has_ended and address.tls is not None:
        # By TLS 1.3 a client without a certificate is refused behind the handshake.
        raise TargetUnavailable(
            f"{address} ends the connection behind the TLS handshake; if it asks for a "
            "certificate, give --tls-cert and --tls-key"
        )
    if not heard.startswith(b"-ERR"):
        return
    said = heard.decode("utf-8", "replace").strip()
    if b"authori" in heard.lower() or b"authentication" in heard.lower():
        given = "refuses these credentials" if len(members) > 3 else "wants credentials"
        raise TargetUnavailable(
            f"{address} {given} ({said}); give --user and --password, --token, --creds or --nkey"
        )
    if b"certificate" in heard.lower() or b"tls" in heard.lower():
        raise TargetUnavailable(f"{address} wants a client certificate ({said}); give --tls-cert")
