"""Base64 as Go's decoders take it: strict in alphabet and padding, blind to line ends.

Python's own decoders drop every character they do not know.
"""

import re
from binascii import a2b_base64

_LINE_ENDS = str.maketrans("", "", "\r\n")
_URL = re.compile(r"[A-Za-z0-9_-]*")
_STANDARD = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_TO_STANDARD = str.maketrans("-_", "+/")


def decode_url(text: str) -> bytes | None:
    """Decode base64url without padding, None for anything else."""
    bare = text.translate(_LINE_ENDS)
    # Four characters are three bytes: one left over holds no whole byte.
    if not _URL.fullmatch(bare) or len(bare) % 4 == 1:
        return None
    return a2b_base64(bare.translate(_TO_STANDARD) + "=" * (-len(bare) % 4))


def decode_signature(text: str) -> bytes | None:
    """Decode base64url without padding, or else standard base64 with it, None for anything else.

    Source: nats-server server/auth.go.
    """
    decoded = decode_url(text)
    if decoded is not None:
        return decoded
    bare = text.translate(_LINE_ENDS)
    return a2b_base64(bare) if _STANDARD.fullmatch(bare) else None
