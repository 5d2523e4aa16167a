"""What a server goes by: its command line, its configuration file, and the files named there."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from natsim.broker.nats.auth import startup_mistakes
from natsim.broker.nats.config import ConfigError, Mistake, load, validate
from natsim.broker.nats.options import Options

from .certificates import Certificates, with_digests
from .flags import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .flags import Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """options: what is written. certificates: what is in the files that blocks `tls` name.

    warnings: of the file.
    """

    options: Options
    certificates: Certificates
    warnings: Sequence[Mistake] = ()


def read_file(path: str) -> Configuration:
    """Read a configuration file as `-t` does. Raises ConfigError."""
    certificates = Certificates()
    loaded = load(path, _read, os.environ, certificates.find_mistake)
    return Configuration(
        options=loaded.options, certificates=certificates, warnings=loaded.warnings
    )


def read_configuration(flags: Flags) -> Configuration:
    """Read what the flags name, let them override it, and check that a server may go by it.

    Raises ConfigError, UsageError.
    """
    path = flags.text("c")
    read = read_file(path) if path else _NOTHING
    options = flags.apply(read.options)
    if options.tls is not None:
        mistake = read.certificates.find_mistake(options.tls)
        if mistake:
            raise UsageError(mistake)
    validate(options)
    for mistake in startup_mistakes(options, time.time_ns()):
        raise ConfigError([Mistake(mistake)])
    return replace(read, options=with_digests(options))


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


_NOTHING = Configuration(options=Options(), certificates=Certificates())
