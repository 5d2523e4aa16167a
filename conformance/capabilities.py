"""What a server can do, found out by asking it, each with the evidence.

Law of the file: what INFO lets clients rely on is there, even if it does not work: a server that
breaks its word is not spared the cases that show it. Where INFO says nothing, a try decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

from .failure import Failed
from .wire.connection import Silence

if TYPE_CHECKING:
    from .tree import Object
    from .trial import Trial

HEADERS = "headers"
NO_RESPONDERS = "no-responders"
ECHO = "echo"
JETSTREAM = "jetstream"
ANONYMOUS = "anonymous"
"""That it takes clients without credentials."""

ECHO_PROTO = 1
"""From this protocol on, clients ask for echo."""

DECOY = b"NATSIMDECOY {}\r\n"
"""An operation that no server knows: one that takes it would take anything."""


@record
class Capability:
    """has: whether the server can do it. evidence: what it said."""

    name: str
    has: bool
    evidence: str


async def probe(trial: Trial) -> list[Capability]:
    """Ask a server for each capability. Raises Failed where there is no connection."""
    info = (await trial.open("probe")).info
    return [
        await _headers(trial, info),
        await _no_responders(trial, info),
        await _echo(trial, info),
        Capability(JETSTREAM, info.get("jetstream") is True, _said(info, "jetstream")),
        await _anonymous(trial),
    ]


async def refuses_decoy(trial: Trial) -> Capability:
    """Find out if the server refuses an operation that it cannot know."""
    try:
        connection = await trial.open("decoy")
        await connection.write(trial.connect_line(connection))
        await connection.write(DECOY)
        heard = await connection.hear()
    except (Failed, Silence):
        return Capability("decoy", False, "nothing came back")
    is_refused = heard.startswith(b"-ERR") or not heard
    said = heard.decode("utf-8", "replace").strip() or "the connection was closed"
    return Capability("decoy", is_refused, said)


async def _headers(trial: Trial, info: Object) -> Capability:
    said = _said(info, "headers")
    if info.get("headers") is not True:
        return Capability(HEADERS, False, said)
    try:
        connection = await trial.connect("headers", headers=True)
        await connection.write(b"SUB %b 1\r\n" % trial.subject("probe"))
        await connection.write(
            b"HPUB %b 18 18\r\nNATS/1.0\r\na: b\r\n\r\n\r\n" % trial.subject("probe")
        )
        heard = await connection.barrier()
    except Failed as error:
        return Capability(HEADERS, True, f"{said}, but HPUB failed: {error.why}")
    came = "delivered" if any(frame.startswith(b"HMSG ") for frame in heard) else "not delivered"
    return Capability(HEADERS, True, f"{said}; HPUB was {came}")


async def _no_responders(trial: Trial, info: Object) -> Capability:
    if info.get("headers") is not True:
        return Capability(NO_RESPONDERS, False, "there are no headers to tell it by")
    try:
        connection = await trial.connect("no-responders", headers=True, no_responders=True)
        inbox = trial.subject("inbox")
        await connection.write(b"SUB %b 1\r\nPUB %b %b 0\r\n\r\n" % (
            inbox, trial.subject("nobody"), inbox,
        ))  # fmt: skip
        heard = await connection.barrier()
    except Failed as error:
        said = f"CONNECT or PUB failed: {error.why}"
    else:
        is_told = any(b" 503" in frame for frame in heard)
        said = f"a request to nobody was {'' if is_told else 'not '}answered by 503"
    # Clients ask for it wherever there are headers.
    return Capability(NO_RESPONDERS, True, f"INFO says headers: true; {said}")


async def _echo(trial: Trial, info: Object) -> Capability:
    proto = info.get("proto")
    is_promised = isinstance(proto, int) and proto >= ECHO_PROTO
    try:
        connection = await trial.connect("echo", echo=False)
        subject = trial.subject("echo")
        await connection.write(b"SUB %b 1\r\nPUB %b 0\r\n\r\n" % (subject, subject))
        heard = await connection.barrier()
    except Failed as error:
        return Capability(ECHO, is_promised, f"CONNECT failed: {error.why}")
    said = "came back" if heard else "did not come back"
    evidence = f"{_said(info, 'proto')}; with echo: false an own message {said}"
    return Capability(ECHO, is_promised or not heard, evidence)


async def _anonymous(trial: Trial) -> Capability:
    try:
        connection = await trial.open("anonymous")
        await connection.write(b'CONNECT {"verbose":false,"pedantic":false}\r\nPING\r\n')
        heard = await connection.hear()
    except (Failed, Silence):
        return Capability(ANONYMOUS, False, "CONNECT without credentials got no answer")
    said = heard.decode("utf-8", "replace").strip() or "the end of the connection"
    return Capability(
        ANONYMOUS, heard == b"PONG\r\n", f"CONNECT without credentials was answered by {said}"
    )


def _said(info: Object, key: str) -> str:
    return f"INFO says {key}: {str(info[key]).lower()}" if key in info else f"INFO has no {key}"
