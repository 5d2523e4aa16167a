"""Certificates of clients."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.credentials.login import REFUSED
from natsim.conformance.credentials.tls import in_the_clear, upgraded

if TYPE_CHECKING:
    from natsim.conformance.case import Case
    from natsim.conformance.trial import Trial


@case(
    "tls.verify.no-certificate", "Who shows no certificate is not served.", "tls.verify.refused",
    house="tls-verify",
)  # fmt: skip
async def no_certificate(trial: Trial) -> None:
    await _is_refused(trial, ssl.create_default_context(cafile=trial.things["ca_cert"]))


def _not_served(slug: str, title: str, certificate: str) -> Case:
    @case(f"tls.verify.{slug}", title, "tls.verify.refused", house="tls-verify")
    async def play(trial: Trial) -> None:
        context = ssl.create_default_context(cafile=trial.things["ca_cert"])
        context.load_cert_chain(
            trial.things[f"{certificate}_cert"], trial.things[f"{certificate}_key"]
        )
        await _is_refused(trial, context)

    return play


stranger = _not_served(
    "another-authority", "A certificate of another authority is worth nothing.", "stranger"
)
expired = _not_served("expired", "A certificate that has expired is worth nothing.", "expired")


async def _is_refused(trial: Trial, context: ssl.SSLContext) -> None:
    known = await upgraded(trial, "known")
    await known.write(trial.connect_line(known))
    await known.expect_nothing()
    connection = await in_the_clear(trial, "refused")
    try:
        await connection.start_tls(context, "localhost")
    except OSError:
        return
    # By TLS 1.3 the client is done before the server has looked.
    await connection.write(trial.connect_line(connection) + b"PING\r\n")
    await connection.expect_unserved()


def _mapped(name: str, by: str) -> Case:
    @case(
        f"tls.map.{by}", f"A certificate names its user by {by}.", "tls.map.user", house="tls-map"
    )
    async def play(trial: Trial) -> None:
        connection = await upgraded(trial, certificate=name)
        await connection.write(trial.connect_line(connection, verbose=True))
        await connection.expect(b"+OK\r\n")
        subject = trial.subject("open")
        await connection.write(b"SUB %b 1\r\nPUB %b 2\r\nhi\r\n" % (subject, subject))
        await connection.expect(b"+OK\r\n", b"+OK\r\n", b"MSG %b 1 2\r\nhi\r\n" % subject)

    return play


by_mail = _mapped("ann", "mail")
by_name = _mapped("cat", "name")
by_subject = _mapped("bob", "subject")


@case("tls.map.permissions", "Who is known by a certificate has its permissions.", house="tls-map")
async def permissions(trial: Trial) -> None:
    closed = trial.subject("closed")
    ann = await upgraded(trial, "ann", certificate="ann")
    await ann.write(trial.connect_line(ann) + b"PUB %b 0\r\n\r\n" % closed)
    await ann.expect_error(
        f'Permissions Violation for Publish to "{closed.decode()}"', closes=False
    )
    bob = await upgraded(trial, "bob", certificate="bob")
    await bob.write(trial.connect_line(bob) + b"PUB %b 0\r\n\r\n" % closed)
    await bob.expect_nothing()


@case("tls.map.unknown", "A certificate that names nobody is refused.", house="tls-map")
async def unknown(trial: Trial) -> None:
    connection = await upgraded(trial, certificate="nobody")
    await connection.write(trial.connect_line(connection))
    await connection.expect_error(REFUSED, closes=True)


@case(
    "tls.map.name-alone", "The name of a user without its certificate is refused.",
    "tls.map.unknown", house="tls-map",
)  # fmt: skip
async def name_alone(trial: Trial) -> None:
    connection = await upgraded(trial, certificate="nobody")
    await connection.write(trial.connect_line(connection, user="ann@natsim.test"))
    await connection.expect_error(REFUSED, closes=True)
