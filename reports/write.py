"""Report files beside the files they are made from, each replaced in one step."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from .campaign import CampaignDocument, load_campaign
from .document import RunDocument, to_json
from .html import render_campaign, render_run
from .junit import junit_of_campaign, junit_of_run
from .run import load_run


class Format(StrEnum):
    """The files a report can be written as."""

    JSON = "json"
    HTML = "html"
    JUNIT = "junit"


_RUN: Mapping[Format, tuple[str, Callable[[RunDocument], bytes]]] = {
    Format.JSON: ("report.json", to_json),
    Format.HTML: ("report.html", lambda document: render_run(document).encode()),
    Format.JUNIT: ("junit.xml", junit_of_run),
}
_CAMPAIGN: Mapping[Format, tuple[str, Callable[[CampaignDocument], bytes]]] = {
    Format.JSON: ("campaign.json", to_json),
    Format.HTML: ("campaign.html", lambda document: render_campaign(document).encode()),
    Format.JUNIT: ("junit.xml", junit_of_campaign),
}


def write_reports(run_dir: Path, formats: Sequence[Format] = tuple(Format)) -> list[Path]:
    """Write the reports of a run into its directory; give their paths, in the order of formats.

    A reader sees the old file or the new one, never a part. Files are for their owner only.
    Raises NoDirectoryError if run_dir is not a directory, OSError if it cannot be written.
    """
    document = load_run(run_dir)
    return [
        replace_file(run_dir / name, make(document))
        for name, make in (_RUN[wanted] for wanted in formats)
    ]


def write_campaign(directory: Path, formats: Sequence[Format] = tuple(Format)) -> list[Path]:
    """Write the reports of the campaign.jsonl in a directory beside it, likewise.

    Raises NoCampaignError if there is none.
    """
    document = load_campaign(directory)
    return [
        replace_file(directory / name, make(document))
        for name, make in (_CAMPAIGN[wanted] for wanted in formats)
    ]


def replace_file(path: Path, content: bytes) -> Path:
    """Write a file so that a reader sees the old content or the new one; give its path."""
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(content)
            file.close()
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return path
