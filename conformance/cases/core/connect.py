"""CONNECT: what is easier asked by many short connections than by a dialogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.capabilities import ANONYMOUS, HEADERS
from natsim.conformance.case import case

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

_SWITCHES = ("verbose", "pedantic", "echo", "headers", "no_responders", "tls_required")
_NO_SWITCHES: tuple[object, ...] = ("true", 0, 1, [True], {})
_STRINGS = ("name", "lang", "version", "user", "pass", "auth_token")
_NO_STRINGS: tuple[object, ...] = (1, True, ["x"], {})
_NO_NUMBERS: tuple[object, ...] = ("1", 1.5, True, [1], {})


@case("core.connect.switches", "A switch of CONNECT that is neither true nor false ends it all.")
async def switches(trial: Trial) -> None:
    """Each switch with one wrong value, and one with each."""
    for number, name in enumerate(_SWITCHES):
        await _expect_refused(trial, name, _NO_SWITCHES[number % len(_NO_SWITCHES)])
    for value in _NO_SWITCHES:
        await _expect_refused(trial, "verbose", value)


@case(
    "core.connect.strings-only",
    "A member of CONNECT that must be a text, and is none, ends the connection.",
    "core.connect.strings",
)
async def strings(trial: Trial) -> None:
    """Each text with one wrong value, and one with each."""
    for number, name in enumerate(_STRINGS):
        await _expect_refused(trial, name, _NO_STRINGS[number % len(_NO_STRINGS)])
    for value in _NO_STRINGS:
        await _expect_refused(trial, "name", value)


@case("core.connect.protocol-number", "A protocol that is no whole number ends the connection.")
async def protocol_number(trial: Trial) -> None:
    """Not even 1.0 is one to the reference, but JSON does not tell it from 1."""
    for value in _NO_NUMBERS:
        await _expect_refused(trial, "protocol", value)


@case(
    "core.connect.scalars", "CONNECT with JSON that is no object ends it.", "core.connect.bad-json"
)
async def scalars(trial: Trial) -> None:
    """Texts, numbers, truth, and JSON in other people's quotes."""
    for argument in (b'"verbose"', b"1", b"true", b"nul", b"{'verbose':false}", b'{"verbose":1,}'):
        connection = await trial.open()
        await connection.write(b"CONNECT %b\r\n" % argument)
        await _expect_end(trial, connection, argument.decode())


@case(
    "core.connect.no-responders",
    "With no_responders a request that nobody hears is answered at once.",
    needs=(HEADERS,),
)
async def no_responders(trial: Trial) -> None:
    """By a message without payload, with the status 503."""
    connection = await trial.connect(headers=True, no_responders=True)
    inbox = trial.subject("inbox")
    await connection.write(b"SUB %b 9\r\n" % inbox)
    await connection.write(b"PUB %b %b 2\r\nhi\r\n" % (trial.subject("nobody"), inbox))
    wanted = b"HMSG %b 9 " % inbox
    heard = await connection.hear()
    line, _, headers = heard.partition(b"\r\n")
    sizes = line.removeprefix(wanted).split(b" ")
    if not line.startswith(wanted) or len(sizes) != 2 or sizes[0] != sizes[1]:
        raise connection.failed(wanted, heard, "the answer must be headers alone")
    if not headers.startswith(b"NATS/1.0 503"):
        raise connection.failed(b"NATS/1.0 503", heard, "its status must be 503")
    await connection.expect_nothing()


@case("core.connect.long", "CONNECT may have 3000 bytes.", needs=(ANONYMOUS,))
async def long(trial: Trial) -> None:
    """Make it as long as a JWT would."""
    connection = await trial.open()
    await connection.write(b'CONNECT {"verbose":true,"name":"%b"}\r\n' % (b"x" * 3000))
    await connection.expect(b"+OK\r\n")


async def _expect_refused(trial: Trial, name: str, value: object) -> None:
    connection = await trial.open()
    await connection.write(trial.connect_line(connection, **{name: value}))
    await _expect_end(trial, connection, f"{name}: {value!r}")


async def _expect_end(trial: Trial, connection: Connection, what: str) -> None:
    heard = await connection.hear()
    if heard.startswith(b"-ERR"):
        trial.lenient(f"-ERR comes for {what}; others end the connection without a word")
        heard = await connection.hear()
    if heard:
        raise connection.failed(b"<closed>", heard, f"the server did not close on {what}")
