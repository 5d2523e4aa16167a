"""Text files that somebody wrote: read, or said to be unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mistake import CaseError

if TYPE_CHECKING:
    from pathlib import Path


def read_text(path: Path) -> str:
    """Read a file of UTF-8. Raises CaseError with the reason, if it cannot be read."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise CaseError(path, 0, 0, f"it cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CaseError(path, line, 0, "it is not UTF-8; save the file as UTF-8") from None
