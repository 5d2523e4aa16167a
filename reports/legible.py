"""Text from files, made safe to show anywhere: a page, XML, a terminal.

Escaping is each format's own work; this removes what no escape can express (control characters and
lone surrogates are not allowed in XML) and what would deceive a reader (terminal sequences, marks
that reorder text).
"""

import re

from .fields import Json

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, without tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that reorder text
    "\ud800-\udfff\ufffe\uffff]"
)
_CUT = "…"


def legible_text(text: str, length_max: int) -> str:
    r"""Give the text with unsafe characters replaced, its lines kept, cut at length_max.

    >>> legible_text("a\x1b[31mb\nc", 100)
    'a␛[31mb\nc'
    """
    if len(text) > length_max:
        text = text[: length_max - 1] + _CUT
    return _UNSAFE.sub(_picture, text)


def legible_line(text: str, length_max: int) -> str:
    r"""Give the text on one line, newlines and tabs shown as pictures, cut at length_max.

    >>> legible_line("a\nb", 100)
    'a␊b'
    """
    return legible_text(text, length_max).replace("\n", "␊").replace("\t", "␉")


def legible_json(value: Json, length_max: int, depth_max: int = 8) -> Json:
    """Give the value with every key and text in it legible; what lies deeper becomes `…`."""
    match value:
        case str():
            return legible_line(value, length_max)
        case list() | dict() if depth_max == 0:
            return _CUT
        case list():
            return [legible_json(item, length_max, depth_max - 1) for item in value]
        case dict():
            return {
                legible_line(key, length_max): legible_json(item, length_max, depth_max - 1)
                for key, item in value.items()
            }
        case _:
            return value


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\ufffd"
