"""Strings, numbers, dates, truth: the values that are no map and no array."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .limits import MAX_DIGITS
from .mistake import refuse
from .node import Moment
from .source import END, bytes_of, shown, text_of

if TYPE_CHECKING:
    from .source import Source


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`, to be looked up."""

    name: str


class Nothing:
    """A number with a suffix that means nothing: nats-server passes over it without a word."""


class EndOfText(Exception):
    """The text ended where nats-server is content with it."""


Scalar: TypeAlias = str | bool | int | float | Moment | Variable | Nothing

_CLOSING = {'"': '"', "(": ")"}
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", '"': '"', "\\": "\\"}
_BARE = re.compile(r"[^\\\n\r\0;,\]}\t ']*")
_SINGLE_QUOTED = re.compile(r"[^'\0]*")
_QUOTED = re.compile(r'[^\\"\0]*')
_BLOCK_END = re.compile(r"\n\)(?=[\n\0]|\Z)|\0")
_AFTER_NUMBER = "\n\r\0};,\t "
_IP = re.compile(r"[\d.:-]*")
_SUFFIXES = "kKmMgGtTpPeE"
_INTEGER = re.compile(r"[\d-]*")
_DATE = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII
)
_DATE_AFTER_YEAR = "00-00T00:00:00Z"
_DAYS = {"02": 28, "04": 30, "06": 30, "09": 30, "11": 30}
_INT64 = 1 << 64


def read_scalar(source: Source) -> tuple[Scalar, int]:
    """Read the value that begins here, blanks before it already skipped.

    Gives it and where it ends, without the quote behind it.
    Raises ConfigError, and EndOfText at the end of the text where nats-server takes it.
    """
    closing = _CLOSING.get(source.peek(), "'")
    scalar = _scalar(source)
    return scalar, source.at - source.text.endswith(closing, 0, source.at)


def _scalar(source: Source) -> Scalar:
    first = source.peek()
    if first == "'":
        return _single_quoted(source)
    if first == '"':
        return _double_quoted(source)
    if first == "(":
        return _block(source)
    if first == "-":
        return _negative(source)
    if first.isdecimal():
        return _number_or_more(source)
    if first in ".\n\r":
        source.next()
        raise source.wrong(
            "Floats must start with a digit"
            if first == "."
            else "Expected value but found new line"
        )
    return _bare(source, source.at)


def _single_quoted(source: Source) -> str:
    source.next()
    start = source.at
    found = _SINGLE_QUOTED.match(source.text, start)
    assert found is not None
    source.at = found.end()
    if source.next() == END:
        if source.at > start:
            raise source.wrong("Unexpected EOF.")
        raise EndOfText
    return found.group()


def _double_quoted(source: Source) -> str:
    source.next()
    parts: list[str] = []
    while True:
        start = source.at
        found = _QUOTED.match(source.text, start)
        assert found is not None
        source.at = found.end()
        parts.append(found.group())
        char = source.next()
        if char == '"':
            return text_of(bytes_of("".join(parts)))
        if char == END:
            if source.at > start:
                raise source.wrong("Unexpected EOF.")
            raise EndOfText
        parts.append(_escaped(source))


def _escaped(source: Source) -> str:
    char = source.next()
    if char == "x":
        return _hexadecimal(source)
    if char not in _ESCAPES:
        raise source.wrong(
            f"Invalid escape character '{shown(char)}'. Only the following escape characters are "
            'allowed: \\xXX, \\t, \\n, \\r, \\", \\\\.'
        )
    return _ESCAPES[char]


def _hexadecimal(source: Source) -> str:
    for _ in range(2):
        if source.next() in "\n\r":
            raise source.wrong("Expected two hexadecimal digits after '\\x', but hit end of line")
    digits = bytes_of(source.text[source.at - 2 : source.at])[-2:]
    if not re.fullmatch(rb"[0-9a-fA-F]{2}", digits):
        raise source.wrong(
            f"Expected two hexadecimal digits after '\\x', but got '{text_of(digits)}'"
        )
    return text_of(bytes([int(digits, 16)]))


def _block(source: Source) -> str:
    source.next()
    start = source.at
    found = _BLOCK_END.search(source.text, start)
    if found is None or found.group() == "\0":
        source.at = len(source.text) if found is None else found.end()
        raise source.wrong("Unexpected EOF processing block.")
    source.at = found.end()
    # nats-server keeps the bracket when nothing at all follows it.
    return source.text[start : source.at if source.is_over() else source.at - 1]


def _bare(source: Source, start: int) -> str | bool | Variable:
    parts: list[str] = []
    begun = start
    while True:
        found = _BARE.match(source.text, source.at)
        assert found is not None
        source.at = found.end()
        parts.append(source.text[begun : source.at])
        if source.peek() != "\\":
            break
        source.next()
        parts.append(_escaped(source))
        begun = source.at
    text = text_of(bytes_of("".join(parts)))
    if source.peek() == "'":
        source.next()
        return text
    if len(parts) > 1:
        return text
    if text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    return Variable(text[1:]) if text.startswith("$") else text


def _negative(source: Source) -> Scalar:
    start = source.at
    source.next()
    char = source.next()
    if not char.isdecimal():
        raise source.wrong(
            "Floats must start with a digit, not '.'."
            if char == "."
            else f"Expected a digit but got '{shown(char)}'."
        )
    _skip_digits(source)
    if source.peek() == ".":
        return _float_or_ip(source, start)
    if source.peek() in _SUFFIXES:
        return _with_suffix(source, start)
    return _integer(source.text[start : source.at])


def _number_or_more(source: Source) -> Scalar:
    start = source.at
    _skip_digits(source)
    char = source.peek()
    if char == "-":
        return _date(source, start)
    if char == ".":
        return _float_or_ip(source, start)
    if char in _SUFFIXES:
        return _with_suffix(source, start)
    if char in _AFTER_NUMBER:
        return _integer(source.text[start : source.at])
    # Whatever comes first is taken as it is, even a bracket: so `[1]` is no array.
    source.next()
    return _bare(source, start)


def _with_suffix(source: Source, start: int) -> Scalar:
    source.next()
    while source.peek() in "bBiI":
        source.next()
    if source.peek() in _AFTER_NUMBER:
        return _integer(source.text[start : source.at])
    return _bare(source, start)


def _integer(text: str) -> int | Nothing:
    found = _INTEGER.match(text)
    assert found is not None
    digits, suffix = found.group(), text[found.end() :].lower()
    if not digits.isascii():
        raise refuse(f"expected integer, but got '{text}'")
    if len(digits) > MAX_DIGITS or not -(_INT64 // 2) <= int(digits) < _INT64 // 2:
        raise refuse(f"integer '{text}' is out of the range")
    factor = _factor(suffix)
    if factor is None:
        return Nothing()
    scaled = int(digits) * factor
    # What does not fit 64 bits wraps around, as it does in Go.
    return (scaled + _INT64 // 2) % _INT64 - _INT64 // 2


def _factor(suffix: str) -> int | None:
    power = " kmgtpe".index(suffix[0]) if suffix else 0
    match suffix[1:]:
        case "":
            return int(1000**power)
        case "b" | "i" | "ib":
            return 1 << 10 * power
        case _:
            return None


def _float_or_ip(source: Source, start: int) -> float | str:
    source.next()
    char = source.next()
    if not char.isdecimal():
        raise source.wrong(
            f"Floats must have a digit after the '.', but got '{shown(char)}' instead."
        )
    _skip_digits(source)
    if source.peek() == ".":
        found = _IP.match(source.text, source.at)
        assert found is not None
        source.at = found.end()
        return source.text[start : source.at]
    text = source.text[start : source.at]
    if not text.isascii():
        raise refuse(f"expected float, but got '{text}'")
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise refuse(f"float '{text}' is out of the range")
    return number


def _date(source: Source, start: int) -> Moment:
    source.next()
    if len(bytes_of(source.text[start : source.at])) != len("2006-"):
        raise source.wrong("All ISO8601 dates must be in full Zulu form.")
    for expected in _DATE_AFTER_YEAR:
        char = source.next()
        if expected == "0":
            if not char.isdecimal():
                raise source.wrong(
                    f"Expected digit in ISO8601 datetime, but found '{shown(char)}' instead."
                )
        elif char != expected:
            raise source.wrong(
                f"Expected '{expected}' in ISO8601 datetime, but found '{shown(char)}' instead."
            )
    text = source.text[start : source.at]
    if not _is_date(text):
        raise refuse(f"expected Zulu formatted DateTime, but got '{text}'")
    return Moment(text)


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    year, month, day = int(text[:4]), text[5:7], int(text[8:10])
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= _DAYS.get(month, 31) + (month == "02" and is_leap)


def _skip_digits(source: Source) -> None:
    while source.peek().isdecimal():
        source.at += 1
