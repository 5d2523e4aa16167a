"""Report files beside conformance.json, each replaced in one step."""

from pathlib import Path

from natsim.reports.write import replace_file

from .html import render_conformance
from .junit import junit_of_conformance
from .load import load_conformance
from .markdown import job_summary

FILE = "conformance.json"


def write_conformance(directory: Path) -> list[Path]:
    """Write report.html, junit.xml and summary.md from the conformance.json of a directory.

    Gives their paths. A reader sees the old file or the new one, never a part. Files are for their
    owner only. Raises NoConformanceError if there is no such file, OSError if one cannot be
    written.
    """
    document = load_conformance(directory / FILE)
    return [
        replace_file(directory / "report.html", render_conformance(document).encode()),
        replace_file(directory / "junit.xml", junit_of_conformance(document)),
        replace_file(directory / "summary.md", job_summary(document).encode()),
    ]
