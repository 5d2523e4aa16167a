"""`-sl`: sending a signal to a server that runs."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from .flags import UsageError

PROGRAM = "nats-server"

_SIGNALS = {
    "stop": signal.SIGKILL,
    "quit": signal.SIGINT,
    "term": signal.SIGTERM,
    "reopen": signal.SIGUSR1,
    "reload": signal.SIGHUP,
    "ldm": signal.SIGUSR2,
}


def send_signal(text: str) -> None:
    """Do what `-sl text` asks: `signal`, `signal=pid`, `signal=pidfile` or `signal=prefix*`.

    Raises UsageError with nats-server's texts.
    """
    command, *parameters = text.split("=")
    if len(parameters) > 1:
        raise UsageError(f"invalid signal parameters: [{' '.join(parameters[1:])}]")
    number = _SIGNALS.get(command)
    if number is None:
        raise UsageError(f'unknown signal "{command}"')
    expression = _from_pid_file(parameters[0]) if parameters else ""
    failures = ""
    for pid in _pids(expression):
        try:
            os.kill(pid, number)
        except OSError as error:
            failures += f'\nsignal "{command}" {pid}: {os.strerror(error.errno or 0).lower()}'
        except OverflowError:
            failures += f'\nsignal "{command}" {pid}: no such process'
    if failures:
        raise UsageError(failures)


def _from_pid_file(parameter: str) -> str:
    path = Path(parameter)
    try:
        return path.read_text().strip() if path.is_file() else parameter
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"invalid pid: {parameter}") from error


def _pids(expression: str) -> list[int]:
    prefix, is_glob = expression.removesuffix("*"), expression.endswith("*")
    if prefix and not (prefix.isascii() and prefix.removeprefix("-").isdigit()):
        raise UsageError(f"invalid pid: {prefix}")
    if prefix and not is_glob:
        return [int(prefix)]
    found = [pid for pid in _running() if str(pid).startswith(prefix)]
    if not found:
        raise UsageError(f"no {PROGRAM} processes running")
    if len(found) > 1 and not is_glob:
        listed = "".join(f"\n{pid}" for pid in found)
        raise UsageError(f"multiple {PROGRAM} processes running:{listed}")
    return found


def _running() -> list[int]:
    try:
        listed = subprocess.run(["pgrep", PROGRAM], capture_output=True, text=True, check=False)
    except OSError as error:
        raise UsageError("unable to resolve pid, try providing one") from error
    return [int(line) for line in listed.stdout.split() if int(line) != os.getpid()]
