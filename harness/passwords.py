"""Comparing passwords with bcrypt's hashes, as Go's library does."""

from __future__ import annotations

PASSWORD_BYTES_MAX = 72
"""What bcrypt looks at; Go passes over the rest without a word."""


def is_password(password: bytes, hashed: bytes) -> bool:
    """Tell whether a hash is that of a password; a hash that cannot be read is nobody's.

    Takes as long as the hash's cost says: a tenth of a second is usual.
    """
    # Late: most servers compare no password so.
    import bcrypt

    try:
        return bcrypt.checkpw(password[:PASSWORD_BYTES_MAX], hashed)
    except ValueError:
        return False
