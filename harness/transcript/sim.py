"""A transcript played to our broker in a simulated world, where time costs nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import natsim
from natsim.broker.nats.broker import Broker
from natsim.broker.nats.config import ConfigError, load
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.options import Options
from natsim.broker.now import Now
from natsim.conformance.mistake import CaseError
from natsim.conformance.patience import Patience
from natsim.conformance.wire.connection import Address
from natsim.harness.conform.target import NoLogin
from natsim.harness.driver import Driver
from natsim.harness.sim.world import World

from .outcome import Outcome, play
from .tcp import make_trial

if TYPE_CHECKING:
    from natsim.conformance.transcripts.transcript import Transcript
    from natsim.harness.sim.node import Node

SERVER, CLIENT = "server", "client"
PORT = 4222
WAIT_S = 10.0
"""The patience of a world in which nothing is slow: only silence takes so long."""


def play_in_sim(transcript: Transcript, seed: int) -> Outcome:
    """Play a transcript in a world of its own. Raises CaseError for its `config`."""
    options = _options(transcript)
    world = World(seed)
    server, client = world.add_node(SERVER), world.add_node(CLIENT)
    try:
        world.run(server, _serve(server, options))
        return world.run(client, _play(transcript))
    finally:
        world.close()


async def _play(transcript: Transcript) -> Outcome:
    trial = make_trial(Address(SERVER, PORT), NoLogin(), Patience(wait_s=WAIT_S))
    try:
        return await play(transcript, trial, trial.leniences)
    finally:
        await trial.close()


def _options(transcript: Transcript) -> Options:
    """Read the configuration in the front matter, if there is one."""
    text = transcript.front.get("config")
    if text is None:
        return Options(host=SERVER, port=PORT)
    name = f"{transcript.path} (config)"
    try:
        loaded = load(name, lambda _: str(text).encode(), {})
    except ConfigError as error:
        raise CaseError(transcript.path, 0, 0, f"config: {error}") from None
    return replace(loaded.options, host=SERVER, port=PORT)


async def _serve(node: Node, options: Options) -> None:
    draw = node.source("broker").below
    identity = make_identity(node.name, f"natsim{natsim.__version__}", draw)

    def now() -> Now:
        return Now(node.mono_ns(), node.wall_ns())

    driver = Driver(Broker(options, identity, draw, now()), node.loop, now, lambda _: None)
    await driver.listen(node.name, PORT)
