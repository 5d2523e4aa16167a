"""A real browser reads the page as it is meant."""

import shutil
import subprocess
from pathlib import Path

import pytest

from natsim.reports.html import render_run
from natsim.reports.run import load_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def dump(page: Path, profile: Path) -> str:
    """Give the page as the browser understood it; skip the test where no browser can start."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
    try:
        result = subprocess.run(command, capture_output=True, timeout=30, check=True, text=True)
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"chromium does not start here: {error}")
    if "</html>" not in result.stdout:
        pytest.skip("chromium printed no page here")
    return result.stdout


def test_a_browser_sees_every_section_and_the_picture(invalid_run: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(render_run(load_run(invalid_run)))

    seen = dump(page, tmp_path / "profile")

    assert '<article class="card" id="a3">' in seen
    assert seen.count('<g class="lane">') == 6
    assert "<script" not in seen
