"""The pid file: which process to send signals to."""

import os

_MODE = 0o600


class PidFileError(Exception):
    """The file cannot be written; the text is the line of the log."""


def write_pid_file(path: str) -> None:
    """Write our number and nothing more, nowhere without a path. Raises PidFileError."""
    if not path:
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
        with os.fdopen(descriptor, "w") as file:
            file.write(str(os.getpid()))
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        raise PidFileError(f"Could not write pidfile: open {path}: {why}") from error
