"""What the server writes: messages, answers, errors."""

OK = b"+OK\r\n"
PING = b"PING\r\n"
PONG = b"PONG\r\n"


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
