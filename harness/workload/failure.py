"""What a client's error says about the operation it ended."""

from nats import errors

from natsim.harness.history.entry import OpError, Outcome

# Errors that the client raises before a byte of the operation is written.
_DEFINITE: dict[type[BaseException], str] = {
    errors.OutboundBufferLimitError: "buffer-full",
    errors.ConnectionClosedError: "closed",
    errors.ConnectionDrainingError: "draining",
    errors.MaxPayloadError: "max-payload",
    errors.BadSubjectError: "bad-subject",
    errors.BadSubscriptionError: "bad-subscription",
    errors.NoRespondersError: "no-responders",
}


def outcome_of(error: BaseException) -> tuple[Outcome, OpError]:
    """Tell whether the operation certainly had no effect (fail) or may have had one (info)."""
    for kind, code in _DEFINITE.items():
        if isinstance(error, kind):
            return Outcome.FAIL, OpError(True, code, text_of(error))
    code = "timeout" if isinstance(error, TimeoutError) else "error"
    return Outcome.INFO, OpError(False, code, text_of(error))


def text_of(error: BaseException) -> str:
    """Write an error in one line."""
    return f"{type(error).__name__}: {error}".rstrip(": ")
