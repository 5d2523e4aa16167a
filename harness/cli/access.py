"""The options by which a user says who they are, and how a server is greeted by TLS."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_PATH = click.Path(path_type=Path, dir_okay=False)
_OPTIONS = (
    click.option("--user", help="A user, for URLs."),
    click.option(
        "--password",
        envvar="NATSIM_PASSWORD",
        help="The user's password; better in $NATSIM_PASSWORD.",
    ),
    click.option(
        "--token", envvar="NATSIM_TOKEN", help="A token, for URLs; better in $NATSIM_TOKEN."
    ),
    click.option("--creds", type=_PATH, help="A credentials file with a JWT and a seed."),
    click.option("--nkey", type=_PATH, help="A file with the seed of an NKey."),
    click.option("--tls-ca", type=_PATH, help="Who signs the server's certificate."),
    click.option("--tls-cert", type=_PATH, help="Our certificate."),
    click.option("--tls-key", type=_PATH, help="Our certificate's key."),
    click.option("--tls-first", is_flag=True, help="Start TLS before INFO."),
)


def access_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which is given them as `access`."""

    @functools.wraps(command)
    def with_access(
        *,
        user: str | None,
        password: str | None,
        token: str | None,
        creds: Path | None,
        nkey: Path | None,
        tls_ca: Path | None,
        tls_cert: Path | None,
        tls_key: Path | None,
        tls_first: bool,
        **others: object,
    ) -> None:
        from natsim.harness.conform.targets import Access

        access = Access(
            user=user, password=password, token=token, creds=creds, nkey=nkey, tls_ca=tls_ca,
            tls_cert=tls_cert, tls_key=tls_key, is_tls_first=tls_first,
        )  # fmt: skip
        command(access=access, **others)

    for option in reversed(_OPTIONS):
        with_access = option(with_access)
    return with_access
