"""Reads transcripts.

Laws of the file: payload lines are taken by the byte count of the command before them, ahead of
any rule of direction; every mistake names its line and what to write instead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from natsim.conformance.mistake import CaseError

from .escapes import from_text
from .front_matter import split_front_matter
from .transcript import (
    CLOSED,
    FIRST,
    NOTHING,
    Barriers,
    Choice,
    Expect,
    Leave,
    Say,
    Step,
    TimeOut,
    Transcript,
    Turn,
    Wait,
    Wanted,
)

if TYPE_CHECKING:
    from pathlib import Path

TEXT_BYTES_MAX = 4 * 2**20
LINES_MAX = 100_000

_SERVER = re.compile(r"(?:INFO|MSG|HMSG|PONG|\+OK|-ERR)(?:[ \t]|$)")
_DIRECTED = re.compile(r"([CS])(-bytes)?:(?: (.*)|$)", re.DOTALL)
_NAME = re.compile(r"\[([A-Za-z0-9_-]+)\]")
_TURN = re.compile(r"#\s+(wait|timeout)\s+(\d.*)")
_WORD = re.compile(r"#\s+(or|or leniently|any order|byte by byte|no barriers?|barriers?|leave)\.?")
_SPLIT = re.compile(r"#\s+split at (\d[\d, ]*)")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ns|us|ms|s|m)")
_UNITS_NS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9}
_CRLF = "\r\n"


def parse_transcript(text: str, path: Path | str) -> Transcript:
    """Read a transcript. Raises CaseError with its place in the file."""
    if len(text) > TEXT_BYTES_MAX:
        raise CaseError(path, 0, 0, f"it is larger than {TEXT_BYTES_MAX >> 20} MiB; write less")
    text = text.replace("\r\n", "\n")
    front = split_front_matter(text, path)
    compare = front.values.get("compare", [])
    if not isinstance(compare, list) or not all(isinstance(key, str) for key in compare):
        raise CaseError(path, front.lines["compare"], 1, "write compare: [key, …]")
    lines = text.split("\n")
    if len(lines) > LINES_MAX:
        raise CaseError(path, LINES_MAX, 0, f"it has more than {LINES_MAX} lines; write less")
    reader = _Reader(lines, front.body_line, path)
    steps = reader.steps()
    return Transcript(
        path=str(path),
        text=text,
        front=front.values,
        compare=frozenset(map(str, compare)),
        steps=tuple(steps),
    )


class _Reader:
    """Reads the lines of one file, of which at is the next, counted from 1."""

    def __init__(self, lines: list[str], at: int, path: Path | str) -> None:
        self._lines = lines
        self._at = at
        self._path = path
        self._conn = FIRST
        self._steps: list[Step] = []
        self._block: list[Wanted] = []
        self._choices: list[Choice] = []
        self._block_line = 0
        self._next_is_lenient = False
        self._in_any_order = False
        self._cuts: tuple[int, ...] | None = None

    def steps(self) -> list[Step]:
        """Read all."""
        while self._at <= len(self._lines):
            line = self._lines[self._at - 1]
            self._at += 1
            self._take(line)
        self._end_block()
        if self._cuts is not None:
            raise self._wrong(len(self._lines), "nothing is typed behind the split")
        return self._steps

    def _take(self, line: str) -> None:
        number = self._at - 1
        if not line.strip() or line.startswith("$ "):
            return
        if line == "#" or line.startswith(("# ", "#\t")):
            self._directive(line, number)
            return
        if turn := _NAME.fullmatch(line.strip()):
            self._end_block()
            self._conn = turn[1]
            self._steps.append(Turn(self._conn, number))
            return
        if directed := _DIRECTED.match(line):
            self._directed(directed[1], bool(directed[2]), directed[3] or "", number)
        elif _SERVER.match(line) or line.strip() in (CLOSED, NOTHING):
            self._heard(line, number)
        else:
            self._typed(line, number)

    def _directed(self, side: str, is_bytes: bool, rest: str, number: int) -> None:
        if not is_bytes:
            (self._typed if side == "C" else self._heard)(rest, number)
            return
        try:
            raw = from_text(rest)
        except ValueError as error:
            raise self._wrong(number, str(error)) from None
        if not raw:
            raise self._wrong(number, "there are no bytes; write some, or leave the line out")
        if side == "C":
            self._say(raw, number)
        else:
            self._want(Wanted(number, rest, raw=raw))

    def _typed(self, line: str, number: int) -> None:
        self._say((line + _CRLF).encode() + self._payload(typed_size(line), number), number)

    def _heard(self, line: str, number: int) -> None:
        text = line.strip() if line.strip() in (CLOSED, NOTHING) else line
        size = heard_size(text)
        if text == NOTHING:  # a step of its own: it is no frame that may come in a row
            self._end_block()
            self._want(Wanted(number, text))
            self._end_block()
        elif size is not None:
            self._want(Wanted(number, text, self._payload(size, number)))
        elif text.startswith(("MSG ", "HMSG ")):
            raise self._wrong(number, "its last word is the size of the payload; write a number")
        else:
            self._want(Wanted(number, text))

    def _say(self, data: bytes, number: int) -> None:
        self._end_block()
        cuts = self._cuts or ()
        if cuts == (0,):
            cuts = tuple(range(1, len(data)))
        elif cuts and cuts[-1] >= len(data):
            raise self._wrong(number, f"it has {len(data)} bytes; split it before that")
        self._cuts = None
        self._steps.append(Say(self._conn, number, data, cuts))

    def _want(self, wanted: Wanted) -> None:
        if self._block and NOTHING in (wanted.text, self._block[-1].text):
            self._end_block()
        if not self._block and not self._choices:
            self._block_line = wanted.line
        self._block.append(wanted)

    def _payload(self, size: int | None, number: int) -> bytes:
        """Take lines until they have size bytes; the line end behind them is the payload's end."""
        if size is None:
            return b""
        taken: list[str] = []
        length = -len(_CRLF)
        while length < size:
            if self._at > len(self._lines):
                raise self._wrong(number, f"its payload has {size} bytes; write them below it")
            taken.append(self._lines[self._at - 1])
            self._at += 1
            length += len(taken[-1].encode()) + len(_CRLF)
        if length > size:
            raise self._wrong(
                number, f"its payload has {size} bytes, the lines below it have {length}"
            )
        return (_CRLF.join(taken) + _CRLF).encode()

    def _directive(self, line: str, number: int) -> None:
        if timed := _TURN.fullmatch(line):
            self._end_block()
            kind = Wait if timed[1] == "wait" else TimeOut
            self._steps.append(kind(self._conn, number, self._duration(timed[2], number)))
        elif split := _SPLIT.fullmatch(line):
            places = [int(place) for place in re.findall(r"\d+", split[1])]
            if places != sorted(set(places)) or places[0] < 1:
                raise self._wrong(number, "write places from 1 on, in order")
            self._cuts = tuple(places)
        elif word := _WORD.fullmatch(line):
            self._word(word[1], number)

    def _word(self, word: str, number: int) -> None:
        if word.startswith("or"):
            if not self._block:
                raise self._wrong(number, "there is no answer of the server above it")
            self._choices.append(Choice(tuple(self._block), self._next_is_lenient))
            self._block = []
            self._next_is_lenient = word == "or leniently"
        elif word == "any order":
            self._end_block()
            self._in_any_order = True
        elif word == "byte by byte":
            self._cuts = (0,)
        elif word == "leave":
            self._end_block()
            self._steps.append(Leave(self._conn, number))
        else:
            self._end_block()
            self._steps.append(Barriers(self._conn, number, not word.startswith("no")))

    def _end_block(self) -> None:
        if self._choices and not self._block:
            raise self._wrong(self._block_line, "there is no answer of the server behind `# or`")
        if self._block:
            self._choices.append(Choice(tuple(self._block), self._next_is_lenient))
            self._steps.append(
                Expect(self._conn, self._block_line, tuple(self._choices), self._in_any_order)
            )
            self._in_any_order = False
        self._block, self._choices, self._next_is_lenient = [], [], False

    def _duration(self, text: str, number: int) -> int:
        duration = _DURATION.fullmatch(text.strip())
        if duration is None:
            raise self._wrong(number, f"{text.strip()!r} is no duration; write 200ms or 2s")
        return int(float(duration[1]) * _UNITS_NS[duration[2]])

    def _wrong(self, number: int, text: str) -> CaseError:
        return CaseError(self._path, number, 1, text)


def typed_size(line: str) -> int | None:
    """Give the bytes of payload that a typed line announces; None if it announces none.

    >>> typed_size("pub a 5"), typed_size("PUB a"), typed_size("HPUB a reply 12 17")
    (5, None, 17)
    """
    words = line.split()
    wanted = {"PUB": (3, 4), "HPUB": (4, 5)}.get(words[0].upper(), ()) if words else ()
    is_counted = len(words) in wanted and words[-1].isascii() and words[-1].isdigit()
    return int(words[-1]) if is_counted and len(words[-1]) < 10 else None


def heard_size(line: str) -> int | None:
    """Give the bytes of payload that a line of the server announces; None if it announces none."""
    words = line.split(" ")
    is_counted = words[0] in ("MSG", "HMSG") and words[-1].isascii() and words[-1].isdigit()
    return int(words[-1]) if is_counted and len(words[-1]) < 10 else None
