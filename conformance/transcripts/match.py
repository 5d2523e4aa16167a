"""Compares what a server sent with what a transcript wants.

Laws of the file: `...` stands for anything; `{name}` captures a word, or is the word captured
before; JSON is compared by the keys that are written, if their values are legible; everything else
is compared byte for byte.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from natsim.conformance.tree import parse_json, parse_object
from natsim.conformance.wire.frames import common_length
from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from natsim.conformance.tree import Object

    from .transcript import Wanted

ANYTHING = "..."

NAMING_KEYS = frozenset((
    "server_id", "server_name", "version", "go", "git_commit", "host", "port", "client_id",
    "client_ip", "nonce", "xkey", "connect_urls", "cluster", "ip", "gossip_mode",
))  # fmt: skip
"""Keys of INFO that name one server, build, address or connection."""

_PIECE = re.compile(r"\.\.\.|\{([a-z][a-z0-9_]*)\}")
_MEMBER = re.compile(
    r'"((?:[^"\\]|\\.)*)"\s*:\s*'
    r'("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|absent|present'
    r"|\{[a-z][a-z0-9_]*\}|\[[^\]\[]*\])"
)


@record
class Match:
    """is_match; captured: new names. why: a sentence, where the bytes alone do not tell."""

    is_match: bool
    captured: dict[str, str]
    why: str = ""


def match_frame(
    wanted: Wanted, frame: bytes, names: dict[str, str], compare: frozenset[str]
) -> Match:
    """Hold one frame against what is wanted."""
    if wanted.raw is not None:
        return Match(wanted.raw == frame, {})
    line, end, payload = frame.partition(b"\r\n")
    if not end:
        return Match(False, {}, "the line does not end in CRLF")
    if wanted.payload is not None and payload != wanted.payload:
        return Match(False, {})
    text = line.decode("utf-8", "surrogateescape")
    verb, _, rest = wanted.text.partition(" ")
    if verb == "INFO" and rest.lstrip().startswith("{"):
        heard_verb, _, heard_rest = text.partition(" ")
        if heard_verb != verb:
            return Match(False, {})
        return match_json(rest.strip(), heard_rest, names, compare)
    return match_text(wanted.text, text, names)


def match_text(pattern: str, text: str, names: dict[str, str]) -> Match:
    """Hold a line against a pattern."""
    found = re.compile(_expression(pattern, names), re.DOTALL).fullmatch(text)
    return Match(found is not None, found.groupdict() if found else {})


def match_json(pattern: str, text: str, names: dict[str, str], compare: frozenset[str]) -> Match:
    """Hold a JSON object against the keys of another that may be cut, `{"port":4222, ... }`."""
    try:
        value = parse_object(text)
    except ValueError as error:
        return Match(False, {}, f"it is no JSON object: {error}")
    captured: dict[str, str] = {}
    for key, wanted in _members(pattern):
        if key in NAMING_KEYS and key not in compare and not wanted.startswith("{"):
            continue
        why = _compare_member(key, wanted, value, names, captured)
        if why:
            return Match(False, captured, why)
    return Match(True, captured)


def expected_text(wanted: Wanted) -> bytes:
    """Write what is wanted as bytes, patterns as they stand."""
    if wanted.raw is not None:
        return wanted.raw
    return wanted.text.encode("utf-8", "surrogateescape") + b"\r\n" + (wanted.payload or b"")


def difference_at(wanted: Wanted, frame: bytes, names: dict[str, str]) -> int:
    """Give the place of the first byte in which a frame differs from what is wanted."""
    if wanted.raw is not None:
        return common_length(wanted.raw, frame)
    line, end, payload = frame.partition(b"\r\n")
    text = line.decode("utf-8", "surrogateescape")
    if match_text(wanted.text, text, names).is_match and wanted.payload is not None:
        behind = len(line) + len(end)
        return behind + common_length(wanted.payload, payload)
    return len(_longest(wanted.text, text, names).encode("utf-8", "surrogateescape"))


def _longest(pattern: str, text: str, names: dict[str, str]) -> str:
    """Give the longest beginning of a text that a beginning of the pattern allows."""
    pieces = list(_pieces(pattern, names))
    end = 0
    for number in range(1, len(pieces) + 1):
        expression = "".join(pieces[:number])
        found = re.compile(expression, re.DOTALL).match(text)
        if found is None:
            break
        end = max(end, found.end())
    return text[:end]


def _expression(pattern: str, names: dict[str, str]) -> str:
    return "".join(_pieces(pattern, names))


def _pieces(pattern: str, names: dict[str, str]) -> Iterator[str]:
    end = 0
    named: set[str] = set()
    for found in _PIECE.finditer(pattern):
        yield from map(re.escape, pattern[end : found.start()])
        end = found.end()
        name = found[1]
        if name is None:
            yield ".*"
        elif name in names:
            yield from map(re.escape, names[name])
        elif name in named:
            yield f"(?P={name})"
        else:
            named.add(name)
            yield rf"(?P<{name}>\S+)"
    yield from map(re.escape, pattern[end:])


def _members(pattern: str) -> Iterator[tuple[str, str]]:
    for found in _MEMBER.finditer(pattern):
        if ANYTHING not in found[2]:
            yield found[1], found[2]


def _compare_member(
    key: str, wanted: str, value: Object, names: dict[str, str], captured: dict[str, str]
) -> str:
    if wanted == "absent":
        return f"{key} is {json.dumps(value[key])}; it must not be there" if key in value else ""
    if key not in value:
        return f"{key} is not there"
    if wanted == "present":
        return ""
    heard = value[key]
    if name := _PIECE.fullmatch(wanted):
        word = heard if isinstance(heard, str) else json.dumps(heard)
        if name[1] in names and names[name[1]] != word:
            return f"{key} is {word}, not {names[name[1]]}"
        captured[str(name[1])] = word
        return ""
    expected = parse_json(wanted)
    is_same = type(heard) is type(expected) and heard == expected
    return "" if is_same else f"{key} is {json.dumps(heard)}, not {wanted}"
