"""The errors of the reports folder."""

from pathlib import Path


class ReportError(Exception):
    """A report could not be made. Base of all errors of this folder."""


class NoDirectoryError(ReportError):
    """There is no directory at path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is not a directory")


class NoCampaignError(ReportError):
    """The directory at path holds no campaign.jsonl."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} holds no campaign.jsonl")


class NoConformanceError(ReportError):
    """There is no plain file at path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is not there; natsim conform writes it")
