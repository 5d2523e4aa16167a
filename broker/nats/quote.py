r"""Texts and bytes in double quotes, as Go's %q writes them.

Printable UTF-8 stays; other characters, and bytes that are no UTF-8, are escaped.
"""

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}


def quoted(text: str) -> str:
    r"""Quote a text. A surrogate is a byte that was no UTF-8 (`surrogateescape`).

    >>> print(quoted('a"b\x01\n\udcff'))
    "a\"b\x01\n\xff"
    """
    return f'"{"".join(_escaped(char) for char in text)}"'


def quoted_bytes(raw: bytes) -> bytes:
    r"""Quote bytes of the wire.

    >>> quoted_bytes(b'a"b\x01\xff')
    b'"a\\"b\\x01\\xff"'
    """
    return quoted(raw.decode("utf-8", "surrogateescape")).encode()


def quoted_rune(code: int) -> str:
    """Quote the character of a number, as %q does with an integer."""
    if not 0 <= code <= 0x10FFFF:
        return "'\ufffd'"
    return f"'{_escaped(chr(code))}'"


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
