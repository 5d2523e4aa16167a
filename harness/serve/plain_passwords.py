"""Whether a configuration holds secrets that anyone who reads it may use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from natsim.broker.nats.options import AuthorizationOptions

_BCRYPT = re.compile(r"\$2[abxy]\$[0-9]{2}\$.*", re.DOTALL)


def has_plain_passwords(authorization: AuthorizationOptions) -> bool:
    """Tell whether a password or token is written as it is, not as a bcrypt hash."""
    secrets = [authorization.password, authorization.token]
    secrets += [user.password for user in authorization.users]
    return any(secret and not _BCRYPT.fullmatch(secret) for secret in secrets)
