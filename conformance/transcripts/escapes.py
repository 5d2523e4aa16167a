r"""Bytes as text: `\r`, `\n`, `\t`, `\\`, `\xNN`, and `\(text*count)` for long runs.

>>> from_text(r"PUB a 3\r\n\(x*3)\r\n")
b'PUB a 3\r\nxxx\r\n'
>>> to_text(b"PING\r\n")
'PING\\r\\n'
"""

from __future__ import annotations

import re

RUN_BYTES_MAX = 80 * 2**20

_ESCAPE = re.compile(r"\\(?:([rnt\\])|x([0-9a-fA-F]{2})|\(((?:[^*\\]|\\.)+)\*([0-9]{1,9})\))|\\")
_NAMED = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}
_SHOWN = {13: "\\r", 10: "\\n", 9: "\\t", 92: "\\\\"}


def from_text(text: str) -> bytes:
    """Read escaped text. Raises ValueError with what is wrong and what to write."""
    out: list[bytes] = []
    end = 0
    for found in _ESCAPE.finditer(text):
        out.append(text[end : found.start()].encode())
        end = found.end()
        if found[1]:
            out.append(_NAMED[found[1]])
        elif found[2]:
            out.append(bytes.fromhex(found[2]))
        elif found[3]:
            unit = from_text(found[3])
            if len(unit) * int(found[4]) > RUN_BYTES_MAX:
                raise ValueError(f"{found[0]} is longer than {RUN_BYTES_MAX} bytes")
            out.append(unit * int(found[4]))
        else:
            raise ValueError(
                f"{text[found.start() : found.start() + 4]!r} is no escape; "
                r"write \r \n \t \\ \xNN or \(text*count)"
            )
    out.append(text[end:].encode())
    return b"".join(out)


def to_text(data: bytes) -> str:
    """Write bytes as escaped text on one line; UTF-8 stays legible."""
    text = data.decode("utf-8", "surrogateescape")
    return "".join(map(_shown, text))


def _shown(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code in _SHOWN:
        return _SHOWN[code]
    if letter.isprintable():
        return letter
    return "".join(f"\\x{octet:02x}" for octet in letter.encode())
