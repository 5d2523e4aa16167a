"""A text that is read from its beginning to its end."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

from .mistake import Place, refuse

if TYPE_CHECKING:
    from .mistake import ConfigError

END = "\0"
"""The end of the text; a zero byte in it is taken for one, as nats-server does."""

BLANK = "\t "
SPACE = frozenset(
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def text_of(raw: bytes) -> str:
    """Read UTF-8; a byte that is none becomes a surrogate, and comes back by bytes_of."""
    return raw.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """Undo text_of."""
    return text.encode("utf-8", "surrogateescape")


class Source:
    """The text of a file and how far it was read. file: None for an environment variable."""

    __slots__ = ("_newlines", "_offsets", "at", "file", "text")

    def __init__(self, text: str, file: str | None) -> None:
        self.text = text
        self.file = file
        self.at = 0
        self._newlines = [at for at, char in enumerate(text) if char == "\n"]
        self._offsets = (
            None
            if text.isascii()
            else [0, *accumulate(1 if char < "\x80" else len(bytes_of(char)) for char in text)]
        )

    def peek(self) -> str:
        """Give the next character, or END."""
        return self.text[self.at] if self.at < len(self.text) else END

    def next(self) -> str:
        """Give the next character and go behind it; the end is given again and again."""
        if self.at == len(self.text):
            return END
        self.at += 1
        return self.text[self.at - 1]

    def is_over(self) -> bool:
        """Tell if nothing is left; a zero byte is something."""
        return self.at == len(self.text)

    def skip_blanks(self) -> None:
        """Go to the next character that is neither a tab nor a space."""
        while self.peek() in BLANK:
            self.at += 1

    def skip_space(self) -> None:
        """Go to the next character that is not white, over lines."""
        while self.peek() in SPACE:
            self.at += 1

    def skip_comment(self) -> None:
        """Go to the end of the line."""
        while self.peek() not in "\n\r\0":
            self.at += 1

    def place(self, start: int, end: int, width: int) -> Place | None:
        """Place what began at start and ended before end; width: its bytes without escapes."""
        if self.file is None:
            return None
        column = self._offset(end) - self._line_start(start) - width
        return Place(self.file, self.line(end), column)

    def wrong(self, text: str) -> ConfigError:
        """Make the error of a text that is no configuration."""
        return refuse(f"Parse error on line {self.line(self.at)}: '{text}'")

    def line(self, at: int) -> int:
        """Count the line of what stands before at."""
        return bisect_left(self._newlines, at) + 1

    def _line_start(self, at: int) -> int:
        line = bisect_left(self._newlines, at)
        return self._offset(self._newlines[line - 1]) if line else 0

    def _offset(self, at: int) -> int:
        return at if self._offsets is None else self._offsets[at]


def shown(char: str) -> str:
    """Give a character as nats-server's messages show it."""
    return "\\n" if char == "\n" else char
