"""The command line of the server: what is printed and with which status it ends."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from natsim.broker.nats.config import ConfigError, Loaded, load, validate
from natsim.broker.nats.identity import LIKE_VERSION
from natsim.broker.nats.options import Options

from .flags import TLS_HELP, Flags, UsageError, read_flags, usage
from .go_flags import FlagError
from .log import ServerLog
from .server import Server
from .signal_command import send_signal
from .sinks import SinkError

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM = "nats-server"
"""The name under which it speaks: programs that start a nats-server read what it prints."""

EXIT_FAILURE = 1

_NOTHING = Loaded(options=Options(), warnings=(), written=())


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
            send_signal(flags.text("sl"))
        else:
            return _serve(flags)
    except FlagError as error:
        # Status 0, as Go's flag package leaves it when it was told to show the usage.
        _complain(str(error))
        print(usage())  # noqa: T201
    except (UsageError, ConfigError, SinkError) as error:
        _complain(f"{PROGRAM}: {error}")
        return EXIT_FAILURE
    return 0


def read_config(flags: Flags) -> Loaded:
    """Read the configuration file that the flags name, and let the flags override it.

    Raises ConfigError, UsageError.
    """
    path = flags.text("c")
    loaded = load(path, _read, os.environ) if path else _NOTHING
    return replace(loaded, options=flags.apply(loaded.options))


def _serve(flags: Flags) -> int:
    if flags.values.get("t"):
        return _test(flags)
    loaded = read_config(flags)
    for warning in loaded.warnings:
        _complain(str(warning))
    validate(loaded.options)
    read_options = (lambda: _checked(flags)) if flags.text("c") else None
    return Server(loaded.options, ServerLog(loaded.options.log), read_options).run()


def _checked(flags: Flags) -> Options:
    options = read_config(flags).options
    validate(options)
    return options


def _test(flags: Flags) -> int:
    path = flags.text("c")
    if not path:
        raise UsageError("must specify [-c, --config] option to check configuration file syntax")
    loaded = load(path, _read, os.environ)
    if loaded.warnings:
        raise UsageError("\n".join(str(warning) for warning in loaded.warnings))
    digest = loaded.options.config_digest
    _complain(f"{PROGRAM}: configuration file {path} is valid ({digest})")
    return 0


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


def _complain(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
