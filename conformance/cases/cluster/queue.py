"""Cases: queue groups over several servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.clustering import (
    check_members,
    connect_to,
    until_heard,
    until_meshed,
)
from natsim.conformance.failure import Failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

COUNT = 100


@case(
    "cluster.queue.once",
    "A queue group with members on two servers gets each message once.",
    house="pair",
)
async def once(trial: Trial) -> None:
    await _share(trial, (1, 2))


@case(
    "cluster.queue.once-of-three",
    "A queue group with members on three servers gets each message once.",
    "cluster.queue.once",
    house="trio",
)
async def once_of_three(trial: Trial) -> None:
    await _share(trial, (1, 2, 2, 3))


@case(
    "cluster.queue.elsewhere",
    "A queue group whose members are all elsewhere gets each message once.",
    "cluster.queue.once",
    house="trio",
)
async def elsewhere(trial: Trial) -> None:
    await _share(trial, (2, 3))


@case(
    "cluster.queue.shared",
    "Members on all servers get some of the messages.",
    house="pair",
)
async def shared(trial: Trial) -> None:
    counts = await _share(trial, (1, 2))

    if 0 in counts:
        raise Failed(f"of {COUNT} messages the members of two servers got {counts}")


@case(
    "cluster.queue.groups",
    "Each of several groups gets each message once, beside plain subscriptions.",
    house="pair",
)
async def groups(trial: Trial) -> None:
    await until_meshed(trial)
    publisher, a = await connect_to(trial, 1), trial.subject("a")
    here, there = await connect_to(trial, 1), await connect_to(trial, 2)
    for member in (here, there):
        await member.write(b"SUB %b red red\r\nSUB %b blue blue\r\nSUB %b plain\r\n" % (a, a, a))
        await member.expect_nothing()
    await there.write(b"SUB %b green green\r\n" % a)
    await until_heard(trial, publisher, here, there)

    payloads = [b"%d" % number for number in range(COUNT)]
    frames = await _publish(trial, publisher, (here, there), a, payloads)

    by_sid: dict[bytes, list[bytes]] = {}
    for frame in [*frames[0], *frames[1]]:
        by_sid.setdefault(frame.split(b" ")[2], []).append(frame)
    for name in (b"red", b"blue", b"green"):
        check_members(by_sid.get(name, []), payloads)
    check_members(by_sid.get(b"plain", []), payloads * 2)


@case(
    "cluster.queue.leaves",
    "When the members of one server have left, those of another get all.",
    house="pair",
)
async def leaves(trial: Trial) -> None:
    await until_meshed(trial)
    publisher, a = await connect_to(trial, 1), trial.subject("a")
    stays, leaver = await connect_to(trial, 1), await connect_to(trial, 2)
    for member in (stays, leaver):
        await member.write(b"SUB %b group 1\r\n" % a)
        await member.expect_nothing()
    await until_heard(trial, publisher, leaver)

    await leaver.write(b"UNSUB 1\r\n")
    await until_heard(trial, publisher, leaver)

    payloads = [b"%d" % number for number in range(COUNT)]
    frames = await _publish(trial, publisher, (stays, leaver), a, payloads)
    check_members(frames[0], payloads)
    if frames[1]:
        raise leaver.failed(b"", frames[1][0], "it is no member any more")


@case(
    "cluster.queue.order",
    "A member on another server gets its messages in the order of the publisher.",
    house="pair",
)
async def order(trial: Trial) -> None:
    await until_meshed(trial)
    publisher, a = await connect_to(trial, 1), trial.subject("a")
    members = [await connect_to(trial, 2) for _ in range(2)]
    for member in members:
        await member.write(b"SUB %b group 1\r\n" % a)
        await member.expect_nothing()
    await until_heard(trial, publisher, *members)

    payloads = [b"%03d" % number for number in range(COUNT)]
    frames = await _publish(trial, publisher, members, a, payloads)

    check_members([*frames[0], *frames[1]], payloads)
    for member, got in zip(members, frames, strict=True):
        if got != sorted(got):
            raise member.failed(b"".join(sorted(got)), b"".join(got), "they are out of order")


async def _share(trial: Trial, nodes: Sequence[int]) -> list[int]:
    """Publish on the first server to a group with members on some; give how many each got."""
    await until_meshed(trial)
    publisher, a = await connect_to(trial, 1), trial.subject("a")
    members = [await connect_to(trial, node) for node in nodes]
    for member in members:
        await member.write(b"SUB %b group 1\r\n" % a)
        await member.expect_nothing()
    await until_heard(trial, publisher, *members)

    payloads = [b"%d" % number for number in range(COUNT)]
    frames = await _publish(trial, publisher, members, a, payloads)

    check_members([frame for each in frames for frame in each], payloads)
    return [len(each) for each in frames]


async def _publish(
    trial: Trial,
    publisher: Connection,
    members: Sequence[Connection],
    subject: bytes,
    payloads: Sequence[bytes],
) -> list[list[bytes]]:
    """Publish, and give what each member got; what comes behind it on the route ends it."""
    end = trial.subject("end")
    for member in members:
        await member.write(b"SUB %b end\r\n" % end)
        await member.expect_nothing()
    await until_heard(trial, publisher, *members)
    for payload in payloads:
        await publisher.write(b"PUB %b %d\r\n%b\r\n" % (subject, len(payload), payload))
    await publisher.write(b"PUB %b 0\r\n\r\n" % end)
    await publisher.expect_nothing()
    got: list[list[bytes]] = []
    for member in members:
        frames: list[bytes] = []
        while (frame := await member.hear()) != b"MSG %b end 0\r\n\r\n" % end:
            if not frame.startswith(b"MSG %b " % subject):
                raise member.failed(b"MSG %b end 0\r\n\r\n" % end, frame)
            frames.append(frame)
        got.append(frames)
    return got
