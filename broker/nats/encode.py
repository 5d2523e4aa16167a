"""What the server writes: messages, answers, errors."""

OK = b"+OK\r\n"
PING = b"PING\r\n"
PONG = b"PONG\r\n"

_ESCAPES = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v"}


def error_line(text: str | bytes) -> bytes:
    """Write -ERR with its text in single quotes, which are never escaped."""
    raw = text.encode() if isinstance(text, str) else text
    return b"-ERR '" + raw + b"'\r\n"


def message_head(word: bytes, subject: bytes, sid: bytes, reply: bytes) -> bytes:
    """Write a message's control line up to its sizes, with the space before them.

    word: b"MSG" or b"HMSG".

    >>> message_head(b"MSG", b"a.b", b"7", b"")
    b'MSG a.b 7 '
    """
    if reply:
        return b"%b %b %b %b " % (word, subject, sid, reply)
    return b"%b %b %b " % (word, subject, sid)


def no_responders_message(reply: bytes, sid: bytes, subject: bytes) -> bytes:
    """Write the 503 that tells a requestor nobody is there, as nats-server 2.12 and later do."""
    header = b"NATS/1.0 503\r\nNats-Subject: %b\r\n\r\n" % subject
    size = len(header)
    return b"HMSG %b %b %d %d\r\n%b\r\n" % (reply, sid, size, size, header)


def quote(raw: bytes) -> bytes:
    r"""Quote a text as Go's %q does, with the double quotes.

    Printable UTF-8 stays; other characters and bytes that are no UTF-8 are escaped.

    >>> quote(b'a"b\x01\xff')
    b'"a\\"b\\x01\\xff"'
    """
    out = "".join(_quoted(char) for char in raw.decode("utf-8", "surrogateescape"))
    return b'"' + out.encode() + b'"'


def _quoted(char: str) -> str:
    code = ord(char)
    if char in '"\\':
        return "\\" + char
    if char in _ESCAPES:
        return "\\" + _ESCAPES[char]
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if char.isprintable() and (char.isascii() or not char.isspace()):
        return char
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
