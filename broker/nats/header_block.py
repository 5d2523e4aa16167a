"""The header block of a message, as far as the server changes one."""

import re

_VERSION = b"NATS/1.0\r\n"
_CRLF = b"\r\n"


def with_header(block: bytes, name: bytes, value: bytes) -> bytes:
    r"""Give a header block in which a header stands once, at the end.

    block: empty for none, else with the CR LF that ends it.

    >>> with_header(b"", b"A", b"b")
    b'NATS/1.0\r\nA: b\r\n\r\n'
    """
    kept = re.sub(rb"(?<=\r\n)%b:.*?\r\n" % re.escape(name), b"", block[:-2], flags=re.DOTALL)
    if len(kept) <= len(_VERSION + _CRLF):
        kept = _VERSION
    return kept + name + b": " + value + _CRLF + _CRLF
