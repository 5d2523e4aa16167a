"""TLS behind INFO, and who does without."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.credentials.tls import client_context, in_the_clear, upgraded
from natsim.conformance.failure import Failed

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

HANDSHAKE_S = 10.0
"""How late a server may be that closes after its default time, two seconds."""

SIZES = (0, 1, 100, 16_383, 16_384, 16_385, 100_000)


@case("tls.required.versions", "TLS 1.2 will do, and so will TLS 1.3.", house="tls")
async def versions(trial: Trial) -> None:
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = client_context(trial.things)
        context.minimum_version = context.maximum_version = version
        connection = await in_the_clear(trial, version.name)
        try:
            await connection.start_tls(context, "localhost")
        except OSError as error:
            raise Failed(f"no handshake by {version.name}: {error}") from error
        await connection.write(trial.connect_line(connection))
        await connection.expect_nothing()


@case("tls.required.plain", "Who goes on in the clear is not served.", house="tls")
async def plain(trial: Trial) -> None:
    subscriber = await trial.connect("inside")
    subject = trial.subject("a")
    await subscriber.write(b"SUB %b 1\r\n" % subject)
    await subscriber.expect_nothing()
    connection = await in_the_clear(trial, "in the clear")
    await connection.write(trial.connect_line(connection))
    await connection.write(b"PUB %b 2\r\nno\r\nPING\r\n" % subject)
    await connection.expect_unserved()
    await subscriber.expect_nothing()


@case(
    "tls.required.silence", "Who does not begin the handshake is sent away.",
    house="tls", limit_s=15,
)  # fmt: skip
async def silence(trial: Trial) -> None:
    connection = await in_the_clear(trial)
    await connection.expect_unserved(within_s=HANDSHAKE_S)


@case("tls.required.sizes", "Payloads of all sizes come through TLS unchanged.", house="tls")
async def sizes(trial: Trial) -> None:
    connection = await trial.connect()
    subject = trial.subject("a")
    await connection.write(b"SUB %b 1\r\n" % subject)
    for size in SIZES:
        payload = bytes(number % 251 for number in range(size))
        await connection.write(b"PUB %b %d\r\n%b\r\n" % (subject, size, payload))
        await connection.expect(b"MSG %b 1 %d\r\n%b\r\n" % (subject, size, payload))


@case(
    "tls.required.own-certificate", "The server shows the certificate it was given.",
    "tls.required.upgrade", house="tls",
)  # fmt: skip
async def own_certificate(trial: Trial) -> None:
    """Trust this certificate only, whoever signed it."""
    context = ssl.create_default_context(cafile=trial.things["server_cert"])
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    connection = await in_the_clear(trial)
    try:
        await connection.start_tls(context, "localhost")
    except (OSError, TimeoutError) as error:
        raise Failed(f"no handshake where this certificate is trusted: {error}") from error
    await connection.write(trial.connect_line(connection))
    await connection.expect_nothing()


@case(
    "tls.user.not-in-the-clear", "The right password in the clear is of no use.", house="tls-user"
)
async def password_in_the_clear(trial: Trial) -> None:
    connection = await in_the_clear(trial)
    line = trial.connect_line(connection, user="ann", **{"pass": trial.things["ann"]})
    await connection.write(line + b"PING\r\n")
    await connection.expect_unserved()


@case("tls.optional.both", "With TLS or without, clients hear each other.", house="tls-optional")
async def both(trial: Trial) -> None:
    subject = trial.subject("a")
    plain = await trial.connect("in the clear")
    await plain.write(b"SUB %b 1\r\n" % subject)
    await plain.expect_nothing()
    secret = await upgraded(trial, "inside")
    await secret.write(trial.connect_line(secret))
    await secret.write(b"SUB %b 2\r\nPUB %b 2\r\nhi\r\n" % (subject, subject))
    await secret.expect(b"MSG %b 2 2\r\nhi\r\n" % subject)
    await plain.expect(b"MSG %b 1 2\r\nhi\r\n" % subject)
