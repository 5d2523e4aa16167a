"""Writes what was said and heard as the lines of a transcript.

Law of the file: what is written is read again before it is given, so that a transcript always means
the bytes it was made of: as a plain line where that is enough, with its direction where the line
alone does not tell, as bytes where text cannot hold them.
"""

from __future__ import annotations

import json
import re

from natsim.conformance.mistake import CaseError
from natsim.conformance.tree import parse_object

from .escapes import to_text
from .match import NAMING_KEYS, expected_text, match_frame
from .parse import parse_transcript
from .transcript import Expect, Say, Step

HIDDEN = '"..."'

_RUN = re.compile(r"(?<!\\)([A-Za-z0-9])\1{63,}")


def typed(data: bytes) -> str:
    """Write what a client says, in one or more lines without a last line end."""
    text = _as_lines(data)
    if text is not None:
        for lines in (text, f"C: {text}"):
            if _said(lines) == data:
                return lines
    return bytes_typed(data)


def bytes_typed(data: bytes) -> str:
    """Write what a client says as bytes."""
    return f"C-bytes: {_with_runs(to_text(data))}"


def heard(frame: bytes) -> str:
    """Write one frame of a server, in one or more lines without a last line end."""
    text = _as_lines(frame)
    if text is not None:
        for lines in (text, f"S: {text}"):
            if _means(lines, frame):
                return lines
    return f"S-bytes: {_with_runs(to_text(frame))}"


def greeting(frame: bytes) -> str:
    """Write the INFO of a server; what names it, its build or the connection is hidden."""
    try:
        members = parse_object(frame.removeprefix(b"INFO "))
    except ValueError:
        return heard(frame)
    written = (
        f"{json.dumps(key)}:{HIDDEN if key in NAMING_KEYS else _compact(value)}"
        for key, value in members.items()
    )
    return f"INFO {{{','.join(written)}, ... }}"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _as_lines(data: bytes) -> str | None:
    """Give the lines of data that ends with one, if they are text; else None."""
    if not data.endswith(b"\r\n"):
        return None
    try:
        text = data[:-2].decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    is_legible = all(letter in "\t\n" or letter.isprintable() for letter in text)
    # Blanks at the end of a line are not seen, and editors take them away.
    has_blank_ends = any(line != line.rstrip() for line in text.split("\n"))
    is_plain = is_legible and not has_blank_ends and _RUN.search(text) is None
    return text if is_plain and text.strip() else None


def _means(lines: str, frame: bytes) -> bool:
    steps = _steps(lines)
    if len(steps) != 1 or not isinstance(steps[0], Expect):
        return False
    wanted = steps[0].choices[0].wanted
    # Patterns match themselves, but JSON only if it is some.
    return (
        len(wanted) == 1
        and expected_text(wanted[0]) == frame
        and match_frame(wanted[0], frame, {}, frozenset()).is_match
    )


def _said(lines: str) -> bytes | None:
    """Give what lines say, one command or several; None if they mean anything else."""
    said: list[bytes] = []
    for step in _steps(lines):
        if not isinstance(step, Say):
            return None
        said.append(step.data)
    return b"".join(said)


def _with_runs(text: str) -> str:
    """Write long runs of a letter short."""
    return _RUN.sub(lambda found: rf"\({found[1]}*{len(found[0])})", text)


def _steps(lines: str) -> list[Step]:
    try:
        return list(parse_transcript(lines, "").steps)
    except CaseError:
        return []
