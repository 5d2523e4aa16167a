"""Makes of a difference a transcript, and proves that it tells the two servers apart."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from natsim.conformance.patience import Patience
from natsim.conformance.streams.script import Proof, script
from natsim.conformance.transcripts.parse import parse_transcript
from natsim.harness.conform.target import NoLogin
from natsim.harness.transcript.tcp import play_trial
from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.conformance.streams.answer import Answer
    from natsim.conformance.streams.stream import Stream
    from natsim.conformance.wire.connection import Address

WAIT_S = 1.5


@record
class Script:
    """text: a transcript. passes, fails: labels of the servers, "" if it tells nothing apart."""

    text: str
    passes: str
    fails: str


async def proven_script(
    stream: Stream,
    answers: tuple[Answer, Answer],
    addresses: tuple[Address, Address],
    labels: Sequence[str],
) -> Script:
    """Write a transcript that passes on the first server and fails on the second.

    Where that cannot be, since a transcript passes over what the second says more, the other way
    round; and if chance decides, one that tells nothing apart.
    """
    first = ""
    for (this, that), proof in product(((0, 1), (1, 0)), Proof):
        passes, fails = labels[this], labels[that]
        comments = (f"Passes on {passes}, fails on {fails}.", f"natsim diff, seed {stream.seed}")
        text = script(stream, answers[this], answers[that], proof, comments)
        first = first or text
        if await _passes(text, addresses[this]) and not await _passes(text, addresses[that]):
            return Script(text, passes, fails)
    return Script(first, "", "")


async def _passes(text: str, address: Address) -> bool:
    transcript = parse_transcript(text, "diff")
    outcome = await play_trial(transcript, address, NoLogin(), Patience(wait_s=WAIT_S))
    return outcome.has_passed
