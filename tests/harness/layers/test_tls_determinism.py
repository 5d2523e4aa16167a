"""TLS in a simulated world: its bytes are never the same, when they travel is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ed25519

from natsim.broker.events import Received
from natsim.broker.nats.options.tls import TlsOptions
from natsim.broker.now import Now
from natsim.harness.driver import Driver
from natsim.harness.entrance import Entrance
from natsim.harness.layers.tls_context import load_server_tls
from natsim.harness.sim.topology import Topology
from natsim.harness.sim.world import World

from .peer import Peer
from .scripted import Scripted, secure_echo

if TYPE_CHECKING:
    from .conftest import Material

MS_NS = 1_000_000


def _play(tls: TlsOptions, material: Material) -> tuple[str, list[int], int]:
    """Let a client talk by TLS over a link with jitter; give what must not change."""
    topology = Topology()
    for name in ("client", "server"):
        topology.add_node(name)
    topology.add_link("client", "server", (MS_NS, 50 * MS_NS))
    world = World(7, topology)
    node = world.nodes["server"]
    machine = Scripted(secure_echo)
    driver = Driver(machine, node.loop, lambda: Now(node.mono_ns(), node.wall_ns()), lambda _: None)

    async def main() -> None:
        await driver.listen("server", 4222, Entrance(load_server_tls(tls)))
        peer = await Peer.dial("server", 4222)
        await peer.until(b"\r\n")
        await peer.start_tls(material.client_context())
        for size in (1, 100, 20_000, 300_000):
            peer.send(bytes(size))
            await peer.exactly(size)
        peer.send(b"bye")
        await peer.rest()

    world.run(world.nodes["client"], main())
    sizes = [len(event.data) for event in machine.of(Received)]
    schedule, now_ns = world.digests()["schedule"], world.clock.now_ns
    world.close()
    Peer.abort_all()
    return schedule, sizes, now_ns


def test_the_same_talk_takes_the_same_steps_at_the_same_times(material: Material) -> None:
    # A signature of Ed25519 always has one length, which one of ECDSA has not.
    issued = material.authority.issue(key=ed25519.Ed25519PrivateKey.generate())
    cert_file, key_file = issued.write(material.folder, "steady")
    tls = TlsOptions(cert_file=cert_file, key_file=key_file)

    plays = [_play(tls, material) for _ in range(8)]

    assert plays == [plays[0]] * 8
