"""What clients and servers say in the dialogues."""


def pub(*subjects: bytes) -> bytes:
    """Publish x to each."""
    return b"".join(b"PUB %b 1\r\nx\r\n" % subject for subject in subjects)


def sub(*arguments: bytes) -> bytes:
    """Subscribe to each (`subject` or `subject queue`); the sids count from 1."""
    return b"".join(b"SUB %b %d\r\n" % (each, sid) for sid, each in enumerate(arguments, 1))


def msg(sid: int, *subjects: bytes) -> bytes:
    """Hear x from each."""
    return b"".join(b"MSG %b %d 1\r\nx\r\n" % (subject, sid) for subject in subjects)
