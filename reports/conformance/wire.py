r"""Bytes of the wire as escaped text: its characters, its first difference, a view of a long one.

A character of escaped text is `\r`, `\x1b`, `\\` or one that stands for itself: none is torn.
"""

import re

_CHARACTER = re.compile(r"\\x[0-9a-fA-F]{2}|\\.|.", re.DOTALL)
_CUT = "…"


def first_difference(expected: str, actual: str) -> int:
    r"""Give the index of the first character that differs; the shorter length if none does.

    >>> first_difference(r"a\r\n", r"a\n")
    1
    """
    pairs = enumerate(zip(expected, actual, strict=False))
    shorter = min(len(expected), len(actual))
    return character_at(expected, next((n for n, (one, other) in pairs if one != other), shorter))[
        0
    ]


def character_at(text: str, at: int) -> tuple[int, int]:
    r"""Give the span of the character that holds index `at`; past the end, an empty one there.

    >>> character_at(r"a\x1b", 3)
    (1, 5)
    """
    for match in _CHARACTER.finditer(text):
        if match.end() > at:
            return match.span()
    return len(text), len(text)


def view(text: str, at: int, width: int) -> tuple[str, int]:
    r"""Give the part of a text around index `at` that fits in width, and the index in that part.

    `…` stands for what is left out; two thirds of the width are before `at` where there is so much.

    >>> view("0123456789abcdef", 12, 8)
    ('…89abcd…', 5)
    """
    if len(text) <= width:
        return text, min(at, len(text))
    start = min(max(0, min(at, len(text)) - width * 2 // 3), len(text) - width)
    part = text[start : start + width]
    if start:
        part = _CUT + part[1:]
    if start + width < len(text):
        part = part[:-1] + _CUT
    return part, min(at, len(text)) - start


def parts(text: str, at: int | None) -> list[tuple[str, str]]:
    r"""Split a text to be shown: (kind, text), kind `escape`, `mark` or empty.

    A line ends after each `\r\n` but the last. Where `at` is past the end, the mark is empty.

    >>> parts(r"+OK\r\n", 1)
    [('', '+'), ('mark', 'O'), ('', 'K'), ('escape', '\\r\\n')]
    """
    begin, end = (-1, -1) if at is None else character_at(text, at)
    found: list[tuple[str, str]] = []
    for match in _CHARACTER.finditer(text):
        is_marked = match.start() == begin and begin < end
        kind = "mark" if is_marked else "escape" if len(match[0]) > 1 else ""
        shown = match[0]
        if shown == "\\n" and text[: match.start()].endswith("\\r") and match.end() < len(text):
            shown += "\n"
        if found and found[-1][0] == kind and kind != "mark":
            found[-1] = (kind, found[-1][1] + shown)
        else:
            found.append((kind, shown))
    if at is not None and begin == end:
        found.append(("mark", ""))
    return found
