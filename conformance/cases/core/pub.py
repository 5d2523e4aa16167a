"""Sizes of PUB that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

NO_SIZES = (b"-1", b"+1", b"x", b"2x", b"x2", b"1.0", b"1e1", b"0x2", b"2,", b"1_0", "٢".encode())


@case("core.pub.size-not-a-number", "PUB with a size that is not digits alone is the last thing.")
async def size_not_a_number(trial: Trial) -> None:
    """Publish with each; another connection hears none of them."""
    witness = await trial.connect("witness")
    await witness.write(b"SUB %b 1\r\n" % trial.subject("a"))
    await witness.expect_nothing()
    for size in NO_SIZES:
        publisher = await trial.connect()
        await publisher.write(b"PUB %b %b\r\n" % (trial.subject("a"), size))
        if await publisher.expect_end():
            trial.lenient("a size that is no number is answered by an error")
    await witness.expect_nothing()
