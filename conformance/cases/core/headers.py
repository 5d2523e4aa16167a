"""Headers of many bytes and of all bytes, and sizes that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.capabilities import HEADERS
from natsim.conformance.case import case

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

BLOCK = b"NATS/1.0\r\nA: b\r\n\r\n"
NO_SIZES = (
    (b"x", b"20"),
    (b"-1", b"20"),
    (b"+18", b"20"),
    (b"18.0", b"20"),
    (b"0000000018", b"20"),
    (b"18", b"x"),
    (b"18", b"-1"),
    (b"18", b"20x"),
    (b"18", b"0x14"),
    (b"18", b"0000000020"),
)


@case(
    "core.headers.size-not-a-number",
    "HPUB with a size that is no number of nine digits is the last thing.",
    needs=(HEADERS,),
)
async def size_not_a_number(trial: Trial) -> None:
    """Publish with each in both places; another connection hears none of them."""
    witness = await trial.connect("witness", headers=True)
    await witness.write(b"SUB %b 1\r\n" % trial.subject("a"))
    await witness.expect_nothing()
    for size, total in NO_SIZES:
        publisher = await trial.connect(headers=True)
        await publisher.write(b"HPUB %b %b %b\r\n" % (trial.subject("a"), size, total))
        if await publisher.expect_end():
            trial.lenient("a size that is no number is answered by an error")
    await witness.expect_nothing()


@case(
    "core.headers.as-info-says",
    "HPUB is taken where INFO says headers, and nowhere else.",
    "core.headers.deliver",
    "core.headers.no-support",
)
async def as_info_says(trial: Trial) -> None:
    """Publish with headers, whatever INFO says of them."""
    subject = trial.subject("a")
    connection = await trial.connect(headers=True)
    await connection.write(b"SUB %b 1\r\n" % subject)

    await connection.write(b"HPUB %b 18 20\r\n%bhi\r\n" % (subject, BLOCK))

    if connection.info.get("headers") is True:
        await connection.expect(b"HMSG %b 1 18 20\r\n%bhi\r\n" % (subject, BLOCK))
        await connection.expect_nothing()
    elif await connection.expect_end():
        trial.lenient("HPUB is answered by an error where there are no headers")


@case(
    "core.headers.every-byte",
    "Every byte but CR and LF may be in a name and in a value.",
    "core.headers.verbatim",
    needs=(HEADERS,),
)
async def every_byte(trial: Trial) -> None:
    """Publish one header for each byte."""
    subject = trial.subject("a")
    letters = [bytes([code]) for code in range(256) if code not in b"\r\n"]
    block = b"NATS/1.0\r\n%b\r\n" % b"".join(b"x%b: %b\r\n" % (each, each) for each in letters)
    connection = await trial.connect(headers=True)
    await connection.write(b"SUB %b 1\r\n" % subject)
    sizes = b"%d %d\r\n" % (len(block), len(block) + 2)

    await connection.write(b"HPUB %b %b%bhi\r\n" % (subject, sizes, block))

    await connection.expect(b"HMSG %b 1 %b%bhi\r\n" % (subject, sizes, block))
    await connection.expect_nothing()


@case(
    "core.headers.many",
    "A header block may have a thousand lines, and one of 64 KiB.",
    needs=(HEADERS,),
)
async def many(trial: Trial) -> None:
    """Publish both blocks, to one with headers and one without."""
    subject = trial.subject("a")
    bare = await trial.connect("bare", headers=False)
    await bare.write(b"SUB %b 1\r\n" % subject)
    await bare.expect_nothing()
    connection = await trial.connect("headed", headers=True)
    await connection.write(b"SUB %b 1\r\n" % subject)
    lines = b"".join(b"Name-%d: value-%d\r\n" % (n % 700, n) for n in range(1000))
    for block in (
        b"NATS/1.0\r\n%b\r\n" % lines,
        b"NATS/1.0\r\nLong: %b\r\n\r\n" % (b"0123456789abcdef" * 4096),
    ):
        sizes = b"%d %d\r\n" % (len(block), len(block) + 7)

        await connection.write(b"HPUB %b %b%bpayload\r\n" % (subject, sizes, block))

        await connection.expect(b"HMSG %b 1 %b%bpayload\r\n" % (subject, sizes, block))
        await connection.expect_nothing()
        await bare.expect(b"MSG %b 1 7\r\npayload\r\n" % subject)
    await bare.expect_nothing()


@case(
    "core.headers.split-anywhere",
    "HPUB may be cut in two at any byte.",
    "core.headers.deliver",
    needs=(HEADERS,),
)
async def split_anywhere(trial: Trial) -> None:
    """Publish the same message cut at each place, with a pause that lets the first piece go."""
    subject = trial.subject("a")
    connection = await trial.connect(headers=True)
    await connection.write(b"SUB %b 1\r\n" % subject)
    message = b"HPUB %b 18 20\r\n%bhi\r\n" % (subject, BLOCK)
    for place in range(1, len(message)):
        await connection.write(message, [place])
        await connection.expect(b"HMSG %b 1 18 20\r\n%bhi\r\n" % (subject, BLOCK))
    await connection.expect_nothing()
