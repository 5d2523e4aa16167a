"""Every pattern of up to three tokens against every subject of up to four."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import read_deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

WORDS = ("a", "b")
SUBJECTS = [".".join(each) for depth in (1, 2, 3, 4) for each in product(WORDS, repeat=depth)]
PATTERNS = [
    ".".join((*front, last))
    for depth in (0, 1, 2)
    for front in product((*WORDS, "*"), repeat=depth)
    for last in (*WORDS, "*", ">")
]


def fits(pattern: str, subject: str) -> bool:
    """Tell whether a pattern matches a subject, token by token.

    >>> fits("a.*", "a.b"), fits("a.>", "a"), fits(">", "a.b")
    (True, False, True)
    """
    wanted, tokens = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        if len(tokens) < len(wanted):
            return False
        wanted, tokens = wanted[:-1], tokens[: len(wanted) - 1]
    return len(wanted) == len(tokens) and all(
        word in ("*", token) for word, token in zip(wanted, tokens, strict=True)
    )


@case("core.subjects.table", "All patterns of up to three tokens match just what they should.")
async def all_patterns(trial: Trial) -> None:
    """Subscribe to all patterns, then publish to all subjects."""
    connection = await trial.connect()
    await subscribe(trial, connection, PATTERNS)
    await check(trial, connection, PATTERNS)


@case(
    "core.subjects.table-after-unsub",
    "After every second pattern is unsubscribed the others match just what they should.",
    "core.subjects.table",
    "core.unsub.now",
)
async def after_unsub(trial: Trial) -> None:
    """Publish before as well, so that what a server remembers of a subject is wrong then."""
    connection = await trial.connect()
    await subscribe(trial, connection, PATTERNS)
    await check(trial, connection, PATTERNS)
    gone = PATTERNS[::2]
    await connection.write(b"".join(b"UNSUB %b\r\n" % pattern.encode() for pattern in gone))
    await check(trial, connection, PATTERNS[1::2])


@case(
    "core.subjects.table-added-late",
    "Patterns that are added between the same messages match from then on.",
    "core.subjects.table",
    "core.subjects.interest-changes",
)
async def added_late(trial: Trial) -> None:
    """Subscribe in three lots, and publish to all subjects after each."""
    connection = await trial.connect()
    for lot in range(3):
        await subscribe(trial, connection, PATTERNS[lot::3])
        there = [pattern for first in range(lot + 1) for pattern in PATTERNS[first::3]]
        await check(trial, connection, there)


async def subscribe(trial: Trial, connection: Connection, patterns: Sequence[str]) -> None:
    """Subscribe to patterns, each its own sid."""
    await connection.write(
        b"".join(
            b"SUB %b %b\r\n" % (trial.subject(pattern), pattern.encode()) for pattern in patterns
        )
    )


async def check(trial: Trial, connection: Connection, patterns: Sequence[str]) -> None:
    """Publish to each subject, and see that just the patterns that fit get it, once."""
    await connection.write(
        b"".join(b"PUB %b 0\r\n\r\n" % trial.subject(subject) for subject in SUBJECTS)
    )
    heard = [
        (delivery.subject.decode("utf-8", "replace"), delivery.sid.decode("utf-8", "replace"))
        for delivery in read_deliveries(await connection.barrier())
    ]
    for subject in SUBJECTS:
        full = trial.subject(subject).decode()
        expected = sorted(pattern for pattern in patterns if fits(pattern, subject))
        actual = sorted(sid for came, sid in heard if came == full)
        if actual != expected:
            raise Failed(f"{subject} went to {', '.join(actual)}; not to {', '.join(expected)}")
    wanted = {trial.subject(subject).decode() for subject in SUBJECTS}
    for subject, sid in heard:
        if subject not in wanted:
            raise Failed(f"{subject}, which nobody published, went to {sid}")
