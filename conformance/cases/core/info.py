"""INFO: every key that a client may rely on, and what is said after CONNECT."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import TYPE_CHECKING, TypeVar

from natsim.conformance.capabilities import ANONYMOUS
from natsim.conformance.case import case
from natsim.conformance.failure import Failed, Skipped, Undecided
from natsim.conformance.tree import parse_object
from natsim.conformance.wire.connection import PING, PONG, Silence

if TYPE_CHECKING:
    from natsim.conformance.tree import Object
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

T = TypeVar("T")

_SERVER_KEY = re.compile(r"N[A-Z2-7]{55}")
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:[-+.].*)?")
_SAME_ON_ALL = ("server_name", "version", "proto", "go", "host", "port", "headers", "max_payload")
_OPTIONAL: dict[str, type] = {
    "auth_required": bool, "tls_required": bool, "tls_verify": bool, "tls_available": bool,
    "jetstream": bool, "ldm": bool, "git_commit": str, "nonce": str, "cluster": str,
    "domain": str, "xkey": str, "ip": str, "connect_urls": list, "api_lvl": int,
}  # fmt: skip


@case("core.info.one-line", "INFO is one line: the verb, a blank, the JSON, CRLF.")
async def one_line(trial: Trial) -> None:
    """Look at the bytes of the first line."""
    connection = await trial.open()
    line = connection.info_line
    if not line.startswith(b"INFO {"):
        raise connection.failed(b"INFO {", line, "there must be one blank behind the verb")
    if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
        raise connection.failed(b"INFO {...}\r\n", line, "the line must end in CRLF, once")
    if not line.rstrip().endswith(b"}"):
        raise connection.failed(b"INFO {...}\r\n", line, "nothing but a blank may follow the JSON")


@case("core.info.json", "INFO's argument is a JSON object in UTF-8, which has each key once.")
async def is_json(trial: Trial) -> None:
    """Read it strictly."""
    connection = await trial.open()
    keys: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys.extend(key for key, _ in pairs)
        return dict(pairs)

    try:
        value = json.loads(connection.info_line[5:].decode(), object_pairs_hook=note)
    except ValueError as error:
        raise Failed(f"INFO's argument is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise Failed("INFO's argument is no JSON object")
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise Failed(f"INFO has {', '.join(twice)} more than once")


@case("core.info.alone", "Behind INFO the server waits until the client speaks.")
async def alone(trial: Trial) -> None:
    """Hear the answer to the first command next."""
    connection = await trial.open()
    await connection.write(trial.connect_line(connection, verbose=True))
    heard = await connection.frame()
    if heard != b"+OK\r\n":
        raise connection.failed(b"+OK\r\n", heard, "nothing may come before the answer to CONNECT")


@case("core.info.server-id", "INFO has a server_id, a text without blanks.")
async def server_id(trial: Trial) -> None:
    """nats-server takes a public NKey; other texts serve as well."""
    text = _member(await trial.open(), "server_id", str)
    if not text or text.split() != [text]:
        raise Failed(f"INFO's server_id is {text!r}; it must be one word")
    if not _SERVER_KEY.fullmatch(text):
        trial.lenient(f"server_id is {text}, not the public NKey of a server")


@case("core.info.server-name", "INFO has a server_name, which is not empty.")
async def server_name(trial: Trial) -> None:
    """Look for it; it is for people."""
    if not _member(await trial.open(), "server_name", str):
        raise Failed("INFO's server_name is empty")


@case("core.info.version", "INFO has a version of three numbers.")
async def version(trial: Trial) -> None:
    """Clients compare it before they use what is new."""
    text = _member(await trial.open(), "version", str)
    if not _VERSION.fullmatch(text):
        raise Failed(f"INFO's version is {text!r}; it must be like 2.10.1")


@case("core.info.proto", "INFO says proto 1.")
async def proto(trial: Trial) -> None:
    """1 promises echo, and INFO again when something changes."""
    number = _member(await trial.open(), "proto", int)
    if number != 1:
        raise Failed(f"INFO's proto is {number}; it must be 1")


@case("core.info.go", "INFO has go, what the server was built with.")
async def built_with(trial: Trial) -> None:
    """Look for it; nobody reads a meaning from it."""
    if not _member(await trial.open(), "go", str):
        raise Failed("INFO's go is empty")


@case("core.info.host-and-port", "INFO has the host and the port that the server listens on.")
async def host_and_port(trial: Trial) -> None:
    """They may be others than those dialled."""
    connection = await trial.open()
    if not _member(connection, "host", str):
        raise Failed("INFO's host is empty")
    port = _member(connection, "port", int)
    if not 0 < port < 2**16:
        raise Failed(f"INFO's port is {port}; it must be a port of TCP")


@case("core.info.max-payload", "INFO says how large a payload may be, in bytes.")
async def max_payload(trial: Trial) -> None:
    """Whether the server holds to it is asked elsewhere."""
    size = _member(await trial.open(), "max_payload", int)
    if size <= 0 and size != -1:
        raise Failed(f"INFO's max_payload is {size}; it must be above 0, or -1 for no limit")


@case("core.info.headers", "INFO says that there are headers, and there are.")
async def headers(trial: Trial) -> None:
    """Only a server configured without them says otherwise."""
    connection = await trial.open()
    if _member(connection, "headers", bool) is not True:
        raise Failed("INFO's headers is false; without special configuration it must be true")
    subject = trial.subject("a")
    await connection.write(trial.connect_line(connection, headers=True))
    await connection.write(b"SUB %b 1\r\n" % subject)
    await connection.write(b"HPUB %b 12 12\r\nNATS/1.0\r\n\r\n\r\n" % subject)
    await connection.expect(b"HMSG %b 1 12 12\r\nNATS/1.0\r\n\r\n\r\n" % subject)


@case("core.info.client-id", "INFO has a client_id, of which no two connections have the same.")
async def client_id(trial: Trial) -> None:
    """Numbers grow, but others connect meanwhile, so by how much is not known."""
    numbers: list[int] = []
    for connection in await _three(trial):
        number = _member(connection, "client_id", int)
        if number <= 0:
            raise Failed(f"INFO's client_id is {number}; it must be above 0")
        if number in numbers:
            raise Failed(f"two connections have the client_id {number}")
        numbers.append(number)
    if numbers != sorted(numbers):
        trial.lenient(f"client_ids do not grow: {', '.join(map(str, numbers))}")


@case("core.info.client-ip", "INFO has client_ip, the address that the client comes from.")
async def client_ip(trial: Trial) -> None:
    """As the server sees it."""
    text = _member(await trial.open(), "client_ip", str)
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise Failed(f"INFO's client_ip is {text!r}; it must be an IP address") from None


@case("core.info.same-on-all", "INFO names the same server on every connection to it.")
async def same_on_all(trial: Trial) -> None:
    """Keys of the server do not depend on the connection."""
    first, *others = await _three(trial)
    for other in others:
        for key in _SAME_ON_ALL:
            if other.info.get(key) != first.info.get(key):
                one, two = json.dumps(first.info.get(key)), json.dumps(other.info.get(key))
                raise Failed(f"INFO's {key} is {one} on one connection and {two} on another")


@case("core.info.optional-types", "INFO's optional keys have the types that clients read.")
async def optional_types(trial: Trial) -> None:
    """Let a key be left out, but not be null or of another type."""
    connection = await trial.open()
    for key, kind in _OPTIONAL.items():
        if key in connection.info:
            _member(connection, key, kind)
    urls = connection.info.get("connect_urls", [])
    assert isinstance(urls, list), "it was asked above"
    for url in urls:
        if not isinstance(url, str) or not url.rpartition(":")[2].isdigit():
            raise Failed(f"INFO's connect_urls has {json.dumps(url)}; it must be host:port")


@case("core.info.not-lame", "INFO to a new client does not say that the server is going.")
async def not_lame(trial: Trial) -> None:
    """One that is in lame duck mode takes no new clients."""
    if (await trial.open()).info.get("ldm"):
        raise Failed("INFO says ldm, but the server takes new clients")


@case("core.info.auth-required", "INFO says auth_required only where credentials are required.")
async def auth_required(trial: Trial) -> None:
    """Say CONNECT without any, and see."""
    connection = await trial.open()
    await connection.write(b'CONNECT {"verbose":true}\r\n')
    heard = await connection.hear()
    said = connection.info.get("auth_required") is True
    if said and heard == b"+OK\r\n":
        raise connection.failed(b"-ERR", heard, "INFO says auth_required, but nothing is required")
    if not said and heard != b"+OK\r\n":
        why = "INFO does not say auth_required, but the client is refused"
        raise connection.failed(b"+OK\r\n", heard, why)


@case(
    "core.info.api-level", "INFO says which level of the JetStream API there is.", versions=">=2.12"
)
async def api_level(trial: Trial) -> None:
    """Also where JetStream is off."""
    if _member(await trial.open(), "api_lvl", int) < 1:
        raise Failed("INFO's api_lvl is below 1")


@case("core.info.xkey", "INFO's xkey, if there is one, is a curve key.", versions=">=2.10")
async def curve_key(trial: Trial) -> None:
    """With it services of auth callout encrypt."""
    connection = await trial.open()
    if "xkey" not in connection.info:
        raise Skipped("no auth callout: INFO has no xkey")
    key = _member(connection, "xkey", str)
    if not re.fullmatch("X[A-Z2-7]{55}", key):
        raise Failed(f"INFO's xkey is {key!r}, expected X and 55 characters of base32")


@case("core.info.after-connect", "INFO comes again behind the first PONG.", versions=">=2.12")
async def after_connect(trial: Trial) -> None:
    """To a client of protocol 1; it tells the account."""
    connection = await trial.open()
    await connection.write(trial.connect_line(connection, protocol=1) + PING)
    await _hear_in_turn(connection, PONG)
    line = await _frame(connection, b"INFO {")
    if not line.startswith(b"INFO {"):
        raise connection.failed(b"INFO {", line, "INFO must come behind the first PONG")
    again = _object(line)
    if again.get("connect_info") is not True:
        raise connection.failed(b'"connect_info":true', line, "it must say connect_info")
    if not isinstance(again.get("remote_account"), str):
        raise connection.failed(b'"remote_account":"', line, "it must name the account")
    for key in ("server_id", "client_id", "max_payload", "headers"):
        if again.get(key) != connection.info.get(key):
            raise connection.failed(b"", line, f"its {key} must be that of the first INFO")


@case(
    "core.info.after-connect-once",
    "INFO comes again once, not behind each PONG.",
    "core.info.after-connect",
    versions=">=2.12",
)
async def after_connect_once(trial: Trial) -> None:
    """Neither behind later PONGs nor behind another CONNECT."""
    connection = await trial.open()
    await connection.write(trial.connect_line(connection, protocol=1) + PING)
    await _hear_in_turn(connection, PONG)
    line = await _frame(connection, b"INFO {")
    if not line.startswith(b"INFO {"):
        raise connection.failed(b"INFO {", line, "INFO must come behind the first PONG")
    await connection.write(PING + PING + trial.connect_line(connection, protocol=1) + PING)
    await _hear_in_turn(connection, PONG, PONG, PONG)


@case(
    "core.info.after-connect-not-before",
    "A PONG before CONNECT brings no INFO; the first behind it does.",
    "core.info.after-connect",
    versions=">=2.12",
    needs=(ANONYMOUS,),
)
async def not_before_connect(trial: Trial) -> None:
    """CONNECT is what there is to tell about."""
    connection = await trial.open()
    await connection.write(PING + PING + trial.connect_line(connection, protocol=1) + PING)
    await _hear_in_turn(connection, PONG, PONG, PONG)
    line = await _frame(connection, b"INFO {")
    if not line.startswith(b"INFO {"):
        raise connection.failed(b"INFO {", line, "INFO must come behind the first PONG")


@case(
    "core.info.not-after-connect",
    "INFO does not come again behind PONG if nothing has changed.",
    versions="<2.12",
)
async def not_after_connect(trial: Trial) -> None:
    """Hear two PONGs of an older server, and nothing between."""
    connection = await trial.open()
    if "connect_urls" in connection.info:
        raise Skipped("it is in a cluster, which may change at any time")
    await connection.write(trial.connect_line(connection, protocol=1) + PING + PING)
    await _hear_in_turn(connection, PONG, PONG)


@case("core.info.protocol-0", "INFO does not come again to a client of protocol 0.")
async def protocol_0(trial: Trial) -> None:
    """Such a client reads INFO only when it connects."""
    for options in ({}, {"protocol": 0}):
        connection = await trial.open()
        await connection.write(trial.connect_line(connection, **options) + PING + PING)
        await _hear_in_turn(connection, PONG, PONG)


def _member(connection: Connection, key: str, kind: type[T]) -> T:
    """Give a value of INFO. Raises Failed if it is not there, or of another type."""
    if key not in connection.info:
        raise Failed(f"INFO has no {key}")
    value = connection.info[key]
    if type(value) is not kind:
        raise Failed(f"INFO's {key} is {json.dumps(value)}; its type must be {kind.__name__}")
    return value


def _object(line: bytes) -> Object:
    try:
        return parse_object(line[5:])
    except ValueError as error:
        raise Failed(f"INFO's argument is no JSON object: {error}") from error


async def _three(trial: Trial) -> list[Connection]:
    """Connect three times to one server. Raises Failed, Undecided."""
    connections = [await trial.open() for _ in range(3)]
    first = connections[0].info
    if any(each.info.get("server_id") != first.get("server_id") for each in connections):
        if "connect_urls" in first or "cluster" in first:
            raise Undecided("the connections came to several servers")
        raise Failed("INFO's server_id is another on each connection")
    return connections


async def _hear_in_turn(connection: Connection, *frames: bytes) -> None:
    """Hear exactly these frames; INFO is not passed over."""
    for wanted in frames:
        heard = await _frame(connection, wanted)
        if heard != wanted:
            raise connection.failed(wanted, heard)


async def _frame(connection: Connection, wanted: bytes) -> bytes:
    try:
        return await connection.frame()
    except Silence:
        raise connection.failed(wanted, b"", "nothing came") from None
