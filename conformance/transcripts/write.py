"""Writes what was said and heard as the lines of a transcript.

Law of the file: what is written is read again before it is given, so that a transcript always means
the bytes it was made of: as a plain line where that is enough, with its direction where the line
alone does not tell, as bytes where text cannot hold them.
"""

from __future__ import annotations

import json

from natsim.conformance.mistake import CaseError

from .escapes import to_text
from .match import NAMING_KEYS, expected_text, match_frame
from .parse import parse_transcript
from .transcript import Expect, Say, Step

HIDDEN = '"..."'


def typed(data: bytes) -> str:
    """Write what a client says, in one or more lines without a last line end."""
    text = _as_lines(data)
    if text is not None:
        for lines in (text, f"C: {text}"):
            match _steps(lines):
                case [Say(data=read)] if read == data:
                    return lines
    return f"C-bytes: {to_text(data)}"


def heard(frame: bytes) -> str:
    """Write one frame of a server, in one or more lines without a last line end."""
    text = _as_lines(frame)
    if text is not None:
        for lines in (text, f"S: {text}"):
            if _means(lines, frame):
                return lines
    return f"S-bytes: {to_text(frame)}"


def greeting(frame: bytes) -> str:
    """Write the INFO of a server; what names it, its build or the connection is hidden."""
    try:
        members = json.loads(frame.removeprefix(b"INFO "))
    except ValueError:
        return heard(frame)
    if not isinstance(members, dict):
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
    return text if is_legible and text.strip() else None


def _means(lines: str, frame: bytes) -> bool:
    match _steps(lines):
        case [Expect(choices=[choice])] if len(choice.wanted) == 1:
            wanted = choice.wanted[0]
            # A payload is compared with that of the same line only; patterns match themselves.
            return (
                expected_text(wanted) == frame
                and match_frame(wanted, frame, {}, frozenset()).is_match
            )
    return False


def _steps(lines: str) -> list[Step]:
    try:
        return list(parse_transcript(lines, "").steps)
    except CaseError:
        return []
