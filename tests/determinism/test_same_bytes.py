"""One plan gives one history: in any process, in any company, on any Python."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from natsim.harness.campaign import play_seed
from natsim.harness.history.entry import Changed, Delivered
from natsim.harness.plan.expand import expand
from natsim.harness.runner import simulate
from natsim.scenarios.load import load_scenario
from natsim.scenarios.shelf import library

from .golden import RUNS

PROGRAM = """
import json, sys
from natsim.harness.plan.expand import expand
from natsim.harness.runner import simulate
from natsim.scenarios.load import load_scenario
from natsim.scenarios.shelf import library
scenario = load_scenario(library()["demo"])
print(json.dumps({seed: simulate(expand(scenario, int(seed))).digests for seed in sys.argv[1:]}))
"""

GOLDEN = Path(__file__).parent / "golden.json"


def _in_a_fresh_process(seeds: list[str], hash_seed: str) -> dict[str, dict[str, str]]:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, *seeds],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    digests: dict[str, dict[str, str]] = json.loads(result.stdout)
    return digests


def test_seeds_give_the_same_in_any_order_alone_and_under_any_hash_seed() -> None:
    seeds = ["0", "1", "2", "3", "4", "5"]
    forward = _in_a_fresh_process(seeds, "1")
    backward = _in_a_fresh_process(seeds[::-1], "2")
    alone = _in_a_fresh_process(["3"], "3")

    assert forward == backward
    assert forward["3"] == alone["3"]


def test_a_run_before_changes_nothing() -> None:
    scenario = load_scenario(library()["demo"])
    first = play_seed(scenario, 7)[1].digest
    for seed in (8, 9):
        play_seed(scenario, seed)

    assert play_seed(scenario, 7)[1].digest == first


@pytest.mark.parametrize(("name", "seed"), RUNS)
def test_the_history_is_the_same_on_every_python(name: str, seed: int) -> None:
    # Written by `python -m tests.determinism.golden`; it changes when what happens changes.
    golden = json.loads(GOLDEN.read_text())
    if golden["nats-py"] != version("nats-py"):
        pytest.skip(f"golden digests are of nats-py {golden['nats-py']}")

    digests = simulate(expand(load_scenario(library()[name]), seed)).digests

    assert {"history": digests["history"], "wire": digests["wire"]} == golden["digests"][
        f"{name} {seed}"
    ]


def test_no_delivery_names_a_connection_that_is_gone() -> None:
    entries = simulate(expand(load_scenario(library()["demo"]), seed=1)).entries

    gone = {
        entry.conn: index
        for index, entry in enumerate(entries)
        if isinstance(entry, Changed) and entry.change == "disconnected"
    }
    late = [
        entry
        for index, entry in enumerate(entries)
        if isinstance(entry, Delivered) and index > gone.get(entry.conn, index)
    ]
    assert gone
    assert late == []
