"""Durations, intervals, rates and sizes as people write them, exact.

Laws of the file: no float anywhere; a text that is not a whole number of nanoseconds or bytes is
refused; what `format_duration` writes, `parse_duration` reads back as the same number.
"""

import re

from .limits import SIZE_MAX, TIME_MAX_NS
from .mistake import RuleError

US = 1_000
MS = 1_000_000
S = 1_000_000_000
M = 60 * S
H = 3_600 * S

# Bounded, so that int() never meets more digits than it accepts.
_NUMBER = r"[0-9]{1,18}(?:\.[0-9]{1,18})?"
_DURATION = rf"{_NUMBER}(?:ns|us|ms|s|m|h)"
_RATE = rf"{_NUMBER}/(?:us|ms|s|m|h)"
_SIZE = rf"{_NUMBER}(?:B|KB|KiB|MB|MiB)|[0-9]{{1,18}}"

DURATION_PATTERN = f"^{_DURATION}$"
INTERVAL_PATTERN = rf"^{_DURATION}(?:\.\.{_DURATION})?$"
RATE_PATTERN = f"^{_RATE}$"
SIZE_PATTERN = f"^(?:{_SIZE})$"

_UNIT_NS = {"ns": 1, "us": US, "ms": MS, "s": S, "m": M, "h": H}
_UNIT_BYTES = {"": 1, "B": 1, "KB": 1_000, "KiB": 1_024, "MB": 1_000_000, "MiB": 2**20}
_MEANT = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "S": "s",
    "min": "m", "mins": "m", "minute": "m", "minutes": "m", "M": "m",
    "hour": "h", "hours": "h", "hr": "h", "H": "h",
    "msec": "ms", "msecs": "ms", "millis": "ms", "MS": "ms",
    "\u00b5s": "us", "\u03bcs": "us", "usec": "us", "usecs": "us", "micros": "us",
    "k": "KB", "K": "KB", "kb": "KB", "Kb": "KB", "kB": "KB", "kib": "KiB", "Ki": "KiB",
    "mb": "MB", "Mb": "MB", "mib": "MiB", "Mi": "MiB", "bytes": "B", "b": "B",
}  # fmt: skip

DURATION_RULE = "write a number and its unit, such as 10s, 1500ms or 2m"
INTERVAL_RULE = "write a duration or an interval, such as 5ms or 1ms..5ms"
RATE_RULE = "write so many per unit of time, such as 200/s, 10/m or 1/ms"
SIZE_RULE = "write bytes, such as 128, 4KiB (4096) or 1MB (1000000)"


def parse_duration(text: str) -> int:
    """Read a duration, in nanoseconds.

    Raises RuleError if it has no unit, is negative, is not whole nanoseconds or is over 1000h.

    >>> parse_duration("1.5s"), parse_duration("100us")
    (1500000000, 100000)
    """
    number, unit = _split(text, _UNIT_NS, DURATION_RULE)
    ns = _whole(text, number, _UNIT_NS[unit], "it must be whole nanoseconds")
    if ns > TIME_MAX_NS:
        raise RuleError(text, "it must be 1000h or less")
    return ns


def parse_interval(text: str) -> tuple[int, int]:
    """Read `a..b`, both included, or one duration for both ends; in nanoseconds.

    >>> parse_interval("1ms..5ms"), parse_interval("40ms")
    ((1000000, 5000000), (40000000, 40000000))
    """
    low_text, dots, high_text = text.partition("..")
    if dots and not (low_text and high_text):
        raise RuleError(text, INTERVAL_RULE)
    low = parse_duration(low_text)
    high = parse_duration(high_text) if dots else low
    if low > high:
        raise RuleError(text, f"the shorter end comes first: write {high_text}..{low_text}")
    return low, high


def parse_rate(text: str) -> int:
    """Read a rate, as the nanoseconds from one to the next, rounded down.

    >>> parse_rate("200/s"), parse_rate("3/s")
    (5000000, 333333333)
    """
    number, slash, unit = text.partition("/")
    if not (slash and unit in _UNIT_NS and unit != "ns" and re.fullmatch(_NUMBER, number)):
        raise RuleError(text, _rate_rule(number, unit))
    digits, scale = _scaled(number)
    if digits == 0:
        raise RuleError(text, "it must be more than 0")
    every_ns = _UNIT_NS[unit] * scale // digits
    if not 1 <= every_ns <= TIME_MAX_NS:
        raise RuleError(text, "it must be from 1/1000h to one per nanosecond")
    return every_ns


def parse_size(text: str) -> int:
    """Read a size, in bytes: KB and MB count by 1000, KiB and MiB by 1024.

    >>> parse_size("128"), parse_size("4KiB"), parse_size("1.5KB")
    (128, 4096, 1500)
    """
    number, unit = _split(text, _UNIT_BYTES, SIZE_RULE)
    size = _whole(text, number, _UNIT_BYTES[unit], "it must be whole bytes")
    if size > SIZE_MAX:
        raise RuleError(text, "it must be 64MiB or less")
    return size


def format_duration(ns: int) -> str:
    """Write nanoseconds in the largest unit that is whole.

    >>> format_duration(1_500_000_000), format_duration(120 * S), format_duration(0)
    ('1500ms', '2m', '0s')
    """
    if ns == 0:
        return "0s"
    unit = next(unit for unit in reversed(_UNIT_NS) if ns % _UNIT_NS[unit] == 0)
    return f"{ns // _UNIT_NS[unit]}{unit}"


def format_interval(interval_ns: tuple[int, int]) -> str:
    """Write an interval; one duration when both ends are equal.

    >>> format_interval((MS, 5 * MS)), format_interval((MS, MS))
    ('1ms..5ms', '1ms')
    """
    low, high = interval_ns
    return (
        format_duration(low) if low == high else f"{format_duration(low)}..{format_duration(high)}"
    )


def _split(text: str, units: dict[str, int], rule: str) -> tuple[str, str]:
    """Part a number from its unit, and say what to write where they do not fit."""
    match = re.fullmatch(rf"\s*(-?)({_NUMBER})\s*([^\s0-9]*)\s*", text)
    if match is None:
        raise RuleError(text, rule)
    sign, number, unit = match.groups()
    if sign:
        raise RuleError(text, "it must not be negative")
    if not unit and unit not in units:
        raise RuleError(text, f"write {number}s, or another unit of time")
    if unit not in units:
        meant = _MEANT.get(unit, "")
        raise RuleError(text, f"write {number}{meant}" if meant in units and meant else rule)
    if text != f"{number}{unit}":
        raise RuleError(text, f"write {number}{unit}")
    return number, unit


def _whole(text: str, number: str, unit: int, rule: str) -> int:
    digits, scale = _scaled(number)
    whole, rest = divmod(digits * unit, scale)
    if rest:
        raise RuleError(text, rule)
    return whole


def _scaled(number: str) -> tuple[int, int]:
    """Take a decimal as digits over a power of ten: 1.5 is 15 over 10."""
    whole, _, fraction = number.partition(".")
    return int(whole + fraction), 10 ** len(fraction)


def _rate_rule(number: str, unit: str) -> str:
    if number.startswith("-"):
        return "it must be more than 0"
    if not unit and re.fullmatch(_NUMBER, number):
        return f"write {number}/s, or another unit of time"
    if _MEANT.get(unit) in _UNIT_NS and re.fullmatch(_NUMBER, number):
        return f"write {number}/{_MEANT[unit]}"
    return RATE_RULE
