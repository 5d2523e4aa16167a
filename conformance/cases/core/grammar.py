"""Control lines: every place where a segment may end, every verb that there is not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.conformance.capabilities import HEADERS
from natsim.conformance.case import case
from natsim.conformance.wire.connection import PONG

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

_APART_S = 0.001
"""How long the rest of a command waits, so that the server reads it apart from the beginning."""

_CUTS_MAX = 64
"""A CONNECT with credentials is long."""

_OK = b"+OK\r\n"
_SPLIT = "core.grammar.split"

_UNKNOWN = (
    b"HELP\r\n", b"QUIT\r\n", b"EHLO a\r\n", b"AUTH secret\r\n", b"GET /\r\n", b"*1\r\n", b"{}\r\n",
    b"P\r\n", b"PU a 0\r\n", b"PO\r\n", b"PUT a 0\r\n", b"PIMG\r\n", b"S\r\n", b"SU a 1\r\n",
    b"SUP a 1\r\n", b"U\r\n", b"UNSUV 1\r\n", b"C\r\n", b"CONNEC {}\r\n", b"CONNEXT {}\r\n",
    b"PUB\r\n", b"UNSUB\r\n", b"HPUB\r\n", b"H\r\n", b"HPUT\r\n", b"+OX\r\n", b"-OK\r\n",
    b"-ERR\r\n", b"RMSG a b 0\r\n", b"RS+ a b\r\n", b"LS+ a\r\n", b"A+ a\r\n", b"GNIP\r\n",
)  # fmt: skip


@case(
    "core.grammar.unknown-verbs",
    "None of the verbs that there are not is taken for one there is.",
    "core.grammar.unknown",
)
async def unknown_verbs(trial: Trial) -> None:
    """One connection for each, since each ends its own."""
    for line in _UNKNOWN:
        connection = await trial.open()
        await connection.write(trial.connect_line(connection, headers=True) + line)
        await connection.expect_error("Unknown Protocol Operation", closes=True)


@case("core.grammar.split-connect", "CONNECT may be split at each byte.", _SPLIT)
async def split_connect(trial: Trial) -> None:
    """Verbose, so that each is acknowledged."""
    connection = await trial.open()
    line = trial.with_login(b'CONNECT {"verbose":true,"lang":"x"}\r\n', connection)
    for at in _cuts(line):
        await _write_apart(connection, line, at)
        await connection.expect(_OK)


@case("core.grammar.split-ping", "PING may be split at each byte.", _SPLIT)
async def split_ping(trial: Trial) -> None:
    """Each is answered once."""
    connection = await trial.connect()
    for line in (b"PING\r\n", b"PING there\r\n"):
        for at in _cuts(line):
            await _write_apart(connection, line, at)
            await connection.expect(PONG)
    await connection.expect_nothing()


@case("core.grammar.split-subscribe", "SUB may be split at each byte.", _SPLIT)
async def split_subscribe(trial: Trial) -> None:
    """One message proves all the subscriptions, with their sids."""
    connection = await trial.connect(verbose=True)
    subject = trial.subject("a")
    sids: list[bytes] = []
    for at in range(1, len(b"SUB %b 100\r\n" % subject)):
        sid = b"%d" % (100 + at)
        await _write_apart(connection, b"SUB %b %b\r\n" % (subject, sid), at)
        await connection.expect(_OK)
        sids.append(sid)
    await connection.write(b"PUB %b 2\r\nhi\r\n" % subject)
    await connection.expect(_OK)
    await connection.expect_any_order(*(b"MSG %b %b 2\r\nhi\r\n" % (subject, sid) for sid in sids))
    await connection.expect_nothing()


@case("core.grammar.split-queue-subscribe", "SUB with a queue may be split at each byte.", _SPLIT)
async def split_queue_subscribe(trial: Trial) -> None:
    """Each is in a queue group of its own, so each is delivered to."""
    connection = await trial.connect(verbose=True)
    subject = trial.subject("a")
    sids: list[bytes] = []
    for at in range(1, len(b"SUB %b q100 100\r\n" % subject)):
        sid = b"%d" % (100 + at)
        await _write_apart(connection, b"SUB %b q%b %b\r\n" % (subject, sid, sid), at)
        await connection.expect(_OK)
        sids.append(sid)
    await connection.write(b"PUB %b 2\r\nhi\r\n" % subject)
    await connection.expect(_OK)
    await connection.expect_any_order(*(b"MSG %b %b 2\r\nhi\r\n" % (subject, sid) for sid in sids))
    await connection.expect_nothing()


@case("core.grammar.split-unsubscribe", "UNSUB may be split at each byte.", _SPLIT)
async def split_unsubscribe(trial: Trial) -> None:
    """Hear with the one subscription that was not named."""
    connection = await trial.connect(verbose=True)
    subject = trial.subject("a")
    for at in _cuts(b"UNSUB 100 1\r\n"):
        sid = b"%d" % (100 + at)
        await connection.write(b"SUB %b %b\r\nPUB %b 1\r\n1\r\n" % (subject, sid, subject))
        await connection.expect(_OK, _OK, b"MSG %b %b 1\r\n1\r\n" % (subject, sid))
        # The one message it may get has come, so it is gone at once.
        await _write_apart(connection, b"UNSUB %b 1\r\n" % sid, at)
        await connection.expect(_OK)
    await connection.write(b"SUB %b 1\r\nPUB %b 2\r\nhi\r\n" % (subject, subject))
    await connection.expect(_OK, _OK, b"MSG %b 1 2\r\nhi\r\n" % subject)
    await connection.expect_nothing()


@case("core.grammar.split-publish", "PUB and its payload may be split at each byte.", _SPLIT)
async def split_publish(trial: Trial) -> None:
    """Each brings its own message once, with line ends within."""
    connection = await trial.connect()
    subject, reply = trial.subject("a"), trial.subject("r")
    await connection.write(b"SUB %b 1\r\n" % subject)
    for at in _cuts(b"PUB %b %b 7\r\nh\r\n\n-00\r\n" % (subject, reply)):
        payload = b"h\r\n\n-%02d" % at
        command = b"PUB %b %b 7\r\n%b\r\n" % (subject, reply, payload)
        await _write_apart(connection, command, at)
        await connection.expect(b"MSG %b 1 %b 7\r\n%b\r\n" % (subject, reply, payload))
    await connection.expect_nothing()


@case(
    "core.grammar.split-empty-publish",
    "PUB of an empty payload may be split at each byte.",
    _SPLIT,
)
async def split_empty_publish(trial: Trial) -> None:
    """Its payload is a line end."""
    connection = await trial.connect()
    subject = trial.subject("a")
    await connection.write(b"SUB %b 1\r\n" % subject)
    command = b"PUB %b 0\r\n\r\n" % subject
    for at in _cuts(command):
        await _write_apart(connection, command, at)
        await connection.expect(b"MSG %b 1 0\r\n\r\n" % subject)
    await connection.expect_nothing()


@case(
    "core.grammar.split-header-publish",
    "HPUB, its headers and its payload may be split at each byte.",
    _SPLIT,
    needs=(HEADERS,),
)
async def split_header_publish(trial: Trial) -> None:
    """Each brings its own message once."""
    connection = await trial.connect(headers=True)
    subject = trial.subject("a")
    await connection.write(b"SUB %b 1\r\n" % subject)
    for at in _cuts(b"HPUB %b 19 21\r\nNATS/1.0\r\nA: 00\r\n\r\nhi\r\n" % subject):
        body = b"19 21\r\nNATS/1.0\r\nA: %02d\r\n\r\nhi\r\n" % at
        await _write_apart(connection, b"HPUB %b %b" % (subject, body), at)
        await connection.expect(b"HMSG %b 1 %b" % (subject, body))
    await connection.expect_nothing()


@case(
    "core.grammar.many-in-one-segment",
    "A thousand commands may come at once, and all are taken.",
    "core.grammar.one-segment",
)
async def many_in_one_segment(trial: Trial) -> None:
    """More than a server reads at once, so commands are cut wherever that ends."""
    connection = await trial.connect()
    subject = trial.subject("a")
    commands = [b"SUB %b 1\r\n" % subject]
    expected: list[bytes] = []
    for number in range(1000):
        text = b"%d" % (number * number)
        commands.append(b"PUB %b %d\r\n%b\r\n" % (subject, len(text), text))
        expected.append(b"MSG %b 1 %d\r\n%b\r\n" % (subject, len(text), text))
    await connection.write(b"".join(commands))
    await connection.expect(*expected)
    await connection.expect_nothing()


def _cuts(command: bytes) -> range:
    """Give the places to cut a command at: all of them, or some if it is long."""
    return range(1, len(command), 1 + len(command) // (_CUTS_MAX + 1))


async def _write_apart(connection: Connection, command: bytes, at: int) -> None:
    await connection.write(command[:at])
    await asyncio.sleep(_APART_S)
    await connection.write(command[at:])
