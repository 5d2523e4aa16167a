"""From a file to options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .block import Report
from .digest import digest
from .mistake import ConfigError, Mistake
from .parse import parse
from .server import read_server

if TYPE_CHECKING:
    from collections.abc import Mapping

    from natsim.broker.nats.options import Options

    from .block import FindTlsMistake
    from .parse import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration that can be used.

    warnings: what does not keep the server from starting, but is exit code 1 to `-t`.
    written: the options at the top of the file, in lower case and in order, for flags that count
    only where the file says nothing.
    """

    options: Options
    warnings: tuple[Mistake, ...]
    written: tuple[str, ...]


def load(
    path: str,
    read: Read,
    environment: Mapping[str, str],
    find_tls_mistake: FindTlsMistake = lambda _: "",
) -> Loaded:
    """Read a configuration and all that it includes.

    read: gives a file by the name that stands in the configuration, or raises OSError; a relative
    include is named relative to the directory the server runs in.
    find_tls_mistake: says what is wrong with the files of a block `tls`, empty for nothing; the
    block is named as the place.
    Raises ConfigError for what `nats-server -t` refuses, warnings apart.
    """
    tree = parse(path, read, environment)
    report = Report(read, find_tls_mistake)
    if not tree:
        report.warn(f"{path}: config has no values or is empty", None)
    options = read_server(tree, report)
    if report.mistakes:
        raise ConfigError(report.mistakes, report.warnings)
    return Loaded(
        options=replace(options, config_file=path, config_digest=digest(tree)),
        warnings=tuple(report.warnings),
        written=tuple(key.lower() for key in tree),
    )
