"""Which strings are public keys."""

from base64 import b32decode
from binascii import Error, crc_hqx
from enum import Enum


class KeyKind(Enum):
    """Whose key it is, by its first letter."""

    ACCOUNT = "A"
    CLUSTER = "C"
    CURVE = "X"
    OPERATOR = "O"
    SERVER = "N"
    USER = "U"


_PUBLIC_KEY_CHARS = 56


def is_public_key(text: str, kind: KeyKind) -> bool:
    """Tell if a text is the public key of someone of this kind."""
    return text.startswith(kind.value) and has_right_checksum(text)


def is_any_public_key(text: str) -> bool:
    """Tell if a text is the public key of anyone."""
    return any(is_public_key(text, kind) for kind in KeyKind)


def has_right_checksum(text: str) -> bool:
    """Tell if a text is base32 of the length of a public key and ends in its own CRC."""
    if len(text) != _PUBLIC_KEY_CHARS or not text.isascii():
        return False
    try:
        raw = b32decode(text)
    except Error:
        return False
    return crc_hqx(raw[:-2], 0) == int.from_bytes(raw[-2:], "little")
