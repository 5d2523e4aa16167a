"""NATS keys as text: base32 of a prefix, the key's 32 bytes and a CRC; and what one does with them.

Text that is no key gives None, never an error: it comes from clients and from files.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode, urlsafe_b64encode
from binascii import crc_hqx
from enum import IntEnum
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from natsim.record import record

from .base64_text import decode_signature

if TYPE_CHECKING:
    from natsim.broker.now import Draw

KEY_BYTES = 32
_CRC_BYTES = 2
_NONCE_BYTES = 11

_SEED_PREFIX = 18 << 3
_KIND_OF_PREFIX = 0b1111_1000
"""A prefix is five bits, so that it is a letter of base32; in a seed the kind's bits follow it."""

_BASE32 = re.compile(r"[A-Z2-7]*")


class KeyKind(IntEnum):
    """Whose key it is, by its prefix byte; the first letter of the text tells it."""

    OPERATOR = 14 << 3
    ACCOUNT = 0
    USER = 20 << 3
    SERVER = 13 << 3
    CLUSTER = 2 << 3
    CURVE = 23 << 3


@record
class Seed:
    """A private key. secret: 32 bytes, the seed of Ed25519 (or the scalar of a curve key)."""

    kind: KeyKind
    secret: bytes


def encode_public_key(prefix: int, key: bytes) -> str:
    """Write a public key: 56 characters whose first tells its kind.

    key: 32 bytes. The CRC is CRC-16/XMODEM, little endian.
    Source: nats-io/nkeys, strkey.go.

    >>> encode_public_key(KeyKind.SERVER, bytes(32))[:4]
    'NAAA'
    """
    _expect_key_bytes(key)
    return _write(bytes([prefix]) + key)


def encode_seed(seed: Seed) -> str:
    """Write a seed: 58 characters, `S` and the letter of its kind first.

    >>> encode_seed(Seed(KeyKind.USER, bytes(32)))[:2]
    'SU'
    """
    _expect_key_bytes(seed.secret)
    prefix = bytes([_SEED_PREFIX | seed.kind >> 5, (seed.kind & 0b1_1111) << 3])
    return _write(prefix + seed.secret)


def decode_public_key(text: str, kind: KeyKind) -> bytes | None:
    """Give the 32 bytes of a public key of this kind, None for any other text."""
    raw = _read(text)
    if raw is None or len(raw) != 1 + KEY_BYTES or raw[0] != kind:
        return None
    return raw[1:]


def decode_seed(text: str) -> Seed | None:
    """Read a seed, None for any other text."""
    raw = _read(text)
    if raw is None or len(raw) != 2 + KEY_BYTES or raw[0] & _KIND_OF_PREFIX != _SEED_PREFIX:
        return None
    prefix = (raw[0] & 0b111) << 5 | raw[1] >> 3
    if prefix not in _KINDS:
        return None
    return Seed(KeyKind(prefix), raw[2:])


def kind_of(text: str) -> KeyKind | None:
    """Tell whose public key this is, None for any other text."""
    raw = _read(text)
    if raw is None or len(raw) != 1 + KEY_BYTES or raw[0] not in _KINDS:
        return None
    return KeyKind(raw[0])


def is_public_key(text: str, kind: KeyKind) -> bool:
    """Tell if a text is a public key of this kind."""
    return decode_public_key(text, kind) is not None


def public_key(seed: Seed) -> str:
    """Give the public key of a seed that signs; a curve key has another: see encode_curve."""
    return encode_public_key(seed.kind, _signer(seed).public_key().public_bytes_raw())


def encode_curve(key: bytes) -> str:
    """Write the public key of X25519, 32 bytes, as `xkey` has it: `X...`."""
    return encode_public_key(KeyKind.CURVE, key)


def sign(seed: Seed, message: bytes) -> bytes:
    """Sign a message: 64 bytes, always the same for the same message."""
    return _signer(seed).sign(message)


def verify(public_key: str, message: bytes, signature: bytes) -> bool:
    """Tell if the owner of a public key, of whatever kind, signed this message."""
    kind = kind_of(public_key)
    key = None if kind is None else decode_public_key(public_key, kind)
    if key is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_text(public_key: str, message: bytes, signature: str) -> bool:
    """Verify a signature as CONNECT has it: see decode_signature for its spellings."""
    decoded = decode_signature(signature)
    return decoded is not None and verify(public_key, message, decoded)


def make_nonce(draw: Draw) -> str:
    """Make what INFO asks a client to sign: 15 characters, which are signed as they stand."""
    raw = bytes(draw(256) for _ in range(_NONCE_BYTES))
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


_KINDS = frozenset(int(kind) for kind in KeyKind)


def _signer(seed: Seed) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed.secret)


def _expect_key_bytes(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")


def _write(raw: bytes) -> str:
    checksum = crc_hqx(raw, 0).to_bytes(_CRC_BYTES, "little")
    return b32encode(raw + checksum).rstrip(b"=").decode()


def _read(text: str) -> bytes | None:
    if not _BASE32.fullmatch(text):
        return None
    try:
        raw = b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        return None
    key, checksum = raw[:-_CRC_BYTES], raw[-_CRC_BYTES:]
    is_right = crc_hqx(key, 0).to_bytes(_CRC_BYTES, "little") == checksum
    return key if is_right else None
