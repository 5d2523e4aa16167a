"""What is almost the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.credentials.login import REFUSED, say_connect

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial


@case("auth.token.exact", "What is almost the token is not the token.", house="token")
async def exact(trial: Trial) -> None:
    token = trial.things["token"]
    for shown in ("", token[:-1], token[1:], f"{token} ", f" {token}", token.upper(), token * 2):
        connection = await trial.open(f"shows {shown!r}")
        await say_connect(trial, connection, auth_token=shown)
        await connection.expect_error(REFUSED, closes=True)
