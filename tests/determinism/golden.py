"""Write golden.json: the digests that every Python must give."""

import json
from importlib.metadata import version
from pathlib import Path

from natsim.harness.plan.expand import expand
from natsim.harness.runner import simulate
from natsim.scenarios.load import load_scenario
from natsim.scenarios.shelf import library

RUNS = (
    ("demo", 1),
    ("demo", 11),
    ("demo", 44),
    ("crash/kill-restart", 11),
    ("smoke/request-reply", 11),
)
"""Under seed 1 messages come in the same instant as the end of a reconnect, under 44 an error."""


def main() -> None:
    """Write the file."""
    digests: dict[str, dict[str, str]] = {}
    for name, seed in RUNS:
        found = simulate(expand(load_scenario(library()[name]), seed)).digests
        digests[f"{name} {seed}"] = {"history": found["history"], "wire": found["wire"]}
    text = json.dumps({"nats-py": version("nats-py"), "digests": digests}, indent=1)
    (Path(__file__).parent / "golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
