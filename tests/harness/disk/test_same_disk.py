"""One seed gives one disk: in any process, under any hash seed, on any Python."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from hashlib import blake2b
from natsim.broker.disk import DiskFault, Operation
from natsim.broker.effects import Sync
from natsim.harness.sim.clock import HeapClock, SimpyClock
from natsim.harness.sim.disk import SimDisk

clock = {"heap": HeapClock, "simpy": SimpyClock}[sys.argv[1]]()
digest = blake2b(digest_size=16)
for seed in range(200):
    disk = SimDisk(seed, "n1", clock)
    for name in ("a", "x/b", "x/c"):
        disk.create(name)
        disk.append(name, bytes(range(1, 250)) * 5)
    disk.sync(Sync(seed, ("a",), ("",)), lambda answer: digest.update(str(answer).encode()))
    clock.advance(clock.now_ns + 10_000_000)
    digest.update(str(clock.now_ns).encode())
    disk.rename("x/b", "x/d")
    disk.append("a", b"unsynced" * 200)
    disk.fail(Operation.SYNC, DiskFault.IO)
    disk.sync(Sync(seed, ("x/c",), ("x",)), lambda answer: digest.update(str(answer).encode()))
    clock.advance(clock.now_ns + 10_000_000)
    disk.rot("a", 3)
    disk.power()
    for directory in ("", "x/"):
        names = disk.list(directory.rstrip("/")) if directory == "" or "x/" in disk.list("") else []
        for name in names:
            digest.update(name.encode())
            if not name.endswith("/"):
                path = directory + name
                digest.update(disk.pread(path, 0, disk.size(path)))
print(digest.hexdigest())
"""

# It changes when what a power cut leaves changes; never with the process, nor the Python.
DIGEST = "d8963b2406d60ec450d25bfad9d801b5"


@pytest.mark.parametrize(("clock", "hash_seed"), [("heap", "1"), ("heap", "2"), ("simpy", "3")])
def test_the_same_seeds_give_the_same_bytes(clock: str, hash_seed: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, clock],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.strip() == DIGEST
