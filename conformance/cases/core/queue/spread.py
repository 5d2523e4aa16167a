"""Who of a queue group gets what: random, but each message once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import numbers_of, read_deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

MESSAGES = 200


async def publish(trial: Trial, subject: str, first: int = 0, count: int = MESSAGES) -> None:
    """Publish numbered messages on a connection of its own, and prove that they are taken."""
    publisher = await trial.connect()
    full = trial.subject(subject)
    await publisher.write(
        b"".join(b"PUB %b 3\r\n%03d\r\n" % (full, at) for at in range(first, first + count))
    )
    await publisher.expect_nothing()


async def subscribe(connection: Connection, *lines: bytes) -> None:
    """Subscribe, and prove that it is taken."""
    await connection.write(b"".join(b"SUB %b\r\n" % line for line in lines))
    await connection.expect_nothing()


async def numbers_by_sid(*connections: Connection) -> dict[bytes, list[int]]:
    """Give by sid the numbers of the messages that came, in their order."""
    numbers: dict[bytes, list[int]] = {}
    for connection in connections:
        deliveries = read_deliveries(await connection.barrier())
        for delivery, number in zip(deliveries, numbers_of(deliveries), strict=True):
            numbers.setdefault(delivery.sid, []).append(number)
    return numbers


def see_each_once(who: str, lists: Sequence[list[int]], first: int = 0) -> None:
    """See that all messages are in the lists, each once."""
    together = sorted(number for numbers in lists for number in numbers)
    expected = list(range(first, first + MESSAGES))
    if together == expected:
        return
    lost = sorted(set(expected) - set(together))
    twice = sorted({number for number in together if together.count(number) > 1})
    raise Failed(f"{who}: of {MESSAGES} messages {len(lost)} did not come, {len(twice)} came twice")


@case(
    "core.queue.one-per-message",
    "Of a group on one connection one member gets each message.",
)
async def one_connection(trial: Trial) -> None:
    """Five members on one connection."""
    connection = await trial.connect()
    jobs = trial.subject("jobs")
    await subscribe(connection, *(b"%b workers %d" % (jobs, sid) for sid in range(5)))
    await publish(trial, "jobs")
    numbers = await numbers_by_sid(connection)
    see_each_once("the group", list(numbers.values()))


@case(
    "core.queue.one-per-message-connections",
    "Of a group on several connections one member gets each message.",
    "core.queue.one-per-message",
)
async def connections(trial: Trial) -> None:
    """Three connections, of which one has two members."""
    jobs = trial.subject("jobs")
    members = [await trial.connect() for _ in range(3)]
    await subscribe(members[0], b"%b workers 1" % jobs)
    await subscribe(members[1], b"%b workers 2" % jobs)
    await subscribe(members[2], b"%b workers 3" % jobs, b"%b workers 4" % jobs)
    await publish(trial, "jobs")
    numbers = await numbers_by_sid(*members)
    see_each_once("the group", list(numbers.values()))


@case(
    "core.queue.one-per-message-own",
    "Who publishes and is a member gets its own messages, or another member does.",
    "core.queue.one-per-message",
)
async def own(trial: Trial) -> None:
    """Let the publisher be one of two members."""
    jobs = trial.subject("jobs")
    member = await trial.connect()
    publisher = await trial.connect()
    await subscribe(member, b"%b workers 1" % jobs)
    await subscribe(publisher, b"%b workers 2" % jobs)
    await publisher.write(b"".join(b"PUB %b 3\r\n%03d\r\n" % (jobs, at) for at in range(MESSAGES)))
    numbers = await numbers_by_sid(publisher, member)
    see_each_once("the group", list(numbers.values()))


@case(
    "core.queue.across-patterns",
    "Members of one name with different patterns are one group where all match.",
)
async def across_patterns(trial: Trial) -> None:
    """Four patterns that match one subject, on two connections."""
    members = [await trial.connect() for _ in range(2)]
    await subscribe(
        members[0],
        b"%b workers 1" % trial.subject("jobs.new"),
        b"%b workers 2" % trial.subject("jobs.*"),
    )
    await subscribe(
        members[1],
        b"%b workers 3" % trial.subject("*.new"),
        b"%b workers 4" % trial.subject(">"),
    )
    await publish(trial, "jobs.new")
    numbers = await numbers_by_sid(*members)
    see_each_once("the group", list(numbers.values()))


@case(
    "core.queue.several-groups",
    "Of each of three groups with three members one member gets each message.",
)
async def several_groups(trial: Trial) -> None:
    """Each of three connections has a member of each group."""
    jobs = trial.subject("jobs")
    members = [await trial.connect() for _ in range(3)]
    for at, member in enumerate(members):
        names = (b"x", b"y", b"z")
        await subscribe(member, *(b"%b %b %b%d" % (jobs, name, name, at) for name in names))
    await publish(trial, "jobs")
    numbers = await numbers_by_sid(*members)
    for name in (b"x", b"y", b"z"):
        lists = [each for sid, each in numbers.items() if sid.startswith(name)]
        see_each_once(f"group {name.decode()}", lists)


@case(
    "core.queue.with-plain",
    "Beside a group each plain subscription gets every message, in order.",
)
async def with_plain(trial: Trial) -> None:
    """Two members and two plain subscriptions, on two connections."""
    jobs = trial.subject("jobs")
    members = [await trial.connect() for _ in range(2)]
    for at, member in enumerate(members):
        await subscribe(member, b"%b workers q%d" % (jobs, at), b"%b p%d" % (jobs, at))
    await publish(trial, "jobs")
    numbers = await numbers_by_sid(*members)
    see_each_once("the group", [numbers.get(b"q0", []), numbers.get(b"q1", [])])
    for sid in (b"p0", b"p1"):
        if numbers.get(sid) != list(range(MESSAGES)):
            raise Failed(f"the plain subscription {sid!r} did not get each message in order")


@case("core.queue.order", "What a member gets comes in the order it was published.")
async def order(trial: Trial) -> None:
    """Numbers grow at each member."""
    jobs = trial.subject("jobs")
    members = [await trial.connect() for _ in range(3)]
    for at, member in enumerate(members):
        await subscribe(member, b"%b workers %d" % (jobs, at))
    await publish(trial, "jobs")
    numbers = await numbers_by_sid(*members)
    see_each_once("the group", list(numbers.values()))
    for sid, each in numbers.items():
        if each != sorted(each):
            raise Failed(f"to member {sid.decode()} an earlier message came behind a later one")


@case("core.queue.fair-share", "With many messages each member of a group gets some.")
async def fair_share(trial: Trial) -> None:
    """Of 200 messages one of three members gets none once in 10^35 runs of a random choice."""
    jobs = trial.subject("jobs")
    members = [await trial.connect() for _ in range(3)]
    for at, member in enumerate(members):
        await subscribe(member, b"%b workers %d" % (jobs, at))
    await publish(trial, "jobs")
    numbers = await numbers_by_sid(*members)
    see_each_once("the group", list(numbers.values()))
    if len(numbers) < len(members):
        trial.lenient(f"of 3 members {len(numbers)} got all of {MESSAGES} messages")


@case(
    "core.queue.members-change-unsub",
    "When a member unsubscribes, the others get all that comes then.",
    "core.queue.members-change",
    "core.unsub.queue",
)
async def member_unsubscribes(trial: Trial) -> None:
    """200 messages before, 200 messages after."""
    jobs = trial.subject("jobs")
    leaving, staying = await trial.connect(), await trial.connect()
    await subscribe(leaving, b"%b workers 1" % jobs)
    await subscribe(staying, b"%b workers 2" % jobs)
    await publish(trial, "jobs")
    before = await numbers_by_sid(leaving, staying)
    await leaving.write(b"UNSUB 1\r\n")
    await leaving.expect_nothing()
    await publish(trial, "jobs", MESSAGES)
    after = await numbers_by_sid(leaving, staying)
    see_each_once("before", list(before.values()))
    see_each_once("after", [after.get(b"2", [])], MESSAGES)


@case(
    "core.queue.members-change-leave",
    "When the connection of a member has ended, the others get all that comes then.",
    "core.queue.members-change",
    "core.sub.ends-with-connection",
    needs=("no-responders",),
)
async def member_leaves(trial: Trial) -> None:
    """Wait until the server knows that the member is gone, then publish."""
    jobs, alive, inbox = map(trial.subject, ("jobs", "alive", "inbox"))
    leaving, staying = await trial.connect(), await trial.connect()
    await subscribe(leaving, b"%b workers 1" % jobs, b"%b alive" % alive)
    await subscribe(staying, b"%b workers 2" % jobs)
    witness = await trial.connect(headers=True, no_responders=True)
    await subscribe(witness, b"%b 1" % inbox)
    await leaving.leave()
    for _ in range(1000):
        await witness.write(b"PUB %b %b 0\r\n\r\n" % (alive, inbox))
        if await witness.barrier():
            break
    else:
        raise Failed("the server still takes a connection that ended for a subscriber")
    await publish(trial, "jobs")
    numbers = await numbers_by_sid(staying)
    see_each_once("the member that stays", [numbers.get(b"2", [])])


@case(
    "core.queue.members-change-join",
    "A member that joins takes part, and each message still comes once.",
    "core.queue.members-change",
)
async def member_joins(trial: Trial) -> None:
    """Let the second member join between two lots of messages."""
    jobs = trial.subject("jobs")
    first, second = await trial.connect(), await trial.connect()
    await subscribe(first, b"%b workers 1" % jobs)
    await publish(trial, "jobs")
    before = await numbers_by_sid(first, second)
    await subscribe(second, b"%b workers 2" % jobs)
    await publish(trial, "jobs", MESSAGES)
    after = await numbers_by_sid(first, second)
    see_each_once("before", [before.get(b"1", [])])
    see_each_once("after", list(after.values()), MESSAGES)
    if b"2" not in after:
        trial.lenient(f"the member that joined got none of {MESSAGES} messages")
