"""The reference speaks of the file as it is."""

import re
from pathlib import Path

import pytest

from natsim.harness.plan import load_plan

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "plan.md"

pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the docs are not in the sdist")


def test_its_example_plays(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", REFERENCE.read_text("utf-8"), re.DOTALL)
    path = tmp_path / "plan.yaml"
    path.write_text(example, encoding="utf-8")

    plan = load_plan(path)

    assert [fault.id for fault in plan.faults] == ["f1", "f2.4"]
