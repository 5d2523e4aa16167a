"""A transcript played to a server on the network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.conformance.trial import Trial
from natsim.harness.conform.greeting import check_greeting, check_port
from natsim.harness.conform.target import TargetUnavailable

from .outcome import Outcome, play

if TYPE_CHECKING:
    from natsim.conformance.patience import Patience
    from natsim.conformance.transcripts.transcript import Transcript
    from natsim.conformance.trial import Login
    from natsim.conformance.wire.connection import Address


def check_server(address: Address, login: Login, wait_s: float) -> None:
    """Find out whether a server can be talked to. Raises TargetUnavailable."""
    # Without credentials of ours, the transcript may say its own.
    has_login = bool(login.members({}))
    check = check_greeting(address, login, wait_s) if has_login else check_port(address, wait_s)
    asyncio.run(check)


def play_on_tcp(
    transcript: Transcript, address: Address, login: Login, patience: Patience
) -> Outcome:
    """Play a transcript to a server. Raises TargetUnavailable if it wants other credentials."""
    outcome = asyncio.run(play_trial(transcript, address, login, patience))
    raise_if_denied(outcome, address)
    return outcome


def raise_if_denied(outcome: Outcome, address: Address) -> None:
    """Raise TargetUnavailable if a transcript failed for want of credentials."""
    if outcome.is_denied:
        raise TargetUnavailable(
            f"{address} refuses what the transcript says in CONNECT; give the credentials in "
            "the URL, nats://user:password@host:port or nats://token@host:port"
        )


async def play_trial(
    transcript: Transcript, address: Address, login: Login, patience: Patience
) -> Outcome:
    """Play a transcript to a server, in a loop that runs."""
    trial = make_trial(address, login, patience)
    try:
        return await play(transcript, trial, trial.leniences)
    finally:
        await trial.close()


def make_trial(address: Address, login: Login, patience: Patience) -> Trial:
    """Make what a transcript is given."""
    return Trial(
        prefix="",
        addresses=(address,),
        patience=patience,
        things={},
        login=login,
        controls=(),
        version="",
    )
