"""NKeys: Ed25519 key pairs whose text says what they are for, and signatures by them.

Source: the nkeys format: base32 of a prefix, 32 bytes and a CRC-16 (XMODEM), little-endian.
"""

from __future__ import annotations

import base64
import binascii
from enum import IntEnum
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_SEED = 18 << 3
_RAW_BYTES = 32


class Kind(IntEnum):
    """What a key is for: the first letter of its text, as its place in base32."""

    OPERATOR = 14 << 3
    ACCOUNT = 0
    USER = 20 << 3
    SERVER = 13 << 3


class KeyPair:
    """A key pair. public: its text, `U...`. seed: the secret as text, `SU...`."""

    def __init__(self, kind: Kind, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = _text(bytes((kind,)) + raw)
        # The kind's five bits stand across the two bytes.
        self.seed = _text(bytes((_SEED | kind >> 5, kind << 3 & 0xFF)) + secret)

    @classmethod
    def from_seed(cls, seed: str) -> KeyPair:
        """Read a seed. Raises ValueError with what is wrong."""
        try:
            data = base64.b32decode(seed + "=" * (-len(seed) % 8))
        except binascii.Error:
            raise ValueError("it is no NKey seed; a seed looks like SU...") from None
        body, crc = data[:-2], data[-2:]
        if len(body) != _RAW_BYTES + 2 or body[0] & 0xF8 != _SEED:
            raise ValueError("it is no NKey seed; a seed looks like SU...")
        if binascii.crc_hqx(body, 0).to_bytes(2, "little") != crc:
            raise ValueError("it is damaged: its checksum is wrong")
        kind = (body[0] & 7) << 5 | body[1] >> 3
        return cls(Kind(kind), body[2:])

    @classmethod
    def named(cls, kind: Kind, name: str) -> KeyPair:
        """Make the key pair of a name: the same each time, for it guards nothing.

        >>> KeyPair.named(Kind.USER, "ann").public[0], KeyPair.named(Kind.ACCOUNT, "ann").seed[:2]
        ('U', 'SA')
        """
        return cls(kind, sha256(f"natsim {kind.name} {name}".encode()).digest())

    def sign(self, data: bytes) -> bytes:
        """Sign."""
        return self._key.sign(data)

    def sign_text(self, nonce: str) -> str:
        """Sign a nonce, as `sig` of CONNECT wants it."""
        return base64.urlsafe_b64encode(self.sign(nonce.encode())).rstrip(b"=").decode()


def _text(body: bytes) -> str:
    crc = binascii.crc_hqx(body, 0).to_bytes(2, "little")
    return base64.b32encode(body + crc).decode().rstrip("=")
