"""The colours of the pages can be read: WCAG AA, 4.5 to 1 for text and 3 to 1 for shapes."""

import re
from pathlib import Path

import pytest

import natsim.reports

STYLE = (Path(natsim.reports.__file__).parent / "templates" / "style.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w{6});", part))
    for part in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
)
TEXT = [
    ("ink", "page"),
    ("ink", "soft"),
    ("muted", "page"),
    ("muted", "soft"),
    ("link", "page"),
    ("link", "soft"),
    ("invalid", "page"),
    ("published-ink", "page"),
    ("delivered-ink", "page"),
    ("on-badge", "valid"),
    ("on-badge", "unknown"),
    ("on-badge", "invalid"),
    ("on-badge", "anomaly"),
]
SHAPES = [
    "published",
    "delivered",
    "unreached",
    "anomaly",
    "partition",
    "kill",
    "pause",
    "slow-link",
]
CHIPS = ["#d5dbe2", "#6db6fe", "#ffaa26", "#feb5da"]


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(colours: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_stand_out(colours: dict[str, str], shape: str) -> None:
    assert contrast(colours[shape], colours["page"]) >= 3


@pytest.mark.parametrize("chip", CHIPS)
def test_chips_can_be_read(chip: str) -> None:
    assert chip in STYLE
    assert contrast("#10151b", chip) >= 4.5
