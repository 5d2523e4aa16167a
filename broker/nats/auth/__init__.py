"""Who may connect: keys, JWTs, and the decision on a login, all without waiting for anything."""

from .authenticator import Authenticator
from .callout import AskedFor, Asker, Callout
from .hours import ZoneOffset, greenwich_only
from .jwt_error import JwtError
from .login import Login
from .outcome import Admitted, Expiry, Gone, NeedsCallout, NeedsPassword, Outcome, Refused, Standing
from .startup import startup_mistakes, startup_warnings

__all__ = [
    "Admitted",
    "AskedFor",
    "Asker",
    "Authenticator",
    "Callout",
    "Expiry",
    "Gone",
    "JwtError",
    "Login",
    "NeedsCallout",
    "NeedsPassword",
    "Outcome",
    "Refused",
    "Standing",
    "ZoneOffset",
    "greenwich_only",
    "startup_mistakes",
    "startup_warnings",
]
