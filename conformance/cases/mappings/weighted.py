"""Mappings that choose: by weight, or by what the subject is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import read_deliveries

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

MESSAGES = 200
"""So many that an honest coin shows both sides: all alike would be chance once in 2**199."""

PARTS = 3


@case("mappings.weights", "Of two destinations each message takes one.", house="mappings")
async def weights(trial: Trial) -> None:
    went = await _spread(trial, "split")
    _check(went, "left", "right")
    if went.total() != MESSAGES:
        raise Failed(f"{MESSAGES} were published, {went.total()} were heard")


@case(
    "mappings.weights-leave-the-rest", "What the weights leave stays where it is.",
    house="mappings",
)  # fmt: skip
async def weights_leave_the_rest(trial: Trial) -> None:
    went = await _spread(trial, "canary")
    _check(went, "bird", "canary")
    if went.total() != MESSAGES:
        raise Failed(f"{MESSAGES} were published, {went.total()} were heard")


@case(
    "mappings.weights-lose-the-rest", "A source with half its own weight loses the other half.",
    house="mappings",
)  # fmt: skip
async def weights_lose_the_rest(trial: Trial) -> None:
    connection = await trial.connect()
    subject = f"lost.{trial.prefix}".encode()
    await connection.write(b"SUB %b 1\r\n" % subject + b"PUB %b 0\r\n\r\n" % subject * MESSAGES)
    heard = len(await connection.barrier())
    if not 0 < heard < MESSAGES:
        raise Failed(f"of {MESSAGES} messages {heard} were heard; about half are to be lost")


@case("mappings.partition", "The same token goes to the same partition.", house="mappings")
async def partition(trial: Trial) -> None:
    connection = await trial.connect()
    await connection.write(b"SUB *.part.* 1\r\n")
    await connection.expect_nothing()
    words = [f"key{number}" for number in range(30)]
    rounds: list[list[bytes]] = []
    for _ in range(2):
        await connection.write(
            b"".join(b"PUB %b 0\r\n\r\n" % trial.subject(f"part.{word}") for word in words)
        )
        frames = read_deliveries(await connection.barrier())
        own = [each for each in frames if each.subject.startswith(trial.prefix.encode())]
        rounds.append([each.subject.rpartition(b".")[2] for each in own])
    if len(rounds[0]) != len(words) or rounds[0] != rounds[1]:
        raise Failed(f"the same subjects went to {rounds[0]}, and then to {rounds[1]}")
    if sorted({*rounds[0]}) != [b"%d" % number for number in range(PARTS)]:
        raise Failed(f"{len(words)} tokens went to {sorted({*rounds[0]})}, of {PARTS} partitions")


async def _spread(trial: Trial, word: str) -> Counter[str]:
    """Publish to a subject; tell how many arrived where, by the last token."""
    connection = await trial.connect()
    await connection.write(b"SUB %b 1\r\n" % trial.subject("*"))
    await connection.write(b"PUB %b 0\r\n\r\n" % trial.subject(word) * MESSAGES)
    frames = read_deliveries(await connection.barrier())
    return Counter(each.subject.decode().rpartition(".")[2] for each in frames)


def _check(went: Counter[str], *names: str) -> None:
    """Check that messages went to just these."""
    if sorted(went) != sorted(names):
        raise Failed(f"messages went to {sorted(went)}; the destinations are {sorted(names)}")
