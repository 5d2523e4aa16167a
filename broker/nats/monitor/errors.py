"""What is wrong with a request for monitoring."""


class BadRequest(Exception):
    """A request cannot be answered; its text is the answer, in nats-server's words."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
