"""The colours of the matrix can be read: WCAG AA, 4.5 to 1 for text."""

import re
from pathlib import Path

import pytest
from tests.reports.test_style import contrast

import natsim.reports

TEMPLATES = Path(natsim.reports.__file__).parent / "templates"
STYLE = (TEMPLATES / "conformance" / "style.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w{6});", part))
    for part in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["pass", "lenient", "fail", "skipped", "unknown", "mark"])
def test_letters_can_be_read(colours: dict[str, str], name: str) -> None:
    assert contrast(colours[f"{name}-ink"], colours[f"{name}-ground"]) >= 4.5
