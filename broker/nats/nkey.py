"""The text form of NATS keys: base32 of a prefix byte, 32 key bytes and a CRC."""

from base64 import b32encode
from binascii import crc_hqx

PREFIX_SERVER = 13 << 3
KEY_BYTES = 32


def encode_public_key(prefix: int, key: bytes) -> str:
    """Write a public key: 56 characters whose first tells its kind.

    key: 32 bytes. The CRC is CRC-16/XMODEM, little endian.
    Source: nats-io/nkeys, strkey.go.

    >>> encode_public_key(PREFIX_SERVER, bytes(32))[:4]
    'NAAA'
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    raw = bytes([prefix]) + key
    checksum = crc_hqx(raw, 0).to_bytes(2, "little")
    return b32encode(raw + checksum).rstrip(b"=").decode()
