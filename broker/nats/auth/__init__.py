"""Who may connect: keys, JWTs, and the decision on a login, all without waiting for anything."""

from .authenticator import Authenticator
from .hours import ZoneOffset
from .jwt_error import JwtError
from .login import Login
from .outcome import Admitted, Expiry, Gone, NeedsPassword, Outcome, Refused, Standing

__all__ = [
    "Admitted",
    "Authenticator",
    "Expiry",
    "Gone",
    "JwtError",
    "Login",
    "NeedsPassword",
    "Outcome",
    "Refused",
    "Standing",
    "ZoneOffset",
]
