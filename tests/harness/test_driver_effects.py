"""What a broker wants done besides sending, on both loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bcrypt
import pytest

from natsim.broker.effects import Abort, CloseReason, Effect, Exit, Send, StopListening, Verify
from natsim.broker.events import (
    Disconnected,
    Drained,
    Event,
    Received,
    TimeReached,
    Verified,
)
from natsim.broker.now import SECOND_NS
from natsim.harness.passwords import is_password

from .layers.both_loops import Net, on_both_loops, until
from .layers.scripted import GREETING, Scripted, echo

if TYPE_CHECKING:
    from natsim.broker.now import Now

MEGABYTE = 1024 * 1024
SALT = b"$2b$04$abcdefghijklmnopqrstuu"  # the same one for every worker of a test run
HASHED = bcrypt.hashpw(b"secret", SALT)


def verifying_echo(event: Event) -> list[Effect]:
    """Take what comes for a password; say whether it was right."""
    match event:
        case Received(conn, data):
            return [Verify(conn, data, HASHED)]
        case Verified(conn, is_right):
            return [Send(conn, [b"right" if is_right else b"wrong"])]
        case _:
            return echo(event)


@on_both_loops
async def test_a_password_is_compared_and_the_answer_told(net: Net) -> None:
    await net.serve(Scripted(verifying_echo))
    one, other = await net.dial(), await net.dial()
    await one.until(b"\r\n")
    await other.until(b"\r\n")

    one.send(b"secret")
    other.send(b"guess")

    assert await one.exactly(5) == b"right"
    assert await other.exactly(5) == b"wrong"


@on_both_loops
async def test_who_has_gone_gets_no_answer(net: Net) -> None:
    def react(event: Event) -> list[Effect]:
        match event:
            case Received(1, data):
                return [Verify(1, data, HASHED), Abort(1, CloseReason.KICKED)]
            case _:
                return verifying_echo(event)

    machine = Scripted(react)
    driver = await net.serve(machine)
    peer, other = await net.dial(), await net.dial()
    await other.until(b"\r\n")

    peer.send(b"secret")
    await peer.rest()
    other.send(b"secret")
    await other.exactly(5)

    assert machine.of(Verified) == [Verified(2, True)]
    assert driver.connection_count == 1


@pytest.mark.parametrize(
    ("password", "hashed", "expected"),
    [
        (b"secret", HASHED, True),
        (b"Secret", HASHED, False),
        (b"", HASHED, False),
        (b"secret", b"$2a$04$short", False),
        (b"secret", b"plain", False),
        (b"secret", b"", False),
        (b"\xff\x00\xfe", HASHED, False),
        (b"x" * 100, bcrypt.hashpw(b"x" * 72, SALT), True),
        (b"secret", HASHED.replace(b"$2b$", b"$2a$"), True),
        (b"secret", HASHED.replace(b"$2b$", b"$2y$"), True),
    ],
)
def test_passwords_are_compared_as_by_go(password: bytes, hashed: bytes, expected: bool) -> None:
    assert is_password(password, hashed) is expected


@on_both_loops
async def test_who_stops_listening_keeps_its_clients(net: Net) -> None:
    def react(event: Event) -> list[Effect]:
        match event:
            case Received(conn, b"stop"):
                return [Send(conn, [b"ok"]), StopListening()]
            case _:
                return echo(event)

    await net.serve(Scripted(react))
    peer = await net.dial()
    await peer.until(b"\r\n")

    peer.send(b"stop")
    await peer.exactly(2)
    peer.send(b"still here")

    assert await peer.exactly(10) == b"still here"
    with pytest.raises(ConnectionRefusedError):
        await net.dial()


@on_both_loops
async def test_the_exit_is_told_once(net: Net) -> None:
    def react(event: Event) -> list[Effect]:
        match event:
            case Received(_, data):
                return [Exit(int(data))]
            case _:
                return echo(event)

    machine = Scripted(react)
    driver = await net.serve(machine)
    peer = await net.dial()
    await peer.until(b"\r\n")
    before = driver.exit_status.done()

    peer.send(b"3")
    await until(driver.exit_status.done)
    peer.send(b"4")
    await until(lambda: len(machine.of(Received)) == 2)

    assert not before
    assert driver.exit_status.result() == 3


def flood(event: Event) -> list[Effect]:
    """Send more than any network takes."""
    match event:
        case Received(conn, b"flood"):
            return [Send(conn, [bytes(16 * MEGABYTE)])]
        case _:
            return echo(event)


@on_both_loops
async def test_the_broker_hears_when_the_last_byte_is_taken(net: Net) -> None:
    machine = Scripted(flood)
    await net.serve(machine)
    peer = await net.dial()
    await peer.until(b"\r\n")

    peer.send(b"flood")
    await peer.exactly(16 * MEGABYTE)
    await until(lambda: machine.of(Drained)[-1] == Drained(1, 0))

    held = [event.pending_bytes for event in machine.of(Drained)]
    assert max(held) > 0
    assert held[-1] == 0


class Judging(Scripted):
    """Wants to be called at a time, and sees then what it was told before."""

    def __init__(self) -> None:
        super().__init__(flood)
        self.deadline_ns: int | None = None

    def handle(self, event: Event, now: Now) -> list[Effect]:
        if isinstance(event, Received):
            self.deadline_ns = now.mono_ns + SECOND_NS // 20
        if isinstance(event, TimeReached):
            self.deadline_ns = None
        return super().handle(event, now)

    def deadline(self) -> int | None:
        return self.deadline_ns


@on_both_loops
async def test_the_broker_hears_what_is_held_before_it_looks_at_the_time(net: Net) -> None:
    machine = Judging()
    await net.serve(machine)
    peer = await net.dial()
    await peer.until(b"\r\n")
    peer.transport.pause_reading()

    peer.send(b"flood")
    await until(lambda: bool(machine.of(TimeReached)))

    before = machine.events[machine.events.index(TimeReached()) - 1]
    assert isinstance(before, Drained)
    assert before.pending_bytes > 0


@on_both_loops
async def test_what_is_wanted_on_hearing_of_bytes_taken_is_done(net: Net) -> None:
    def react(event: Event) -> list[Effect]:
        match event:
            case Drained(conn, 0):
                return [Abort(conn, CloseReason.KICKED)]
            case _:
                return echo(event)

    machine = Scripted(react)
    driver = await net.serve(machine)
    peer = await net.dial()

    assert await peer.rest() == GREETING
    assert driver.connection_count == 0
    assert machine.of(Disconnected) == []
