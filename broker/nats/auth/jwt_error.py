"""What is wrong with a JWT."""


class JwtError(Exception):
    """A text is not the JWT it should be; the message says why, in nats-server's words."""
