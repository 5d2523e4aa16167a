"""Passwords and tokens: configured plainly, or as bcrypt hashes."""

from __future__ import annotations

import re
from dataclasses import replace
from hmac import compare_digest
from typing import TYPE_CHECKING

from .outcome import NeedsPassword

if TYPE_CHECKING:
    from .outcome import Admitted, Outcome, Refused

_BCRYPT = re.compile(r"\$2[abxy]\$\d{2}\$.*", re.ASCII)


def is_bcrypt(configured: str) -> bool:
    """Tell if a configured password is a hash."""
    return _BCRYPT.match(configured) is not None


def compare(configured: str, offered: str, then: Admitted, otherwise: Refused) -> Outcome:
    """Compare a password; with a hash, that is left to whoever has the time."""
    ours, theirs = _encode(configured), _encode(offered)
    then = replace(then, proof=(ours, theirs))
    if is_bcrypt(configured):
        return NeedsPassword(ours, theirs, then, otherwise)
    return then if compare_digest(ours, theirs) else otherwise


def _encode(text: str) -> bytes:
    # Half of a surrogate pair, which JSON can spell, must not be equal to anything else.
    return text.encode("utf-8", "surrogatepass")
