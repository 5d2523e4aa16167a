"""Connections to the servers of a cluster, which tell each other of interest in their own time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .failure import Failed
from .members import Members
from .wire.connection import Silence

if TYPE_CHECKING:
    from .trial import Trial
    from .wire.connection import Address, Connection

PROBE_S = 0.05


async def connect_to(trial: Trial, node: int, **options: object) -> Connection:
    """Connect to one server of a cluster, counted from 1."""
    return await trial.connect("", trial.addresses[node - 1], **options)


async def until_meshed(trial: Trial, *nodes: int) -> None:
    """Wait until each of the servers, all if none is named, tells its clients of all of them."""
    numbers = nodes or range(1, len(trial.addresses) + 1)
    expected = {str(trial.addresses[node - 1]) for node in numbers}

    async def look() -> str:
        for node in numbers:
            urls = await urls_of(trial, trial.addresses[node - 1])
            if urls != expected:
                return f"server {node} tells of {sorted(urls)}, expected {sorted(expected)}"
        return ""

    await trial.until(look)


async def urls_of(trial: Trial, address: Address) -> set[str]:
    """Give the connect_urls by which a server greets."""
    connection = await trial.open("", address)
    connection.shut()
    return connect_urls(Members("INFO", connection.info))


def connect_urls(info: Members) -> set[str]:
    """Give connect_urls of an INFO, where it has some."""
    return set(info.texts("connect_urls")) if info.has("connect_urls") else set()


async def until_heard(trial: Trial, publisher: Connection, *subscribers: Connection) -> None:
    """Wait until what subscribers have said up to here is known where the publisher is.

    A server tells another of its clients' interest in the order in which they said it.
    """
    for number, subscriber in enumerate(subscribers):
        subject = trial.subject(f"heard.{publisher.name}.{number}.{subscriber.name}")
        await subscriber.write(b"SUB %b heard\r\n" % subject)
        await subscriber.expect_nothing()
        await _probe(trial, publisher, subscriber, subject)
        await subscriber.write(b"UNSUB heard\r\n")
        await subscriber.expect_nothing()


async def _probe(
    trial: Trial, publisher: Connection, subscriber: Connection, subject: bytes
) -> None:
    probe = re.compile(rb"MSG \S+ heard 1\r\n[pe]\r\n")

    async def look() -> str:
        await publisher.write(b"PUB %b 1\r\np\r\n" % subject)
        await publisher.expect_nothing()
        try:
            frame = await subscriber.hear(PROBE_S)
        except Silence:
            return "a subscription on one server is not known on another"
        if not probe.fullmatch(frame):
            raise subscriber.failed(b"MSG %b heard 1\r\np\r\n" % subject, frame)
        return ""

    await trial.until(look)
    # What else was published on the way there comes before this.
    await publisher.write(b"PUB %b 1\r\ne\r\n" % subject)
    await publisher.expect_nothing()
    while (frame := await subscriber.hear()) != b"MSG %b heard 1\r\ne\r\n" % subject:
        if not probe.fullmatch(frame):
            raise subscriber.failed(b"MSG %b heard 1\r\ne\r\n" % subject, frame)


async def until_nobody(trial: Trial, requestor: Connection, subject: bytes) -> None:
    """Wait until a request is answered by 503, so that no server knows of interest any more.

    requestor: one with no_responders.
    """
    inbox = trial.subject(f"nobody.{requestor.name}")
    await requestor.write(b"SUB %b nobody\r\n" % inbox)
    await requestor.expect_nothing()

    async def look() -> str:
        await requestor.write(b"PUB %b %b 0\r\n\r\n" % (subject, inbox))
        heard = await requestor.barrier()
        return "" if any(b" 503" in frame for frame in heard) else "interest does not go away"

    await trial.until(look)
    await requestor.write(b"UNSUB nobody\r\n")
    await requestor.expect_nothing()


async def expect_end(publisher: Connection, subscriber: Connection, subject: bytes) -> None:
    """Prove that nothing else comes to a subscriber with sid end: what is published now is next."""
    await publisher.write(b"PUB %b 3\r\nend\r\n" % subject)
    await publisher.expect_nothing()
    await subscriber.expect(b"MSG %b end 3\r\nend\r\n" % subject)
    await subscriber.expect_nothing()


def check_members(frames: list[bytes], expected: list[bytes]) -> None:
    """Raise Failed unless messages came exactly once, whoever got them and in any order."""
    payloads = sorted(frame.split(b"\r\n")[1] for frame in frames)
    if payloads != sorted(expected):
        lost = sorted(set(expected) - set(payloads))
        double = sorted({each for each in payloads if payloads.count(each) > 1})
        raise Failed(f"of {len(expected)} messages were lost: {lost[:5]}, doubled: {double[:5]}")
