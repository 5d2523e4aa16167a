"""What clients need on a machine: node with their packages, a compiler with libnats, wheels."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"

INSTALL_S = 180.0
TRIES = 3


class Missing(Exception):
    """A runtime is not on this machine. The text says which, and how to get it."""


def python(module: str) -> str:
    """Give the Python that has a module: the one that runs the tests."""
    if find_spec(module) is None:
        raise Missing(f"no {module} for this Python (pip install --group clients)")
    return sys.executable


def node() -> str:
    """Give node, where npm is with it."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        raise Missing("no node with npm on PATH (apt-get install nodejs npm)")
    return found


def chromium() -> str:
    """Give a browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise Missing("no chromium on PATH (apt-get install chromium)")
    return found


def node_modules() -> Path:
    """Install the pinned packages once on this machine; give their folder."""
    node()
    lock = (HERE / "package-lock.json").read_bytes()
    name = f"natsim-tests-{os.getuid()}-node-{hashlib.sha256(lock).hexdigest()[:12]}"
    home = Path(tempfile.gettempdir()) / name
    if not home.exists():
        fresh = Path(tempfile.mkdtemp(prefix="natsim-tests-"))
        for file in ("package.json", "package-lock.json"):
            shutil.copy(HERE / file, fresh)
        _npm_ci(fresh)
        try:
            fresh.rename(home)
        except OSError:
            # Another worker was quicker.
            shutil.rmtree(fresh)
    return home / "node_modules"


def _npm_ci(folder: Path) -> None:
    complaint = ""
    for _ in range(TRIES):
        ran = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=5"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_S,
            check=False,
        )
        if ran.returncode == 0:
            return
        complaint = ran.stderr
    raise Missing(f"npm ci failed {TRIES} times: {complaint}")


def compiled(source: Path, into: Path) -> str:
    """Compile a program in C; give its path."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise Missing("no C compiler (apt-get install gcc)")
    for header in ("nats/nats.h", "cjson/cJSON.h"):
        probe = [compiler, "-E", "-include", header, "-x", "c", os.devnull]
        if subprocess.run(probe, capture_output=True, check=False).returncode:
            raise Missing(f"no {header} (apt-get install libnats-dev libcjson-dev)")
    program = into / source.stem
    command = [compiler, "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(source)]
    subprocess.run([*command, "-lnats", "-lcjson", "-pthread"], check=True)
    return str(program)
