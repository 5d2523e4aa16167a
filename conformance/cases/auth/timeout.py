"""The time in which credentials must be shown: one second in this house."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

TIME_S = 1.0
EARLY_S = 0.9 * TIME_S
LATE_S = 5 * TIME_S
ENDED = b"-ERR 'Authentication Timeout'\r\n"


@case("auth.timeout.silence", "Who shows no credentials in time is sent away.", house="impatient")
async def silence(trial: Trial) -> None:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    connection = await trial.open()
    await connection.expect(ENDED, within_s=LATE_S)
    took_s = loop.time() - began_s
    await connection.expect_closed()
    if took_s < EARLY_S:
        raise Failed(f"the time was over after {took_s:.2f} s; it is {TIME_S:.0f} s")


@case("auth.timeout.half-a-connect", "Half a CONNECT does not stop the clock.", house="impatient")
async def half_a_connect(trial: Trial) -> None:
    connection = await trial.open()
    await connection.write(b'CONNECT {"auth_token":')
    await connection.expect(ENDED, within_s=LATE_S)
    await connection.expect_closed()


@case(
    "auth.timeout.over-after-login", "Who is logged in has all the time it wants.",
    house="impatient",
)  # fmt: skip
async def over_after_login(trial: Trial) -> None:
    connection = await trial.connect(auth_token=trial.things["token"])
    await asyncio.sleep(1.3 * TIME_S)
    await connection.expect_nothing()
