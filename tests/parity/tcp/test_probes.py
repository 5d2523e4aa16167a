"""The same program sees the same on loopback sockets and in a simulated world."""

import pytest

from .ground import in_a_world, on_loopback
from .probes import PROBES


@pytest.mark.parametrize("name", list(PROBES))
def test_sockets_and_the_simulated_world_agree(name: str) -> None:
    probe = PROBES[name]

    assert in_a_world(probe).phases == on_loopback(probe).phases
