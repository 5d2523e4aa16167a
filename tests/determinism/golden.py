"""Write golden.json: the digests that every Python must give."""

import json
from importlib.metadata import version
from pathlib import Path

from natsim.harness.plan.expand import expand
from natsim.harness.runner import simulate
from natsim.scenarios.load import load_scenario
from natsim.scenarios.shelf import library

NAMES = ("demo", "crash/kill-restart", "smoke/request-reply")
SEED = 11


def main() -> None:
    """Write the file."""
    digests: dict[str, dict[str, str]] = {}
    for name in NAMES:
        found = simulate(expand(load_scenario(library()[name]), SEED)).digests
        digests[name] = {"history": found["history"], "wire": found["wire"]}
    text = json.dumps({"nats-py": version("nats-py"), "digests": digests}, indent=1)
    (Path(__file__).parent / "golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
