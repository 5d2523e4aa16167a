"""The command line of the server: what is printed and with which status it ends."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from natsim.broker.nats.identity import LIKE_VERSION

from .flags import TLS_HELP, Flags, UsageError, read_flags, usage
from .go_flags import FlagError

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = "nats-server"
"""The name under which it speaks: programs that start a nats-server read what it prints."""

EXIT_FAILURE = 1


def run(args: Sequence[str]) -> int:
    """Do what the arguments say; give the exit status."""
    try:
        flags = read_flags(args)
        if flags.is_version:
            print(f"{PROGRAM}: v{LIKE_VERSION}")  # noqa: T201 (what it prints is its product)
        elif flags.is_help:
            print(usage())  # noqa: T201
        elif flags.is_tls_help:
            print(TLS_HELP)  # noqa: T201
        elif flags.text("sl"):
            from .signal_command import send_signal

            send_signal(flags.text("sl"))
        else:
            return _read_and_serve(flags)
    except FlagError as error:
        # Status 0, as Go's flag package leaves it when it was told to show the usage.
        _complain(str(error))
        print(usage())  # noqa: T201
    except UsageError as error:
        _complain(f"{PROGRAM}: {error}")
        return EXIT_FAILURE
    return 0


def _read_and_serve(flags: Flags) -> int:
    # Late: who asks for the version waits for no server.
    from natsim.broker.nats.config import ConfigError

    try:
        return _test(flags) if flags.values.get("t") else _serve(flags)
    except ConfigError as error:
        # What stands in a file ends with a line of its own, and then nats-server adds another.
        is_of_file = any(mistake.place for mistake in error.mistakes)
        _complain(f"{PROGRAM}: {error}" + ("\n" if is_of_file else ""))
    return EXIT_FAILURE


def _serve(flags: Flags) -> int:
    from .configuration import read_configuration
    from .log import ServerLog
    from .server import Server
    from .sinks import SinkError

    configuration = read_configuration(flags)
    for warning in configuration.warnings:
        _complain(str(warning))
    try:
        log = ServerLog(configuration.options.log)
    except SinkError as error:
        _complain(f"{time.strftime('%Y/%m/%d %H:%M:%S')} {error}")
        return EXIT_FAILURE
    read_again = (lambda: read_configuration(flags)) if flags.text("c") else None
    return Server(configuration, log, read_again).run()


def _test(flags: Flags) -> int:
    from .configuration import read_file

    path = flags.text("c")
    if not path:
        raise UsageError("must specify [-c, --config] option to check configuration file syntax")
    read = read_file(path)
    if read.warnings:
        raise UsageError("".join(f"{warning}\n" for warning in read.warnings))
    _complain(f"{PROGRAM}: configuration file {path} is valid ({read.options.config_digest})")
    return 0


def _complain(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
