"""TLS before INFO."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

CLOSED_S = 10.0


@case(
    "tls.first.silent-in-the-clear", "In the clear the server says nothing.",
    house="tls-first", limit_s=15,
)  # fmt: skip
async def silent_in_the_clear(trial: Trial) -> None:
    address = trial.addresses[0]
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        async with asyncio.timeout(CLOSED_S):
            heard = await reader.read(1)
    except TimeoutError:
        raise Failed(f"the server did not close within {CLOSED_S:.0f} s") from None
    except OSError:
        heard = b""
    finally:
        writer.transport.abort()
    if heard.startswith(b"I"):
        raise Failed("the server says INFO in the clear")
